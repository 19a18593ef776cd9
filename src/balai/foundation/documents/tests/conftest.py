"""An installation of its own for each test: keys, certificates, files; a city."""

import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from balai.foundation.documents import _device, authority, signing
from balai.foundation.documents.authority import Pair
from balai.foundation.documents.tests.samples import AT
from balai.foundation.documents.tests.tokens import LABEL, PIN, TOKEN, Token, make_folder, make_token
from tests.device_programs import APT_LINE, SoftHsm, find_softhsm


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


@pytest.fixture(scope="session")
def softhsm() -> SoftHsm:
    found = find_softhsm()
    if found is None:
        if os.environ.get("BALAI_TEST_COMPLETE") == "1":
            pytest.fail(f"no SoftHSM here: {APT_LINE}")
        pytest.skip(f"no SoftHSM here: {APT_LINE}")
    return found


@pytest.fixture
def token(softhsm: SoftHsm, own_folder: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[Token]:
    """Make tokens in a folder of this test, and name the first one in the settings."""
    monkeypatch.setenv("SOFTHSM2_CONF", str(make_folder(own_folder / "device", resets_on_fork=True)))
    settings.BALAI_SIGNER_PASSWORD = PIN

    def make(pair: Pair, *beside: Pair, label: str = TOKEN) -> dict[str, str]:
        certificates = {LABEL: pair.certificate} | {f"c{n}": each.certificate for n, each in enumerate(beside)}
        make_token(softhsm, label=label, key=pair.key, certificates=certificates)
        named = {"kind": "pkcs11", "module": str(softhsm.library), "token": TOKEN, "certificate": LABEL}
        settings.BALAI_DOCUMENTS = {"signer": named, "trust": "roots.pem"}
        _device.forget()
        return named

    yield make
    _device.forget()


@pytest.fixture
def plugged_in(token: Token, made_authority: Path) -> None:
    """Plug a token with the demonstration's own key in."""
    token(authority.read_pair(made_authority / "signer.p12"))
