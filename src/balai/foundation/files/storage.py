"""Where bytes lie: a folder, written so that a power cut loses nothing that was acknowledged."""

import os
import uuid
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

# folders that this process knows to be entered on the disk in the ones above
_entered: set[Path] = set()


class DurableFileSystemStorage(FileSystemStorage):
    """Django's folder, whose files are whole and on the disk when they have their name.

    Otherwise the database's commit would be on the disk before the bytes are, and after a power cut a row could name
    a file that is empty or was never there. What cannot be written to its end, as on a full disk, leaves nothing.
    """

    def _save(self, name: str, content: File[Any]) -> str:
        folder = Path(self.path(name)).parent
        # one that is there may have been made this moment by somebody who has not brought its entry to the disk yet
        unsure = [
            one
            for one in (folder, *folder.parents)
            if not one.exists() or (one not in _entered and Path(self.location) in one.parents)
        ]
        # nobody looks for this name: whoever asks whether a file is there finds all of it or nothing
        part = folder / f"{uuid.uuid4().hex}.part"
        try:
            super()._save(part.relative_to(self.location).as_posix(), content)  # type: ignore[misc]
            to_disk(part)
            saved = self._name(part, name)
        finally:
            part.unlink(missing_ok=True)
        # a file is found again by its entry in the folder; a new folder by its entry in the one above
        for one in (folder, *(each.parent for each in unsure)):
            to_disk(one)
        _entered.update(unsure)
        return saved

    def _name(self, part: Path, name: str) -> str:
        """Give bytes their name and return it; where somebody was quicker, one like it."""
        while Path(self.path(name)).exists():
            name = self.get_available_name(name)
        try:
            # a link, unlike a rename, never takes the name of another file
            Path(self.path(name)).hardlink_to(part)
        except FileExistsError:
            return self._name(part, name)
        except OSError:
            # a file system without links, as on some shares
            part.rename(self.path(name))
        return name


def to_disk(path: Path) -> None:
    """Return when the bytes of a file, or the entries of a folder, are on the disk.

    :raises OSError: if the disk is full or broken.
    """
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
