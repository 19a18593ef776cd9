"""Every write of this room: the brand of the city."""

import base64
from io import BytesIO
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from lxml import etree
from PIL import Image, UnidentifiedImageError

from balai.foundation.web.models import Brand
from balai.foundation.web.queries import forget_city_face
from balai.foundation.web.rules.colours import parse_colour
from balai.foundation.web.rules.drawings import NAMESPACE, NotADrawing, clean_tree

MARK_BYTES = 200_000
MARK_PIXELS = 256
_MOST_PIXELS = 4096


class UnusableMark(ValueError):
    """The file cannot become the city's mark; ``reason`` is large, drawing or picture."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@transaction.atomic
def change_brand(
    *,
    service_name: str,
    tagline_id: str,
    tagline_en: str,
    colour: str,
    tile_url: str,
    tile_attribution: str,
    mark_svg: str | None = None,
) -> Brand:
    """Store name, sentence, colour and street map; ``mark_svg`` only when given (an empty text removes the mark).

    :raises NotAColour: if the colour is none.
    """
    brand = Brand.objects.select_for_update().first() or Brand(version=0)
    brand.service_name = service_name
    brand.tagline_id, brand.tagline_en = tagline_id, tagline_en
    brand.colour = parse_colour(colour)
    brand.tile_url, brand.tile_attribution = tile_url, tile_attribution
    if mark_svg is not None:
        brand.mark_svg = mark_svg
    brand.version += 1
    brand.save()
    transaction.on_commit(forget_city_face)
    return brand


def read_mark(*, upload: UploadedFile[Any]) -> str:
    """Return the uploaded mark as a clean SVG; a PNG is drawn anew and wrapped.

    :raises UnusableMark: if the file is too large, or neither an SVG nor a PNG that can be read.
    """
    if (upload.size or 0) > MARK_BYTES:
        raise UnusableMark("large")
    content = upload.read()
    if content.startswith(b"\x89PNG"):
        return _wrap_png(content)
    return _clean_svg(content)


def _clean_svg(content: bytes) -> str:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
        if root.getroottree().docinfo.doctype:
            raise NotADrawing("doctype")
        clean_tree(root, local_name=_local_name)
    except (etree.XMLSyntaxError, NotADrawing, ValueError) as problem:
        raise UnusableMark("drawing") from problem
    if not root.get("viewBox"):
        width, height = root.get("width", "").removesuffix("px"), root.get("height", "").removesuffix("px")
        if not (width.replace(".", "").isdigit() and height.replace(".", "").isdigit()):
            raise UnusableMark("drawing")
        root.set("viewBox", f"0 0 {width} {height}")
    etree.cleanup_namespaces(root, top_nsmap={None: NAMESPACE})
    written: str = etree.tostring(root, encoding="unicode")
    return written


def _local_name(element: Any) -> str:
    # Comments and entities have a function for a tag.
    if not isinstance(element.tag, str):
        return ""
    name = etree.QName(element)
    return name.localname if name.namespace == NAMESPACE else ""


def _wrap_png(content: bytes) -> str:
    try:
        with Image.open(BytesIO(content), formats=("PNG",)) as picture:
            if max(picture.size) > _MOST_PIXELS:
                raise UnusableMark("large")
            drawn = picture.convert("RGBA")
    except (UnidentifiedImageError, OSError, SyntaxError, Image.DecompressionBombError) as problem:
        raise UnusableMark("picture") from problem
    drawn.thumbnail((MARK_PIXELS, MARK_PIXELS))
    stored = BytesIO()
    drawn.save(stored, "PNG", optimize=True)
    data = base64.b64encode(stored.getvalue()).decode("ascii")
    width, height = drawn.size
    return (
        f'<svg xmlns="{NAMESPACE}" viewBox="0 0 {width} {height}">'
        f'<image width="{width}" height="{height}" href="data:image/png;base64,{data}"/></svg>'
    )
