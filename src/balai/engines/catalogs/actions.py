"""Write records: draft, consult, decree, publish. Each in one commit, under the lock of its record."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from balai.engines.catalogs.contributions import RecordKindOffer
from balai.engines.catalogs.events import (
    CommentAnswered,
    CommentMade,
    ConsultationOpened,
    MinutesRecorded,
    RecordChanged,
    RecordDrafted,
    RecordEvent,
    VersionDecreed,
    VersionPublished,
    VersionRetired,
    VersionReturned,
    stream_of,
)
from balai.engines.catalogs.models import PublicComment, Record, RecordVersion
from balai.engines.catalogs.rules import (
    LONGEST_CONSULTATION,
    BadContent,
    RecordKind,
    Span,
    changed_components,
    clean_content,
    consultation_gap,
    followed_by,
    is_asked,
    may_become,
    required_gaps,
)
from balai.foundation.events.actions import append
from balai.foundation.events.rules import Actor
from balai.foundation.identity.rules import mask_personal_data
from balai.foundation.places.queries import city_day
from balai.foundation.registry.discover import contributions

State = RecordVersion.State
# everybody may know of these
PUBLIC = (VersionPublished, VersionRetired, VersionReturned, ConsultationOpened)


class UnknownKind(Exception):
    """No module keeps records of this kind."""


class ContentRefused(Exception):
    """Something written cannot be kept; nothing was changed."""

    def __init__(self, problems: tuple[BadContent, ...]) -> None:
        super().__init__("; ".join(f"{each.component} {each.code}" for each in problems))
        self.problems = problems


class MovedOn(Exception):
    """Somebody else changed this version after the page was loaded; nothing was changed."""


class NotNow(Exception):
    """The version cannot go on like this. ``code``: not_from_here, no_minutes, no_decree, begins_too_early, bad_until,
    still_asked, unanswered, not_that_day.
    """

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class CommentRefused(Exception):
    """Nothing was kept. ``code``: closed (nobody is asked any more), empty, unknown (component or outcome)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Incomplete(Exception):
    """Compulsory components say nothing, so nothing goes live. ``components`` names them."""

    def __init__(self, components: tuple[str, ...]) -> None:
        super().__init__(", ".join(components))
        self.components = components


def kind_named(slug: str) -> RecordKind:
    """Return the kind called ``slug``.

    :raises UnknownKind: if no module brings it.
    """
    for offer in contributions(RecordKindOffer):
        if offer.kind.slug == slug:
            found: RecordKind = offer.kind
            return found
    raise UnknownKind(slug)


def _tell(version: RecordVersion, event: type[RecordEvent], *, actor: Actor, at: datetime, **facts: Any) -> None:
    record = version.record
    append(
        stream=stream_of(record.pk),
        event=event(kind=record.kind, slug=record.slug, number=version.number, **facts),
        actor=actor,
        at=at,
        public=event in PUBLIC,
    )


def _checked(kind: RecordKind, raw: Mapping[str, Any]) -> dict[str, Any]:
    content, problems = clean_content(kind=kind, raw=raw)
    if problems:
        raise ContentRefused(problems)
    return content


@transaction.atomic
def create_record(
    *,
    kind: str,
    slug: str,
    unit_id: int,
    name_id: str,
    name_en: str = "",
    group_id: str = "",
    group_en: str = "",
    keywords: str = "",
    order: int = 100,
    content: Mapping[str, Any] | None = None,
    actor: Actor,
    at: datetime,
) -> RecordVersion:
    """Make a record with its first draft, and return the draft.

    :raises UnknownKind: :raises ContentRefused: if something written cannot be kept.
    """
    checked = _checked(kind_named(kind), content or {})
    record = Record.objects.create(
        kind=kind,
        slug=slug,
        unit_id=unit_id,
        name_id=name_id,
        name_en=name_en,
        group_id=group_id,
        group_en=group_en,
        keywords=keywords,
        order=order,
        created_at=at,
    )
    version = RecordVersion.objects.create(record=record, number=1, content=checked, changed_at=at)
    _tell(version, RecordDrafted, actor=actor, at=at)
    return version


@transaction.atomic
def begin_version(*, record_id: int, actor: Actor, at: datetime) -> RecordVersion:
    """Begin the next version from what is said now, and return it; the one in work if there is one already."""
    # two officers who begin at once get the same draft
    record = Record.objects.select_for_update(of=("self",)).get(pk=record_id)
    versions = RecordVersion.objects.filter(record=record).order_by("-number")
    newest = versions.first()
    if newest is not None and newest.state in (State.DRAFT, State.CONSULTATION, State.DECREED):
        return newest
    version = RecordVersion.objects.create(
        record=record,
        number=newest.number + 1 if newest else 1,
        content=newest.content if newest else {},
        changed_at=at,
    )
    _tell(version, RecordDrafted, actor=actor, at=at)
    return version


def _held(version_id: int) -> RecordVersion:
    # the record's lock makes everything that happens to its versions follow one another
    record_id = RecordVersion.objects.values_list("record_id", flat=True).get(pk=version_id)
    Record.objects.select_for_update(of=("self",)).get(pk=record_id)
    return RecordVersion.objects.select_related("record").get(pk=version_id)


def _go(version: RecordVersion, target: str) -> None:
    kind = kind_named(version.record.kind)
    if not may_become(state=version.state, target=target, kind=kind, has_minutes=bool(version.minutes)):
        raise NotNow(
            "no_minutes" if target == State.DECREED and version.state in ("draft", "consultation") else "not_from_here"
        )
    version.state = target


@transaction.atomic
def save_draft(
    *, version_id: int, content: Mapping[str, Any], expected_revision: int, actor: Actor, at: datetime
) -> RecordVersion:
    """Change what a draft says, and return it.

    :raises MovedOn: if somebody was faster; :raises NotNow: if it is no draft any more; :raises ContentRefused:
    """
    version = _held(version_id)
    if version.revision != expected_revision:
        raise MovedOn
    if version.state not in (State.DRAFT, State.CONSULTATION):
        raise NotNow("not_from_here")
    kind = kind_named(version.record.kind)
    checked = _checked(kind, content)
    components = changed_components(kind=kind, before=version.content, after=checked)
    if not components:
        return version
    version.content, version.changed_at, version.revision = checked, at, version.revision + 1
    # the public was heard about other words
    version.minutes = {}
    version.save()
    _tell(version, RecordChanged, actor=actor, at=at, components=list(components))
    return version


@transaction.atomic
def open_consultation(*, version_id: int, until: date, actor: Actor, at: datetime) -> RecordVersion:
    """Ask the public about a draft until a day, that day included, and return it.

    :raises NotNow: if it is no draft, or the day is over or more than a year away.
    """
    version = _held(version_id)
    if not city_day(at) <= until <= city_day(at) + LONGEST_CONSULTATION:
        raise NotNow("bad_until")
    _go(version, State.CONSULTATION)
    version.consulted_until, version.changed_at = until, at
    version.save()
    _tell(version, ConsultationOpened, actor=actor, at=at)
    return version


@transaction.atomic
def say_comment(
    *, version_id: int, component: str, words: str, name: str, submission_key: str, actor: Actor, at: datetime
) -> PublicComment:
    """Keep what somebody thinks of a version in consultation, masked, and return it; the same form twice is one.

    :raises CommentRefused: without words, about a component that does not exist, or once nobody is asked any more.
    """
    version = _held(version_id)
    already = PublicComment.objects.filter(submission_key=submission_key).first()
    if already is not None:
        return already
    if not is_asked(state=version.state, until=version.consulted_until, day=city_day(at)):
        raise CommentRefused("closed")
    if not words.strip():
        raise CommentRefused("empty")
    if component and kind_named(version.record.kind).component(component) is None:
        raise CommentRefused("unknown")
    comment = PublicComment.objects.create(
        version=version,
        component=component,
        name=mask_personal_data(name.strip())[:80],
        words=mask_personal_data(words.strip()[:2_000])[:2_000],
        submission_key=submission_key,
        said_at=at,
    )
    _tell(version, CommentMade, actor=actor, at=at, comment=comment.pk, component=component)
    return comment


@transaction.atomic
def answer_comment(*, comment_id: int, outcome: str, answer: str, actor: Actor, at: datetime) -> PublicComment:
    """Say in public what becomes of a comment, and return it; until the decree another answer may follow.

    :raises CommentRefused: without an answer or an outcome that exists; :raises NotNow: after the decree.
    """
    version = _held(PublicComment.objects.values_list("version_id", flat=True).get(pk=comment_id))
    if version.state not in (State.DRAFT, State.CONSULTATION):
        raise NotNow("not_from_here")
    if outcome not in PublicComment.Outcome.values:
        raise CommentRefused("unknown")
    if not answer.strip():
        raise CommentRefused("empty")
    comment = PublicComment.objects.get(pk=comment_id)
    comment.outcome, comment.answer = outcome, mask_personal_data(answer.strip()[:2_000])[:2_000]
    comment.answered_by_id, comment.answered_at = actor.id if actor.kind == "staff" else None, at
    comment.save()
    _tell(version, CommentAnswered, actor=actor, at=at, comment=comment.pk, outcome=outcome)
    return comment


@transaction.atomic
def record_minutes(
    *, version_id: int, held_on: date, place: str, participants: int, points: str, actor: Actor, at: datetime
) -> RecordVersion:
    """Write down what the public said (*berita acara*), and return the version.

    :raises NotNow: if it is past the consultation, or nobody took part, or nothing was written.
    Source: PermenPANRB 16/2017.
    """
    version = _held(version_id)
    if version.state not in (State.DRAFT, State.CONSULTATION):
        raise NotNow("not_from_here")
    if participants < 1 or not place.strip() or not points.strip() or held_on > city_day(at):
        raise NotNow("no_minutes")
    version.minutes = {
        "held_on": held_on.isoformat(),
        "place": place.strip()[:200],
        "participants": participants,
        "points": points.strip()[:4_000],
    }
    version.changed_at = at
    version.save()
    _tell(version, MinutesRecorded, actor=actor, at=at)
    return version


@transaction.atomic
def set_decree(*, version_id: int, number: str, day: date, actor: Actor, at: datetime) -> RecordVersion:
    """Write under which decree a version was set, and return it.

    :raises NotNow: without a number, for a day that is still to come, before the public was heard where the kind asks
        for it, while everybody may still say what they think, or while a comment has no answer.
    """
    version = _held(version_id)
    if not number.strip():
        raise NotNow("no_decree")
    if day > city_day(at):
        raise NotNow("not_that_day")
    owed = consultation_gap(
        state=version.state,
        until=version.consulted_until,
        day=city_day(at),
        unanswered=PublicComment.objects.filter(version=version, outcome="").count(),
    )
    if owed:
        raise NotNow(owed)
    _go(version, State.DECREED)
    version.decree_number, version.decree_date, version.changed_at = number.strip()[:80], day, at
    version.save()
    _tell(version, VersionDecreed, actor=actor, at=at, decree_number=version.decree_number)
    return version


@transaction.atomic
def return_to_draft(*, version_id: int, reason: str, actor: Actor, at: datetime) -> RecordVersion:
    """Take a version in consultation or decreed back to the draft, and return it.

    :raises NotNow: from elsewhere, or without a reason.
    """
    version = _held(version_id)
    if not reason.strip():
        raise NotNow("not_from_here")
    _go(version, State.DRAFT)
    version.decree_number, version.decree_date, version.changed_at = "", None, at
    version.save()
    _tell(version, VersionReturned, actor=actor, at=at, reason=reason.strip()[:300])
    return version


@transaction.atomic
def publish_version(
    *, version_id: int, valid_from: date, review_date: date | None = None, actor: Actor, at: datetime
) -> RecordVersion:
    """Let a decreed version be what the city says from a day on, and end the one before; return it.

    :raises Incomplete: while a compulsory component says nothing; :raises NotNow: if it is not decreed, or would begin
        before the one that runs.
    """
    version = _held(version_id)
    gaps = required_gaps(kind=kind_named(version.record.kind), content=version.content)
    if gaps:
        raise Incomplete(gaps)
    _go(version, State.PUBLISHED)
    running = RecordVersion.objects.filter(record=version.record, state=State.PUBLISHED).first()
    if running is not None and running.valid_from is not None:
        try:
            span = followed_by(running=Span(running.valid_from, running.valid_to), since=valid_from)
        except ValueError as error:
            raise NotNow("begins_too_early") from error
        assert span is not None
        RecordVersion.objects.filter(pk=running.pk).update(state=State.RETIRED, valid_to=span.until)
        _tell(running, VersionRetired, actor=actor, at=at)
    # what was retired with an end of its own still counts until then, and no day has two
    earlier = RecordVersion.objects.filter(record=version.record, state=State.RETIRED, valid_to__gt=valid_from)
    if earlier.exists():
        raise NotNow("begins_too_early")
    version.valid_from, version.published_at, version.changed_at = valid_from, at, at
    version.review_date = review_date
    version.save()
    _tell(version, VersionPublished, actor=actor, at=at)
    return version


@transaction.atomic
def retire_version(*, version_id: int, until: date, actor: Actor, at: datetime) -> RecordVersion:
    """Stop saying what is said now, from a day on, and return it.

    :raises NotNow: if it is not published, or would end before it began.
    """
    version = _held(version_id)
    _go(version, State.RETIRED)
    if version.valid_from is None or until <= version.valid_from:
        raise NotNow("begins_too_early")
    RecordVersion.objects.filter(pk=version.pk).update(state=State.RETIRED, valid_to=until)
    version.valid_to = until
    _tell(version, VersionRetired, actor=actor, at=at)
    return version
