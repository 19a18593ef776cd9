"""Publish what the modules offer as versions; running matters stay on their own."""

from datetime import datetime
from functools import cache, partial

from django.db import transaction

from balai.engines.cases.contributions import KindOffer
from balai.engines.cases.models import KindVersion
from balai.engines.cases.rules.kinds import CaseKind, kind_from_json, kind_problems, kind_to_json
from balai.foundation.memory.kept import Kept
from balai.foundation.registry.discover import contributions


class BadKind(Exception):
    """A kind with a dead end, an unreachable state or an unknown name."""


# publishing in the same process shows at once
_newest: Kept[str, int] = Kept()


def newest_version(slug: str) -> int:
    """Return the number of the newest published version of a kind, at most three seconds old."""
    versions = KindVersion.objects.filter(slug=slug).order_by("-version").values_list("version", flat=True)
    return _newest.get(slug, lambda: int(versions[:1].get()))


def forget_kinds() -> None:
    """Drop what this process keeps of kinds; between tests, where versions vanish."""
    _newest.forget()
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
    _newest.forget(kind.slug)
    # until the commit others read the old number and keep it
    transaction.on_commit(partial(_newest.forget, kind.slug))
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
