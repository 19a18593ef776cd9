"""Bytes are on the disk before anything names them."""

import os
import shutil
from collections.abc import Callable, Iterator
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
    # the bytes come there under a name of their own
    assert [Path(one).suffix for one in on_disk[:1]] == [".part"]
    assert on_disk[1:] == [str(tmp_path / "incoming"), str(tmp_path)]
    assert [one.name for one in (tmp_path / "incoming").iterdir()] == ["a"]
    assert (tmp_path / name).read_bytes() == b"bytes"


def test_new_folders_are_entered_in_the_ones_above(tmp_path: Path, on_disk: list[str]) -> None:
    DurableFileSystemStorage(location=tmp_path).save("2026/11/a", ContentFile(b"bytes"))
    assert on_disk[1:] == [str(tmp_path / "2026/11"), str(tmp_path / "2026"), str(tmp_path)]


def test_a_folder_that_another_has_just_made_is_entered_too(tmp_path: Path, on_disk: list[str]) -> None:
    storage = DurableFileSystemStorage(location=tmp_path)
    # it is there, and its entry is still in memory only
    (tmp_path / "2026").mkdir()
    storage.save("2026/a", ContentFile(b"bytes"))
    assert on_disk[1:] == [str(tmp_path / "2026"), str(tmp_path)]
    on_disk.clear()
    # known by now; made anew it is not
    storage.save("2026/b", ContentFile(b"bytes"))
    assert on_disk[1:] == [str(tmp_path / "2026")]
    shutil.rmtree(tmp_path / "2026")
    on_disk.clear()
    storage.save("2026/a", ContentFile(b"bytes"))
    assert on_disk[1:] == [str(tmp_path / "2026"), str(tmp_path)]


def test_a_disk_that_does_not_take_it_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_opened: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        DurableFileSystemStorage(location=tmp_path).save("a", ContentFile(b"bytes"))
    assert list(tmp_path.iterdir()) == []


class Chunks(ContentFile[bytes]):
    """A file that comes in pieces; what happens between two of them is the test's."""

    def __init__(self, between: Callable[[], object]) -> None:
        super().__init__(b"half and half")
        self._between = between

    def chunks(self, chunk_size: int | None = None) -> Iterator[bytes]:
        yield b"half "
        self._between()
        yield b"and half"


def test_what_cannot_be_written_to_its_end_leaves_nothing(tmp_path: Path) -> None:
    def full() -> None:
        raise OSError(28, "No space left on device")

    storage = DurableFileSystemStorage(location=tmp_path)
    with pytest.raises(OSError, match="No space left"):
        storage.save("papers/a", Chunks(full))
    assert not storage.exists("papers/a")
    assert list((tmp_path / "papers").iterdir()) == []


def test_a_file_is_there_only_when_all_of_it_is(tmp_path: Path) -> None:
    storage = DurableFileSystemStorage(location=tmp_path)
    seen: list[bool] = []
    storage.save("a", Chunks(lambda: seen.append(storage.exists("a"))))
    assert seen == [False]
    assert (tmp_path / "a").read_bytes() == b"half and half"


@pytest.mark.parametrize("with_links", [True, False])
def test_two_with_one_name_keep_their_own_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, with_links: bool
) -> None:
    def no_links(_source: str, _target: str) -> None:
        raise OSError(95, "Operation not supported")

    if not with_links:
        monkeypatch.setattr(os, "link", no_links)
    storage = DurableFileSystemStorage(location=tmp_path)
    name = storage.save("a", Chunks(lambda: (tmp_path / "a").write_bytes(b"of another")))
    assert name != "a"
    assert (tmp_path / name).read_bytes() == b"half and half"
    assert (tmp_path / "a").read_bytes() == b"of another"
    assert len(list(tmp_path.iterdir())) == 2
