"""The face of the example city."""

from datetime import date

from balai.foundation.examples.contributions import Progress
from balai.foundation.web.actions import change_brand
from balai.foundation.web.models import Brand

# The green of the trees along Jalan Ijen; no city's official colour.
COLOUR = "#0b5e63"


def load_brand(*, seed: int, today: date, size: int, progress: Progress) -> None:
    """Name and colour the example; a face that somebody has chosen before stays."""
    if not Brand.objects.exists():
        change_brand(
            service_name="Balai Malang",
            tagline_id="",
            tagline_en="",
            colour=COLOUR,
            tile_url="",
            tile_attribution="",
        )
    progress(1, 1)
