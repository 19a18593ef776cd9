"""Bytes are on the disk before anything names them."""

import os
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from balai.foundation.files.storage import DurableFileSystemStorage


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return the paths that were brought to the disk, in order."""
    paths: list[str] = []
    real = os.fsync

    def fsync(opened: int) -> None:
        paths.append(str(Path(f"/proc/self/fd/{opened}").readlink()))
        real(opened)

    monkeypatch.setattr(os, "fsync", fsync)
    return paths


def test_a_file_and_its_entry_are_on_the_disk_when_it_is_saved(tmp_path: Path, on_disk: list[str]) -> None:
    storage = DurableFileSystemStorage(location=tmp_path)
    (tmp_path / "incoming").mkdir()
    name = storage.save("incoming/a", ContentFile(b"bytes"))
    assert on_disk == [str(tmp_path / name), str(tmp_path / "incoming")]
    assert (tmp_path / name).read_bytes() == b"bytes"


def test_new_folders_are_entered_in_the_ones_above(tmp_path: Path, on_disk: list[str]) -> None:
    DurableFileSystemStorage(location=tmp_path).save("2026/11/a", ContentFile(b"bytes"))
    assert on_disk == [str(tmp_path / "2026/11/a"), str(tmp_path / "2026/11"), str(tmp_path / "2026"), str(tmp_path)]


def test_a_disk_that_does_not_take_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_opened: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        DurableFileSystemStorage(location=tmp_path).save("a", ContentFile(b"bytes"))
