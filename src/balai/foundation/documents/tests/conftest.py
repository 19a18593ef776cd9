"""An installation of its own for each test: keys, certificates, files; a city."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from balai.foundation.documents import authority, signing
from balai.foundation.documents.tests.samples import AT


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, settings: Any) -> Iterator[Path]:
    settings.DATA_DIR = tmp_path
    settings.BALAI_DOCUMENTS_FOLDER = tmp_path / "documents"
    settings.BALAI_FONTS_FOLDER = tmp_path / "fonts"
    settings.BALAI_DOCUMENTS = {}
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }
    yield tmp_path
    signing.forget_signers()


@pytest.fixture
def made_authority(own_folder: Path) -> Path:
    authority.make_authority(organization="Pemerintah Kota Contoh", at=AT - timedelta(days=1))
    return authority.folder()
