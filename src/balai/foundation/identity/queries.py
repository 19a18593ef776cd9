"""Reads about people."""

from balai.foundation.identity.models import AccessRecord


def access_records(*, subject_kind: str, subject_id: int) -> list[AccessRecord]:
    """Return who looked, newest first."""
    return list(AccessRecord.objects.filter(subject_kind=subject_kind, subject_id=subject_id).order_by("-at")[:200])
