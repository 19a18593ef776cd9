"""Write the stories through the engine's bulk door, with their residents, supporters and drawings."""

import gc
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any

from django.db import transaction

from balai.engines.cases.actions.totals import rebuild_totals
from balai.engines.cases.bulk import CaseHistory, PastStep, write_histories
from balai.engines.cases.models import Case, Category, KindVersion, RegisterCounter, Support
from balai.engines.cases.queries.opened import code_hash
from balai.engines.cases.rules.evolution import Given
from balai.engines.cases.rules.kinds import CaseKind
from balai.engines.cases.rules.references import register_number
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.calendar.rules import WorkCalendar
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.examples.contributions import NotEmpty, Progress, SignIn
from balai.foundation.examples.residents import resident_email, resident_name
from balai.foundation.identity.fields import blind_index
from balai.foundation.identity.models import Resident
from balai.foundation.places.models import Boundary
from balai.foundation.places.queries import current_city
from balai.foundation.units.models import Holding, Unit
from balai.modules.complaints.case_kinds import KIND_SLUGS, KINDS
from balai.modules.complaints.example.course import Office
from balai.modules.complaints.example.drawings import attach_drawings
from balai.modules.complaints.example.generator import CategoryFacts, Scene, make_stories
from balai.modules.complaints.example.story import Person, Step, Story
from balai.modules.complaints.example.streets import VillageOutline
from balai.modules.complaints.models import Rule
from balai.modules.complaints.rules.routing import RoutingRule

BATCH = 1_000
# who was not here for longer than this does no work either
ABSENT_DAYS = 8
# the conversations that can be opened with the code below, to try the reporter's side
TALK_KEY = "example:talk:"
TALK_CODE = "CNTH2345"
TALKS = (
    ("question", "waiting_reporter", "reporter: answer the agency's question"),
    ("answer", "answered", "reporter: confirm or reopen"),
    ("work", "working", "reporter: look on, withdraw"),
)


@dataclass(frozen=True)
class _Rows:
    """What stories point at, as rows."""

    kinds: dict[str, tuple[CaseKind, int]]
    calendars: dict[int, WorkCalendar]
    residents: dict[int, int]
    registers: dict[int, str]
    central_desk_id: int
    until: datetime


def read_scene(*, today: date) -> Scene:
    """Return the city as it is set up now."""
    units = list(Unit.objects.filter(active=True).order_by("pk"))
    calendar = work_calendar()
    people: dict[int, list[Person]] = defaultdict(list)
    until = datetime.combine(today, datetime.min.time(), tzinfo=calendar.zone)
    holdings = Holding.objects.filter(post__level__in=("handler", "head")).select_related("post", "user")
    for holding in holdings.prefetch_related("post__roles").order_by("valid_from", "pk"):
        # a counter officer takes reports in and works on none
        if not any("cases.handle" in role.permissions for role in holding.post.roles.all()):
            continue
        seen = holding.user.last_seen_at
        absent = seen is not None and (until - seen).days >= ABSENT_DAYS
        people[holding.post.unit_id].append(
            Person(
                holding.user_id,
                holding.post_id,
                holding.post.title,
                holding.post.level,
                holding.valid_from,
                seen if absent else holding.valid_to,
            )
        )
    outlines = Boundary.objects.filter(area__level="village").select_related("area__parent").order_by("area__code")
    return Scene(
        categories=tuple(
            CategoryFacts(
                id=row.pk,
                slug=row.slug,
                kind=row.kind,
                unit_id=row.unit_id,
                needs_place=row.needs_place,
                sensitive=row.sensitive,
                questions=row.questions,
            )
            for row in Category.objects.filter(kind__in=KIND_SLUGS).order_by("order", "pk")
        ),
        outlines=tuple(
            VillageOutline(
                id=row.area_id,
                code=row.area.code,
                name=row.area.name,
                district_id=row.area.parent.pk,
                district_name=row.area.parent.name,
                geometry=row.geometry,
            )
            for row in outlines
            if row.area.parent is not None
        ),
        offices={unit.pk: Office(unit_id=unit.pk, slug=unit.slug, people=tuple(people[unit.pk])) for unit in units},
        rules=tuple(
            RoutingRule(id=row.pk, unit_id=row.unit_id, name=row.name, conditions=row.conditions)
            for row in Rule.objects.filter(rule_set__active=True).order_by("order", "id")
        ),
        central_desk_id=next(unit.pk for unit in units if unit.is_central_desk),
        calendar=calendar,
        today=today,
    )


@contextmanager
def _without_collector() -> Iterator[None]:
    # millions of small values without circles: looking through them again and again is a quarter of the whole time
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@transaction.atomic
def load(*, seed: int, today: date, size: int, progress: Progress) -> None:
    """Write ``size`` reports of the year before ``today``, with everything that became of them.

    :raises NotEmpty: if there are reports already.
    """
    if Case.objects.filter(family="complaint").exists():
        raise NotEmpty("There are reports already: the example needs an empty database.")
    with _without_collector():
        _load(seed=seed, today=today, size=size, progress=progress)


def _load(*, seed: int, today: date, size: int, progress: Progress) -> None:
    total, done = size * 3, 0

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress(done, total)

    scene = read_scene(today=today)
    stories = make_stories(scene=scene, seed=seed, size=size, progress=advance)
    rows = _Rows(
        kinds=_kinds(),
        calendars={unit.pk: work_calendar(schedule_id=unit.schedule_id) for unit in Unit.objects.all()},
        residents=_write_residents(stories, seed=seed),
        registers=_number(stories, scene),
        central_desk_id=scene.central_desk_id,
        until=scene.until,
    )
    chance = Random(f"balai:references:{seed}:{today.isoformat()}")
    cases: dict[int, int] = {}
    for batch in _batches(stories):
        histories = [_history(stories[at], at, rows, cases) for at in batch]
        written = write_histories(
            histories,
            time_zone=current_city().time_zone,
            random=chance.randrange,
            delivered_at=scene.until,
        )
        cases.update(zip(batch, written, strict=True))
        advance(2 * len(batch))
    _write_supports(stories, cases)
    attach_drawings(stories=stories, cases=cases)
    _open_conversations()
    rebuild_totals()
    progress(total, total)


def _kinds() -> dict[str, tuple[CaseKind, int]]:
    versions = {row.slug: row.version for row in KindVersion.objects.order_by("version")}
    return {kind.slug: (kind, versions[kind.slug]) for kind in KINDS}


def _batches(stories: Sequence[Story]) -> Iterator[list[int]]:
    """Give the places of the stories a batch at a time; those that end in another one come last."""
    merged = {at for at, story in enumerate(stories) if any(step.target is not None for step in story.steps)}
    order = [at for at in range(len(stories)) if at not in merged] + sorted(merged)
    whole = len(stories) - len(merged)
    cuts = [*range(0, whole, BATCH), *range(whole, len(order), BATCH)]
    for start, end in zip(cuts, [*cuts[1:], len(order)], strict=True):
        if start < end:
            yield order[start:end]


def _write_residents(stories: Sequence[Story], *, seed: int) -> dict[int, int]:
    """Write the invented residents who gave a name and return their row numbers."""
    first: dict[int, datetime] = {}
    for story in stories:
        if story.reporter is not None:
            first[story.reporter] = min(first.get(story.reporter, story.received_at), story.received_at)
    numbers = sorted(first)
    written = Resident.objects.bulk_create(
        [
            Resident(
                name=resident_name(number=number, seed=seed),
                email=resident_email(number=number),
                email_index=blind_index("email", resident_email(number=number)),
                created_at=first[number],
            )
            for number in numbers
        ],
        batch_size=1_000,
    )
    return {number: row.pk for number, row in zip(numbers, written, strict=True)}


def _number(stories: Sequence[Story], scene: Scene) -> dict[int, str]:
    """Return the official number of each story whose work began, counted without gaps in order of time."""
    begun: list[tuple[datetime, int, int]] = []
    for at, story in enumerate(stories):
        unit = story.unit_id
        for step in story.steps:
            unit = step.unit_id if step.unit_id is not None else unit
            if step.change == "start":
                begun.append((step.at, at, unit))
                break
    counted: Counter[tuple[int, int]] = Counter()
    numbers: dict[int, str] = {}
    for moment, at, unit in sorted(begun):
        year = moment.astimezone(scene.calendar.zone).year
        counted[unit, year] += 1
        numbers[at] = register_number(unit_code=scene.offices[unit].slug, year=year, value=counted[unit, year])
    RegisterCounter.objects.bulk_create(
        [RegisterCounter(unit_id=unit, year=year, value=value) for (unit, year), value in sorted(counted.items())]
    )
    return numbers


def _history(story: Story, at: int, rows: _Rows, cases: dict[int, int]) -> CaseHistory:
    kind, version = rows.kinds[story.kind]
    extra: dict[str, Any] = {"support_count": len(story.supports), "answers": story.answers}
    if at in rows.registers:
        extra["register_number"] = rows.registers[at]
    spot = story.spot
    return CaseHistory(
        kind=kind,
        kind_version=version,
        category_id=story.category_id,
        unit_id=story.unit_id,
        is_central_desk=story.unit_id == rows.central_desk_id and story.routed_by == "central",
        routed_by=story.routed_by,
        received_at=story.received_at,
        text=story.text,
        channel=story.channel,
        privacy=story.privacy,
        calendar=rows.calendars[story.unit_id],
        title=story.title,
        place_words=spot.words if spot else "",
        village_id=spot.village_id if spot else None,
        district_id=spot.district_id if spot else None,
        lat=spot.lat if spot else None,
        lon=spot.lon if spot else None,
        sensitive=story.sensitive,
        reporter_id=rows.residents[story.reporter] if story.reporter is not None else None,
        # at the counter and on the telephone somebody of the staff wrote it down
        actor=Actor("staff" if story.channel in ("counter", "call") else "resident"),
        steps=[_past(step, cases) for step in story.steps],
        until=rows.until,
        extra=extra,
    )


def _past(step: Step, cases: dict[int, int]) -> PastStep:
    actor = {"staff": Actor("staff"), "resident": Actor("resident"), "system": SYSTEM}[step.by]
    if step.person is not None:
        actor = Actor("staff", step.person.user_id, step.person.post_id)
    return PastStep(
        at=step.at,
        change=step.change,
        actor=actor,
        post_title=step.person.title if step.person else "",
        given=Given(
            text=step.text,
            reason=step.reason,
            basis=step.basis,
            unit_id=step.unit_id,
            assignee_id=step.assignee_id,
            rating=step.rating,
            target_id=cases[step.target] if step.target is not None else None,
        ),
    )


def _write_supports(stories: Sequence[Story], cases: dict[int, int]) -> None:
    Support.objects.bulk_create(
        [
            Support(case_id=cases[at], key=blind_index("support", f"example:{at}:{number}"), at=moment)
            for at, story in enumerate(stories)
            for number, moment in enumerate(story.supports)
        ],
        batch_size=2_000,
    )


def _open_conversations() -> None:
    """Give the newest fitting report of each sort a code that is known, so that the reporter's side can be tried."""
    newest = Case.objects.filter(privacy=Case.Privacy.NAMED).order_by("-received_at", "-id")
    for name, state_class, _purpose in TALKS:
        case = newest.filter(state_class=state_class).first()
        if case is not None:
            case.submission_key = f"{TALK_KEY}{name}"
            case.code_hash = code_hash(reference=case.reference, code=TALK_CODE)
            case.save(update_fields=["submission_key", "code_hash"])


def sign_ins() -> list[SignIn]:
    """Return the reports that can be opened as their reporter: number in place of the e-mail, code as password."""
    references = dict(
        Case.objects.filter(submission_key__startswith=TALK_KEY).values_list("submission_key", "reference")
    )
    return [
        SignIn(email=references[f"{TALK_KEY}{name}"], password=TALK_CODE, secret="", code="", purpose=purpose)
        for name, _state, purpose in TALKS
        if f"{TALK_KEY}{name}" in references
    ]
