"""A city to look at, for tests that open pages."""

import pytest

from balai.foundation.places.models import Area, City
from balai.foundation.units.models import Unit


@pytest.fixture
def city(db: None) -> City:
    """Make the smallest city that pages can be shown for."""
    province = Area.objects.create(code="35", name="Jawa Timur", level="province")
    area = Area.objects.create(code="35.73", name="Kota Malang", level="regency", parent=province)
    Unit.objects.create(slug="desk", name="Meja Pengaduan", short_name="Meja", kind="agency", is_central_desk=True)
    return City.objects.create(
        area=area,
        name="Kota Malang",
        government_name="Pemerintah Kota Malang",
        time_zone="Asia/Jakarta",
        is_example=True,
    )
