"""Where bytes lie: a folder, written so that a power cut loses nothing that was acknowledged."""

import os
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage

# folders that this process knows to be entered on the disk in the ones above
_entered: set[str] = set()


class DurableFileSystemStorage(FileSystemStorage):
    """Django's folder, whose files are whole and on the disk when they have their name.

    Otherwise the database's commit would be on the disk before the bytes are, and after a power cut a row could name
    a file that is empty or was never there. What cannot be written to its end, as on a full disk, leaves nothing.
    """

    def _save(self, name: str, content: File[Any]) -> str:
        # texts and not paths: this is on the way of every report and application
        folder = os.path.dirname(self.path(name))
        unsure = self._unsure(folder)
        # nobody looks for this name: whoever asks whether a file is there finds all of it or nothing
        part = f"{uuid.uuid4().hex}.part"
        beside = os.path.join(os.path.dirname(name), part)
        whole = os.path.join(folder, part)
        try:
            super()._save(beside, content)  # type: ignore[misc]
            to_disk(whole)
            saved = self._name(whole, name)
        finally:
            with suppress(FileNotFoundError):
                os.unlink(whole)
        # a file is found again by its entry in the folder; a new folder by its entry in the one above
        for one in (folder, *(os.path.dirname(each) for each in unsure)):
            to_disk(one)
        _entered.update(unsure)
        return saved

    def _unsure(self, folder: str) -> list[str]:
        """Return the folders, the innermost first, whose entry in the one above may not be on the disk yet.

        One that is there may have been made this moment by somebody who has not brought its entry to the disk.
        """
        top, found = str(self.location), []
        while not os.path.exists(folder) or (folder not in _entered and folder.startswith(f"{top}{os.sep}")):
            found.append(folder)
            folder = os.path.dirname(folder)
        return found

    def _name(self, part: str, name: str) -> str:
        """Give bytes their name and return it; where somebody was quicker, one like it."""
        while os.path.exists(self.path(name)):
            name = self.get_available_name(name)
        try:
            # a link, unlike a rename, never takes the name of another file
            os.link(part, self.path(name))
        except FileExistsError:
            return self._name(part, name)
        except OSError:
            # a file system without links, as on some shares
            os.rename(part, self.path(name))
        return name


def to_disk(path: str | Path) -> None:
    """Return when the bytes of a file, or the entries of a folder, are on the disk.

    :raises OSError: if the disk is full or broken.
    """
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
