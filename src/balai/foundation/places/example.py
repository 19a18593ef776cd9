"""The example city: Malang's real outlines, everything else invented."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from balai.foundation.examples.contributions import NotEmpty, Progress
from balai.foundation.places.actions import create_city
from balai.foundation.places.models import City

CODE = "35.73"
BOUNDARY = Path(__file__).parent / "data" / "example" / f"{CODE}.geojson"
CONTACT = "balai@contoh.malang.example"
# the city was set up before the year of reports begins
SET_UP_BEFORE = timedelta(days=400)


def load_city(*, seed: int, today: date, size: int, progress: Progress) -> None:
    """Make the city, marked as an example, with calendar and outlines.

    :raises NotEmpty: if a city is served here already.
    """
    if City.objects.exists():
        raise NotEmpty("A city is set up here already: the example needs an empty database.")
    at = datetime.combine(today, time(1), tzinfo=UTC) - SET_UP_BEFORE
    city = create_city(code=CODE, boundary=BOUNDARY, name=None, at=at, is_example=True)
    # an address under .example leads nowhere (RFC 2606)
    City.objects.filter(pk=city.pk).update(contact_email=CONTACT, domain="contoh.malang.example")
    progress(1, 1)
