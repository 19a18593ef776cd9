"""Matters by their words."""

from django.db.models import Q

from balai.engines.cases.models import Case
from balai.engines.cases.rules.references import is_reference
from balai.foundation.search.queries import is_indexed, matching
from balai.foundation.search.rules import NothingToSearch, query_terms

PUBLIC, DESK = "cases.public", "cases.desk"


def says(text: str, *, source: str) -> Q:
    """Return the condition that a matter has every word of ``text``; nothing fits a text too short to search."""
    try:
        return Q(pk__in=matching(source=source, text=text))
    except NothingToSearch:
        return Q(pk__in=())


def too_short(text: str) -> bool:
    """Return whether something is asked for, but neither a number nor a word of three letters."""
    if not text or is_reference(text):
        return False
    try:
        query_terms(text)
    except NothingToSearch:
        return True
    return False


def missing() -> Q:
    """Return the condition that a source lacks a matter which belongs in it."""
    open_to_all = Q(privacy__in=(Case.Privacy.NAMED, Case.Privacy.ANONYMOUS))
    return (open_to_all & ~is_indexed(source=PUBLIC)) | (~Q(privacy=Case.Privacy.SECRET) & ~is_indexed(source=DESK))
