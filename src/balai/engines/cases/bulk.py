"""Write whole histories at once: imports and example data. The same rules as the live path, many rows a statement."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from balai.engines.cases._rows import case_fields, clock_values
from balai.engines.cases.actions.open import public_place, text_hash, title_of
from balai.engines.cases.events import MOVES, CaseReceived, CaseRouted, CaseStepped, escalations, stream_of
from balai.engines.cases.models import Case, Clock, Entry
from balai.engines.cases.queries.opened import code_hash
from balai.engines.cases.rules.evolution import Given, Matter, climb, evolve, receive
from balai.engines.cases.rules.kinds import CaseKind
from balai.engines.cases.rules.references import new_reference
from balai.foundation.calendar.rules import WorkCalendar
from balai.foundation.events.actions import values_of
from balai.foundation.events.facts import Fact
from balai.foundation.events.models import Event
from balai.foundation.events.rules import SYSTEM, Actor, Head, Link, link
from balai.foundation.identity.rules import mask_personal_data
from balai.foundation.rows.insert import insert_rows, take_keys


@dataclass(frozen=True, kw_only=True)
class PastStep:
    """One change in a history: when, which change of the kind, by whom, with what."""

    at: datetime
    change: str
    actor: Actor
    given: Given = Given()
    post_title: str = ""


@dataclass(frozen=True, kw_only=True)
class CaseHistory:
    """One matter from receipt to now. ``steps`` in order of time; rungs of the ladders are climbed in between.

    ``due_at`` comes from a source that promised by itself: the kind must then have its main clock only
    (``rules.kinds.with_own_promise``). ``extra`` sets further columns of ``Case``.
    """

    kind: CaseKind
    kind_version: int
    category_id: int
    unit_id: int
    is_central_desk: bool
    routed_by: str
    received_at: datetime
    text: str
    channel: str
    privacy: str
    calendar: WorkCalendar
    title: str = ""
    place_words: str = ""
    village_id: int | None = None
    district_id: int | None = None
    lat: float | None = None
    lon: float | None = None
    sensitive: bool = False
    reporter_id: int | None = None
    submission_key: str | None = None
    # who brought it; at the counter and on the telephone the member of staff who wrote it down
    actor: Actor = Actor("resident")
    steps: Sequence[PastStep] = ()
    until: datetime | None = None
    due_at: datetime | None = None
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass
class _Told:
    matter: Matter
    links: list[Link]
    entries: list[dict[str, Any]]


def _promised_elsewhere(matter: Matter, due_at: datetime) -> Matter:
    clocks = tuple(
        # a target before the receipt is kept as far as a clock can say it: due at once
        replace(clock, due_at=max(due_at, clock.started_at), original_due_at=max(due_at, clock.started_at))
        for clock in matter.clocks
    )
    return replace(matter, clocks=clocks, due_at=due_at, promised_at=due_at)


def tell(history: CaseHistory, *, reference: str) -> _Told:
    """Return how a history ends: the matter, its links and its words. Pure but for the reference.

    :raises ChangeRefused: if a step is not allowed where it stands.
    """
    matter = receive(
        kind=history.kind,
        unit_id=history.unit_id,
        is_central_desk=history.is_central_desk,
        received_at=history.received_at,
        calendar=history.calendar,
    )
    if history.due_at is not None:
        matter = _promised_elsewhere(matter, history.due_at)
    links: list[Link] = []
    entries: list[dict[str, Any]] = []
    head = Head()

    def add(fact: Fact, *, at: datetime) -> None:
        nonlocal head
        made = link(
            stream=stream_of(reference),
            after=head,
            at=at,
            kind=fact.event.fact_name(),
            actor=fact.actor,
            public=fact.public,
            data=fact.event.facts(),
        )
        links.append(made)
        head = Head(made.seq, made.hash)

    received = CaseReceived(
        kind=history.kind.slug,
        kind_version=history.kind_version,
        category_id=history.category_id,
        channel=history.channel,
        privacy=history.privacy,
        text_hash=text_hash(history.text),
    )
    add(Fact(event=received, actor=history.actor, public=True), at=history.received_at)
    routed = CaseRouted(unit_id=history.unit_id, rule=history.routed_by, state_to=matter.state)
    add(Fact(event=routed, actor=SYSTEM, public=True), at=history.received_at)

    def climb_until(moment: datetime) -> None:
        nonlocal matter
        while True:
            due = min((clock.next_step_at for clock in matter.clocks if clock.next_step_at is not None), default=None)
            if due is None or due > moment:
                return
            matter, rungs = climb(matter=matter, kind=history.kind, at=due, calendar=history.calendar)
            for rung in rungs:
                for fact in escalations([rung]):
                    add(fact, at=due)
                if rung.change:
                    make(PastStep(at=due, change=rung.change, actor=SYSTEM))

    def make(step: PastStep) -> None:
        nonlocal matter
        row = history.kind.change(step.change, state=matter.state)
        before = matter
        matter = evolve(
            matter=before, kind=history.kind, change=row, given=step.given, at=step.at, calendar=history.calendar
        )
        moved = MOVES.get(row.name, CaseStepped)(
            change=row.name,
            state_from=before.state,
            state_to=matter.state,
            unit_id=step.given.unit_id,
            assignee_id=step.given.assignee_id,
            reason=step.given.reason or None,
            basis=step.given.basis or None,
            target_id=step.given.target_id,
            rating=step.given.rating,
            text_hash=text_hash(step.given.text) if step.given.text else None,
            proofs=step.given.proofs or None,
            due_at=matter.promised_at.isoformat()
            if matter.promised_at is not None and matter.promised_at != before.promised_at
            else None,
        )
        add(Fact(event=moved, actor=step.actor, public=row.public), at=step.at)
        if step.given.text:
            entries.append(
                {
                    "seq": head.seq,
                    "kind": row.entry,
                    "audience": row.audience,
                    "text": step.given.text,
                    "public_text": mask_personal_data(step.given.text) if row.audience == "public" else "",
                    "text_hash": text_hash(step.given.text),
                    "at": step.at,
                    "user_id": step.actor.id if step.actor.kind == "staff" else None,
                    "post_title": step.post_title,
                }
            )

    for step in history.steps:
        climb_until(step.at)
        make(step)
    if history.until is not None:
        climb_until(history.until)
    return _Told(matter, links, entries)


def write_histories(
    histories: Iterable[CaseHistory],
    *,
    time_zone: str,
    random: Callable[[int], int] = secrets.randbelow,
    delivered_at: datetime,
) -> list[int]:
    """Store histories in one transaction with a few bulk statements and return the keys of the cases, in order.

    Their events count as delivered: nobody is written to about the past. Totals must be rebuilt afterwards; words are
    found once the periodic job has formed their stems (a quarter of the work, which nobody has to wait for).
    """
    zone = ZoneInfo(time_zone)
    told: list[tuple[dict[str, Any], _Told]] = []
    known = list(histories)
    years = [history.received_at.astimezone(zone).year for history in known]
    for history, reference in zip(known, _references(years, random=random), strict=True):
        story = tell(history, reference=reference)
        told.append((_case_row(history, reference=reference, story=story), story))
    with transaction.atomic():
        keys = take_keys(Case, len(told))
        for key, (case, story) in zip(keys, told, strict=True):
            case["id"] = key
            for entry in story.entries:
                entry["case_id"] = key
        insert_rows(Case, [case for case, _ in told], with_key=True)
        insert_rows(
            Clock,
            [clock_values(case_id=case["id"], clock=clock) for case, story in told for clock in story.matter.clocks],
        )
        insert_rows(Entry, [entry for _, story in told for entry in story.entries])
        insert_rows(Event, [values_of(item, delivered_at=delivered_at) for _, story in told for item in story.links])
    return keys


def _references(years: Sequence[int], *, random: Callable[[int], int]) -> list[str]:
    """Return a reference for each year that no matter bears; one more statement for all of them.

    Among a million matters of a year a thousand fresh ones meet one of the old in one of thirty rounds.
    """
    found = [new_reference(year=year, random=random) for year in years]
    while True:
        taken = set(Case.objects.filter(reference__in=found).values_list("reference", flat=True))
        seen: set[str] = set()
        again = []
        for place, reference in enumerate(found):
            if reference in taken or reference in seen:
                again.append(place)
            seen.add(reference)
        if not again:
            return found
        for place in again:
            found[place] = new_reference(year=years[place], random=random)


# columns that few histories set, as the model has them
_CASE_DEFAULTS: dict[str, Any] = {
    field.attname: field.get_default() for field in Case._meta.local_concrete_fields if not field.primary_key
}


def _case_row(history: CaseHistory, *, reference: str, story: _Told) -> dict[str, Any]:
    public_text = mask_personal_data(history.text)
    lat, lon, cell = public_place(
        privacy=history.privacy, sensitive=history.sensitive, lat=history.lat, lon=history.lon
    )
    return {
        **_CASE_DEFAULTS,
        "reference": reference,
        "kind": history.kind.slug,
        "family": history.kind.family,
        "kind_version": history.kind_version,
        "title": (history.title or title_of(public_text) or title_of(history.place_words))[:140],
        "text": history.text,
        "public_text": public_text,
        "channel": history.channel,
        "privacy": history.privacy,
        "category_id": history.category_id,
        "reporter_id": history.reporter_id,
        "village_id": history.village_id,
        "district_id": history.district_id,
        "place_words": history.place_words[:300],
        "lat": history.lat,
        "lon": history.lon,
        "public_lat": lat,
        "public_lon": lon,
        "map_cell": cell,
        "routed_by": history.routed_by,
        # nobody knows this code: a conversation on a past matter is opened by verifying, not by guessing
        "code_hash": code_hash(reference=reference, code=secrets.token_hex(8)),
        "submission_key": history.submission_key,
        "seq": story.links[-1].seq,
        "chain_hash": story.links[-1].hash,
        **case_fields(story.matter),
        **history.extra,
    }
