"""The example has a face of its own and leaves a chosen one alone."""

from datetime import date

import pytest

from balai.foundation.web.example import COLOUR, load_brand
from balai.foundation.web.models import Brand


def _load() -> None:
    load_brand(seed=1, today=date(2026, 11, 25), size=10, progress=lambda done, total: None)


@pytest.mark.django_db
def test_the_example_is_named_and_coloured() -> None:
    _load()
    brand = Brand.objects.get()
    assert (brand.service_name, brand.colour, brand.version) == ("Balai Malang", COLOUR, 1)


@pytest.mark.django_db
def test_a_chosen_face_stays() -> None:
    Brand.objects.create(service_name="Balai Kami", colour="#7a2e5d")
    _load()
    assert Brand.objects.get().service_name == "Balai Kami"
