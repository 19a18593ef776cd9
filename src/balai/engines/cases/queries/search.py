"""Matters by their words."""

from django.db.models import Q

from balai.engines.cases.models import Case
from balai.foundation.search.queries import is_indexed, matching
from balai.foundation.search.rules import NothingToSearch

PUBLIC, DESK = "cases.public", "cases.desk"


def says(text: str, *, source: str) -> Q:
    """Return the condition that a matter has every word of ``text``; nothing fits a text too short to search."""
    try:
        return Q(pk__in=matching(source=source, text=text))
    except NothingToSearch:
        return Q(pk__in=())


def missing() -> Q:
    """Return the condition that a source lacks a matter which belongs in it."""
    open_to_all = Q(privacy__in=(Case.Privacy.NAMED, Case.Privacy.ANONYMOUS))
    return (open_to_all & ~is_indexed(source=PUBLIC)) | (~Q(privacy=Case.Privacy.SECRET) & ~is_indexed(source=DESK))
