"""Clean an SVG from outside: what is not on the list is gone. A drawing can carry scripts, links and forms."""

import re
from collections.abc import Callable
from typing import Any, Final

ELEMENTS: Final = frozenset(
    (
        "svg",
        "g",
        "defs",
        "title",
        "desc",
        "path",
        "rect",
        "circle",
        "ellipse",
        "line",
        "polyline",
        "polygon",
        "linearGradient",
        "radialGradient",
        "stop",
        "clipPath",
    )
)
ATTRIBUTES: Final = frozenset(
    (
        "id",
        "d",
        "x",
        "y",
        "x1",
        "x2",
        "y1",
        "y2",
        "cx",
        "cy",
        "r",
        "rx",
        "ry",
        "fx",
        "fy",
        "width",
        "height",
        "points",
        "viewBox",
        "preserveAspectRatio",
        "transform",
        "fill",
        "fill-opacity",
        "fill-rule",
        "stroke",
        "stroke-width",
        "stroke-linecap",
        "stroke-linejoin",
        "stroke-miterlimit",
        "stroke-opacity",
        "stroke-dasharray",
        "opacity",
        "clip-path",
        "clip-rule",
        "clipPathUnits",
        "gradientUnits",
        "gradientTransform",
        "spreadMethod",
        "offset",
        "stop-color",
        "stop-opacity",
    )
)
# Numbers, colours, transforms, path data, and references to the drawing itself; no address leads outside.
_HARMLESS: Final = re.compile(r"[\w\s.,#%()+\-]*")
_INNER_REFERENCE: Final = re.compile(r"url\(#[\w-]+\)")
NAMESPACE: Final = "http://www.w3.org/2000/svg"


class NotADrawing(ValueError):
    """The file is no SVG that could be cleaned."""


def clean_tree(root: Any, *, local_name: Callable[[Any], str]) -> None:
    """Take everything out of an element tree that is not on the lists, in place.

    ``local_name`` returns the name of an element of the SVG namespace without it, or an empty text for others.

    :raises NotADrawing: if the root is not ``svg``.
    """
    if local_name(root) != "svg":
        raise NotADrawing("root")
    for element in list(root.iter()):
        if local_name(element) not in ELEMENTS:
            parent = element.getparent()
            if parent is not None:
                parent.remove(element)
            continue
        for name, value in list(element.attrib.items()):
            if name not in ATTRIBUTES or not is_harmless(value):
                del element.attrib[name]


def is_harmless(value: str) -> bool:
    """Return whether an attribute's value is only numbers, words, colours, or a reference inside the drawing."""
    if "url" in value.lower():
        return _INNER_REFERENCE.fullmatch(value.strip()) is not None
    return _HARMLESS.fullmatch(value) is not None
