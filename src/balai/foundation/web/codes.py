"""Square codes (QR) that a camera reads, on paper and on pages."""

import io
from typing import Any

import segno


def code_svg(parts: list[str]) -> str:
    """Return the drawing of a code as SVG, as large as the place it stands in; each part is packed as tightly as its
    letters allow. Level M, as QRIS asks; white behind it, so that it can be read in the dark too.
    """
    out = io.BytesIO()
    # segno takes several texts too, which its own annotation does not say
    several: Any = parts
    segno.make(several, error="m", micro=False).save(
        out, kind="svg", xmldecl=False, svgns=True, omitsize=True, border=2, light="white"
    )
    return out.getvalue().decode()
