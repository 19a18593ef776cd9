"""Find files by their owner."""

from collections.abc import Collection

from balai.foundation.files.contributions import FileGuard
from balai.foundation.files.models import Attachment
from balai.foundation.registry.discover import contributions


def attachments_of(*, owner_kind: str, owner_ids: Collection[int]) -> dict[int, list[Attachment]]:
    """Return the files of several owners in one query, oldest first; owners without files are not in it.

    The encrypted evidence is not read.
    """
    found: dict[int, list[Attachment]] = {}
    if not owner_ids:
        return found
    rows = Attachment.objects.filter(owner_kind=owner_kind, owner_id__in=owner_ids).defer("evidence").order_by("id")
    for row in rows:
        assert row.owner_id is not None  # the filter asks for it
        found.setdefault(row.owner_id, []).append(row)
    return found


def guard_of(*, owner_kind: str) -> FileGuard | None:
    """Return who decides about files of ``owner_kind``, if anybody."""
    return next((guard for guard in contributions(FileGuard) if guard.owner_kind == owner_kind), None)
