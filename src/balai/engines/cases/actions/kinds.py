"""Publish what the modules offer as versions; running matters stay on their own."""

import time
from datetime import datetime
from functools import cache

from django.db import transaction

from balai.engines.cases.contributions import KindOffer
from balai.engines.cases.models import KindVersion
from balai.engines.cases.rules.kinds import CaseKind, kind_from_json, kind_problems, kind_to_json
from balai.foundation.registry.discover import contributions


class BadKind(Exception):
    """A kind with a dead end, an unreachable state or an unknown name."""


# how long a process may go on with the version it knows; publishing in the same process shows at once
FRESH_FOR = 3.0  # seconds
_newest: dict[str, tuple[float, int]] = {}


def newest_version(slug: str) -> int:
    """Return the number of the newest published version of a kind, at most ``FRESH_FOR`` seconds old."""
    kept = _newest.get(slug)
    if kept is not None and time.monotonic() - kept[0] < FRESH_FOR:
        return kept[1]
    version = int(
        KindVersion.objects.filter(slug=slug).order_by("-version").values_list("version", flat=True)[:1].get()
    )
    _newest[slug] = (time.monotonic(), version)
    return version


def forget_kinds() -> None:
    """Drop what this process keeps of kinds; between tests, where versions vanish."""
    _newest.clear()
    kind_at.cache_clear()


@cache
def kind_at(slug: str, version: int) -> CaseKind:
    """Return one published version; versions never change, so each is read once."""
    return kind_from_json(KindVersion.objects.get(slug=slug, version=version).definition)


@transaction.atomic
def publish_kind(*, kind: CaseKind, at: datetime) -> KindVersion:
    """Publish ``kind`` unless its newest version already says the same.

    :raises BadKind: if the kind cannot work.
    """
    problems = kind_problems(kind)
    if problems:
        raise BadKind(f"{kind.slug}: " + "; ".join(problems))
    _newest.pop(kind.slug, None)
    newest = KindVersion.objects.filter(slug=kind.slug).order_by("-version").first()
    definition = kind_to_json(kind)
    if newest and newest.definition == definition:
        return newest
    return KindVersion.objects.create(
        slug=kind.slug, version=newest.version + 1 if newest else 1, definition=definition, published_at=at
    )


def publish_kinds(*, at: datetime) -> list[KindVersion]:
    """Publish every kind that the modules offer."""
    return [publish_kind(kind=offer.kind, at=at) for offer in contributions(KindOffer)]
