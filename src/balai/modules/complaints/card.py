"""The number of a report as a picture, with a square code that leads back to it."""

from io import BytesIO

import segno
from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT, EDGE = 1080, 1350, 90
INK, QUIET, PAPER = "#1b1f24", "#57606a", "#ffffff"
QR_SIDE = 420


def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)


def _fitting(draw: ImageDraw.ImageDraw, text: str, largest: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the largest face in which ``text`` fits between the edges."""
    size = largest
    while size > 24 and draw.textlength(text, font=_font(size)) > WIDTH - 2 * EDGE:
        size -= 4
    return _font(size)


def number_card(*, service: str, reference: str, code: str, address: str, labels: tuple[str, str, str]) -> bytes:
    """Return a PNG, 1080 × 1350 pixels, with number, code (left out when empty) and the way back.

    ``labels``: words above the number, above the code, and under the square code.
    """
    card = Image.new("RGB", (WIDTH, HEIGHT), PAPER)
    draw = ImageDraw.Draw(card)
    draw.text((EDGE, EDGE), service, font=_fitting(draw, service, 44), fill=QUIET)
    draw.text((EDGE, 200), labels[0], font=_font(40), fill=QUIET)
    draw.text((EDGE, 250), reference, font=_fitting(draw, reference, 120), fill=INK)
    if code:
        draw.text((EDGE, 450), labels[1], font=_font(40), fill=QUIET)
        draw.text((EDGE, 500), code, font=_fitting(draw, code, 120), fill=INK)
    square = segno.make(address, error="m", micro=False)
    modules = square.symbol_size(border=0)[0]
    drawn = BytesIO()
    square.save(drawn, kind="png", scale=max(1, QR_SIDE // modules), border=0)
    drawn.seek(0)
    qr = Image.open(drawn).convert("RGB")
    card.paste(qr, (EDGE, 720))
    draw.text((EDGE, 720 + qr.height + 30), labels[2], font=_font(36), fill=QUIET)
    plain = address.removeprefix("https://").removeprefix("http://")
    draw.text((EDGE, 720 + qr.height + 85), plain, font=_fitting(draw, plain, 36), fill=INK)
    stored = BytesIO()
    card.save(stored, format="PNG", optimize=True)
    return stored.getvalue()
