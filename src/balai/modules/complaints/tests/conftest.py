"""What the tests of complaints share: a small city, its clock, a folder for photos."""

import io
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import override_settings
from PIL import Image

from balai.modules.complaints.tests.small_city import MORNING, SmallCity, build_city


@pytest.fixture
def city(db: None, tmp_path: Path) -> Iterator[SmallCity]:
    """A small city whose files go into a folder of the test."""
    storages = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    with override_settings(STORAGES=storages):
        yield build_city()


@pytest.fixture
def now() -> Iterator[time_machine.Traveller]:
    """The clock, standing on a Wednesday morning until the test moves it."""
    with time_machine.travel(MORNING, tick=False) as traveller:
        yield traveller


@pytest.fixture
def photo() -> Callable[[], SimpleUploadedFile]:
    """Make a small real photo."""

    def make(colour: str = "grey") -> SimpleUploadedFile:
        stored = io.BytesIO()
        Image.new("RGB", (64, 48), colour).save(stored, format="JPEG")
        return SimpleUploadedFile("foto.jpg", stored.getvalue(), content_type="image/jpeg")

    return make


@pytest.fixture
def moment() -> datetime:
    """The morning of the small city."""
    return MORNING
