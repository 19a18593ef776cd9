"""The city's colours as one small style sheet with a hash in its name."""

import hashlib
from dataclasses import dataclass
from functools import lru_cache

from django.templatetags.static import static

from balai.foundation.web import assets
from balai.foundation.web.queries import CityFace
from balai.foundation.web.rules.colours import NotAColour, tokens_for

FALLBACK_COLOUR = "#0f5c9c"
_FONT_FACE = (
    '@font-face{{font-family:"Plus Jakarta Sans";font-style:normal;font-weight:200 800;font-display:optional;'
    'src:url("{url}") format("woff2")}}'
)


@dataclass(frozen=True, kw_only=True)
class Theme:
    """The style sheet and the hash in its address."""

    css: str
    hash: str


def theme_of_face(face: CityFace) -> Theme:
    """Return the style sheet of this city."""
    font = static(assets.FONT) if face.heading_font == "plus-jakarta-sans" and assets.has_file(assets.FONT) else ""
    return _theme(face.colour, font)


@lru_cache(maxsize=16)
def _theme(colour: str, font: str) -> Theme:
    try:
        tokens = tokens_for(colour)
    except NotAColour:
        tokens = tokens_for(FALLBACK_COLOUR)
    light = _declarations(tokens.light, scheme="light")
    dark = _declarations(tokens.dark, scheme="dark")
    css = (
        (_FONT_FACE.format(url=font) if font else "")
        + f":root{{{light}}}"
        + f":root[data-theme=dark]{{{dark}}}"
        + f"@media screen and (prefers-color-scheme:dark){{:root[data-theme=auto]{{{dark}}}}}"
        + f"@media print{{:root,:root[data-theme]{{{light}}}}}"
    )
    return Theme(css=css, hash=hashlib.sha256(css.encode()).hexdigest()[:12])


def _declarations(palette: dict[str, str], *, scheme: str) -> str:
    return f"color-scheme:{scheme};" + ";".join(f"--b-{name}:{value}" for name, value in palette.items())
