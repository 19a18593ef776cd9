"""Move the version and keep the trace of an edit."""

import secrets
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import F

from balai.foundation.calendar.models import CalendarEdit, CalendarVersion
from balai.foundation.calendar.rules.edits import Editor

# The version moves on by a step that nobody can repeat: after a backup is put back, the same number would otherwise
# stand for other days, and processes that still remember it would go on with them.
_LARGEST_STEP = 2**32


def move_version(**values: Any) -> None:
    """Move the calendar's version, and set further ``values`` of its one row."""
    step = 1 + secrets.randbelow(_LARGEST_STEP)
    if not CalendarVersion.objects.update(version=F("version") + step, **values):
        CalendarVersion.objects.create(**{"version": step, "time_zone": settings.TIME_ZONE, **values})


def note_edit(*, subject: str, before: dict[str, Any], after: dict[str, Any], by: Editor, at: datetime) -> None:
    """Keep who changed what."""
    CalendarEdit.objects.create(
        subject=subject, before=before, after=after, editor_id=by.id, editor_name=by.name, at=at
    )
