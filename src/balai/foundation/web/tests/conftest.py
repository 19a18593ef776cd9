"""A city with a brand."""

import pytest

from balai.foundation.places.models import Area, City
from balai.foundation.web.models import Brand


@pytest.fixture
def city(db: None) -> City:
    """Make the city that the frame names."""
    province = Area.objects.create(code="35", name="Jawa Timur", level="province")
    area = Area.objects.create(code="35.73", name="Kota Malang", level="regency", parent=province)
    Brand.objects.create(service_name="Balai Malang", colour="#0b5e63")
    return City.objects.create(
        area=area,
        name="Kota Malang",
        government_name="Pemerintah Kota Malang",
        time_zone="Asia/Jakarta",
        contact_email="halo@malang.example",
        contact_phone="(0341) 555 0100",
        is_example=True,
    )
