"""Where bytes lie: a folder, written so that a power cut loses nothing that was acknowledged."""

import os
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import FileSystemStorage


class DurableFileSystemStorage(FileSystemStorage):
    """Django's folder, whose files are on the disk when ``save`` returns: a row that names one may be committed then.

    Without it the database's commit would be on the disk before the bytes are, and after a power cut a row could name
    a file that is empty or was never there.
    """

    def _save(self, name: str, content: File[Any]) -> str:
        folder = Path(self.path(name)).parent
        fresh = [one for one in (folder, *folder.parents) if not one.exists()]
        saved = str(super()._save(name, content))  # type: ignore[misc]
        to_disk(Path(self.path(saved)))
        # a file is found again by its entry in the folder; a new folder by its entry in the one above
        for one in (folder, *(made.parent for made in fresh)):
            to_disk(one)
        return saved


def to_disk(path: Path) -> None:
    """Return when the bytes of a file, or the entries of a folder, are on the disk.

    :raises OSError: if the disk is full or broken.
    """
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
