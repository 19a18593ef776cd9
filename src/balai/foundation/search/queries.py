"""Find by words."""

from typing import Any

from django.db import connections, router
from django.db.models import BooleanField, Exists, OuterRef, QuerySet
from django.db.models.expressions import RawSQL

from balai.foundation.search.models import Entry
from balai.foundation.search.rules import query_terms

# each is written as its index is
_HITS = {
    "postgresql": "to_tsvector('simple', stems) @@ plainto_tsquery('simple', %s)",
    "sqlite": "id IN (SELECT rowid FROM search_words WHERE search_words MATCH %s)",
}


def matching(*, source: str, text: str) -> QuerySet[Entry, Any]:
    """Return the ids of the objects in which every word of ``text`` stands, for ``filter(pk__in=…)``; no statement yet.

    :raises balai.foundation.search.rules.NothingToSearch: when no word of three letters is left of the text.
    """
    terms = query_terms(text)
    vendor = connections[router.db_for_read(Entry)].vendor
    asked = " ".join(f'"{term}"' for term in terms) if vendor == "sqlite" else " ".join(terms)
    # fixed text; the words are a parameter, and letters and digits only
    hit = RawSQL(_HITS[vendor], [asked], output_field=BooleanField())  # noqa: S611
    return Entry.objects.filter(hit, source=source).values("object_id")


def is_indexed(*, source: str) -> Exists:
    """Return the condition that a row's own id is kept in ``source``; ``filter(~is_indexed(…))`` is what is missing."""
    return Exists(Entry.objects.filter(source=source, object_id=OuterRef("pk")))
