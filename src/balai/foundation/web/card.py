"""The picture that chat programs show beside a link to this site."""

from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

from balai.foundation.web.rules.colours import NotAColour, tokens_for
from balai.foundation.web.theme import FALLBACK_COLOUR

SIZE = (1200, 630)
MARGIN = 90
_ROOF = ((12.2, 6.5), (19.8, 6.5), (22.7, 12.7), (29, 16.3), (29, 18), (3, 18), (3, 16.3), (9.3, 12.7))
_PILLARS = ((6.4, 8.8), (12.4, 14.6), (17.4, 19.6), (23.2, 25.6))


@lru_cache(maxsize=4)
def draw_card(*, title: str, line: str, colour: str) -> bytes:
    """Return a PNG of 1200 × 630 pixels with the mark, the name of the service and who runs it."""
    try:
        palette = tokens_for(colour).light
    except NotAColour:
        palette = tokens_for(FALLBACK_COLOUR).light
    picture = Image.new("RGB", SIZE, palette["brand"])
    draw = ImageDraw.Draw(picture)
    _draw_pendopo(draw, left=MARGIN - 14, top=MARGIN - 20, scale=5.2)
    _write(draw, text=title, top=340, size=96)
    _write(draw, text=line, top=470, size=44)
    stored = BytesIO()
    picture.save(stored, "PNG", optimize=True)
    return stored.getvalue()


def _draw_pendopo(draw: ImageDraw.ImageDraw, *, left: int, top: int, scale: float) -> None:
    draw.polygon([(left + x * scale, top + y * scale) for x, y in _ROOF], fill="white")
    for start, end in _PILLARS:
        draw.rectangle((left + start * scale, top + 19.4 * scale, left + end * scale, top + 24.6 * scale), fill="white")
    draw.rectangle((left + 4.2 * scale, top + 25.4 * scale, left + 27.8 * scale, top + 27.4 * scale), fill="white")


def _write(draw: ImageDraw.ImageDraw, *, text: str, top: int, size: int) -> None:
    font = ImageFont.load_default(size)
    while size > 28 and draw.textlength(text, font=font) > SIZE[0] - 2 * MARGIN:
        size -= 4
        font = ImageFont.load_default(size)
    draw.text((MARGIN, top), text, font=font, fill="white")
