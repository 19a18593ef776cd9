"""Who looked at somebody's data, as that person reads it: one line for each officer and day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from balai.foundation.identity.models import AccessRecord


@dataclass(frozen=True, kw_only=True)
class LooksOfDay:
    """What one officer looked at on one day. ``count`` looks, the last ``at``; ``what`` and ``why`` once each."""

    who: str
    at: datetime
    count: int
    what: tuple[str, ...]
    why: tuple[str, ...]


def looks_by_day(rows: Iterable[AccessRecord], *, words: Callable[[str], str]) -> list[LooksOfDay]:
    """Return looks gathered by officer and day in the city, newest first; the record itself keeps each.

    ``words`` says what was looked at.
    """
    gathered: dict[tuple[object, ...], list[AccessRecord]] = {}
    for row in sorted(rows, key=lambda each: each.at, reverse=True):
        key = (timezone.localtime(row.at).date(), row.user_id, row.post_title)
        gathered.setdefault(key, []).append(row)
    return [
        LooksOfDay(
            who=looks[0].post_title or _("Operator"),
            at=looks[0].at,
            count=len(looks),
            what=tuple(dict.fromkeys(words(each.what) for each in looks)),
            why=tuple(dict.fromkeys(each.reason for each in looks if each.reason)),
        )
        for looks in gathered.values()
    ]
