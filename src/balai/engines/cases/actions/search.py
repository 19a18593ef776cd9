"""Make matters findable by their words: two sources, one for each circle of readers."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from balai.engines.cases.models import Case
from balai.engines.cases.queries.search import DESK, PUBLIC, missing
from balai.foundation.search.actions import forget, forget_source, index

BATCH = 1_000
_OPEN_TO_ALL = (Case.Privacy.NAMED, Case.Privacy.ANONYMOUS)
WORDS = ("id", "privacy", "title", "text", "public_text", "place_words")


def index_words(*, rows: Sequence[tuple[Any, ...]]) -> int:
    """Keep the words of matters, given as the values of ``WORDS``.

    The public finds by the masked text alone, and by nothing of a hidden matter; a secret matter is found by its
    number only, on the desk too.
    """
    public = [(key, masked) for key, privacy, _, _, masked, _ in rows if privacy in _OPEN_TO_ALL]
    desk = [
        (key, f"{title} {text} {place}")
        for key, privacy, title, text, _, place in rows
        if privacy != Case.Privacy.SECRET
    ]
    index(source=PUBLIC, rows=public)
    index(source=DESK, rows=desk)
    return len(rows)


@transaction.atomic
def index_cases(*, rows: QuerySet[Case]) -> int:
    """Keep the present words of these matters and forget those that a circle may no longer find; safe to run twice."""
    found = list(rows.values_list(*WORDS))
    hidden = [key for key, privacy, *_ in found if privacy not in _OPEN_TO_ALL]
    secret = [key for key, privacy, *_ in found if privacy == Case.Privacy.SECRET]
    if hidden:
        forget(source=PUBLIC, object_ids=hidden)
    if secret:
        forget(source=DESK, object_ids=secret)
    return index_words(rows=found)


def index_missing() -> int:
    """Index a batch of matters that a source lacks and return how many; 0 when none is missing."""
    keys = list(Case.objects.filter(missing()).values_list("pk", flat=True)[:BATCH])
    return index_cases(rows=Case.objects.filter(pk__in=keys)) if keys else 0


def forget_all() -> int:
    """Forget the words of all matters, before they are formed anew."""
    return forget_source(source=PUBLIC) + forget_source(source=DESK)
