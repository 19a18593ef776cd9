"""A year of applications in the example city: promised, late, returned, refused, judged in the survey."""

import json
import secrets
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Any

from django.db import transaction

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.actions.totals import rebuild_totals
from balai.engines.cases.bulk import CaseHistory, PastStep, write_histories
from balai.engines.cases.models import Case
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.calendar.rules import Term, next_opening
from balai.foundation.examples.contributions import Progress
from balai.foundation.examples.residents import resident_email, resident_name, resident_nik
from balai.foundation.forms.queries import published_form
from balai.foundation.identity.fields import blind_index
from balai.foundation.identity.models import Resident
from balai.foundation.places.models import Boundary
from balai.foundation.places.queries import current_city
from balai.foundation.rows.insert import insert_rows
from balai.foundation.units.models import Holding
from balai.modules.services.actions.survey import quarter_of
from balai.modules.services.example.answers import answers_for
from balai.modules.services.example.course import Made, changes_to_payment, officer_of, past_steps
from balai.modules.services.example.papers import give_papers
from balai.modules.services.example.talks import open_talks
from balai.modules.services.models import (
    Application,
    ApplicationDocument,
    DelayRisk,
    ReturnTotal,
    Service,
    SurveyAnswer,
    SurveyInvitation,
    SurveyTotal,
)
from balai.modules.services.queries.applications import draft_hash
from balai.modules.services.rules.kinds import kind_slug
from balai.modules.services.rules.workflow import workflow_from_json

# one application for so many reports of the example
SHARE_OF_REPORTS = 5
RESIDENTS = 400
FIRST_RESIDENT = 500_000
BATCH = 500
# how often people come for it, in parts
OFTEN = {"ktp-el": 9, "kartu-keluarga": 8, "akta-kelahiran": 6, "sktm": 5, "pindah-datang": 4, "akta-kematian": 3}


@dataclass
class _Answers:
    """Sums of a survey: answers, those by paper, and per element how many and how many points."""

    answers: int = 0
    flagged: int = 0
    elements: dict[str, list[int]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Story:
    made: Made
    received_at: datetime
    resident: int
    steps: tuple[PastStep, ...]
    answers: dict[str, Any]
    village_id: int | None
    district_id: int | None
    channel: str


class YearWriter:
    """Writes applications of the year before ``until`` with what became of them: some at a time, the sums at the end."""

    def __init__(self, *, seed: int, until: datetime, chance: Random) -> None:
        self.until, self.chance = until, chance
        self.made = _services()
        self.weights = [OFTEN.get(each.service.slug, 2) for each in self.made]
        self.people = _residents(seed=seed, at=until - timedelta(days=366)) if self.made else []
        self.places = _places()
        self.returns: dict[tuple[int, date, str], int] = defaultdict(int)
        self.surveys: dict[tuple[int, int, date, str], _Answers] = defaultdict(_Answers)

    def stories(self, count: int) -> list[_Story]:
        """Return ``count`` applications in the order in which they came in."""
        chosen = self.chance.choices(self.made, self.weights, k=count)
        stories = [_story(each, self.people, self.places, self.until, self.chance) for each in chosen]
        return sorted(stories, key=lambda story: story.received_at)

    def unpaid(self) -> list[_Story]:
        """Return one application for each service that costs something, come as far as its bill."""
        found = []
        for made in self.made:
            changes = changes_to_payment(made.workflow)
            if changes:
                received = self.until - timedelta(days=3)
                story = _story(made, self.people, self.places, self.until, self.chance, received=received)
                officer = officer_of(made, self.chance)
                steps = (
                    PastStep(
                        at=received + timedelta(hours=5 * place), change=change, actor=officer[0], post_title=officer[1]
                    )
                    for place, change in enumerate(changes, start=1)
                )
                found.append(replace(story, steps=tuple(steps)))
        return found

    @transaction.atomic
    def write(self, stories: list[_Story]) -> None:
        """Store applications."""
        _write(stories, until=self.until, chance=self.chance, returns=self.returns, surveys=self.surveys)

    @transaction.atomic
    def finish(self) -> None:
        """Store the sums of all that was written."""
        ReturnTotal.objects.bulk_create(
            ReturnTotal(service_id=service, month=month, reason=reason, count=count)
            for (service, month, reason), count in self.returns.items()
        )
        SurveyTotal.objects.bulk_create(
            SurveyTotal(
                service_id=service,
                unit_id=unit,
                quarter=quarter,
                channel=channel,
                answers=sums.answers,
                flagged=sums.flagged,
                elements=sums.elements,
            )
            for (service, unit, quarter, channel), sums in self.surveys.items()
        )
        rebuild_totals()


@transaction.atomic
def load_year(*, seed: int, today: date, size: int, progress: Progress) -> None:
    """Write a year of applications before ``today``, one for every five reports."""
    if Application.objects.exists():
        return
    count = max(60, size // SHARE_OF_REPORTS)
    until = datetime.combine(today, datetime.min.time(), tzinfo=work_calendar().zone)
    writer = YearWriter(seed=seed, until=until, chance=Random(f"balai:applications:{seed}:{today.isoformat()}"))
    if not writer.made:
        return
    unpaid = writer.unpaid()
    stories = [*writer.stories(count - len(unpaid)), *unpaid]
    for start in range(0, count, BATCH):
        writer.write(stories[start : start + BATCH])
        progress(min(start + BATCH, count), count)
    writer.finish()
    give_papers(at=until)
    open_talks(at=until)


def _services() -> list[Made]:
    officers: dict[int, list[tuple[int, int, str]]] = defaultdict(list)
    for holding in Holding.objects.filter(post__level__in=("handler", "head"), valid_to=None).select_related("post"):
        officers[holding.post.unit_id].append((holding.user_id, holding.post_id, holding.post.title))
    rows = Service.objects.filter(live__isnull=False).select_related("live", "unit", "record", "category")
    return [
        Made(
            service=row,
            kind=kind_at(kind_slug(row.slug), row.live.kind_version),
            workflow=workflow_from_json(row.live.workflow),
            promise=Term.from_json(row.live.promise) if row.live.promise else None,
            officers=tuple(officers[row.unit_id]),
            calendar=work_calendar(schedule_id=row.unit.schedule_id),
        )
        for row in rows
        if row.live is not None
    ]


def _residents(*, seed: int, at: datetime) -> list[tuple[int, dict[str, str]]]:
    regency = current_city().area.code.replace(".", "")
    people = []
    for number in range(FIRST_RESIDENT, FIRST_RESIDENT + RESIDENTS):
        email = resident_email(number=number)
        name, nik = resident_name(number=number, seed=seed), resident_nik(number=number, seed=seed, regency=regency)
        row = Resident(
            name=name,
            email=email,
            email_index=blind_index("email", email),
            nik=nik,
            nik_index=blind_index("nik", nik),
            created_at=at,
        )
        people.append((row, {"name": name, "nik": nik, "phone": "", "email": email}))
    Resident.objects.bulk_create([row for row, _person in people])
    return [(row.pk, person) for row, person in people]


def _places() -> tuple[tuple[str, float, float, int, int], ...]:
    rows = Boundary.objects.filter(area__level="village").select_related("area").order_by("area__code")
    return tuple(
        (
            row.area.code,
            round((row.south + row.north) / 2, 6),
            round((row.west + row.east) / 2, 6),
            row.area_id,
            row.area.parent_id,
        )
        for row in rows
        if row.area.parent_id is not None
    )


def _story(
    made: Made,
    people: list[tuple[int, dict[str, str]]],
    places: tuple[tuple[str, float, float, int, int], ...],
    until: datetime,
    chance: Random,
    *,
    received: datetime | None = None,
) -> _Story:
    received = received or _moment(made, until, chance)
    resident, person = chance.choice(people)
    answers = answers_for(
        schema=published_form(made.service.live.form_version_id).schema,  # type: ignore[union-attr]
        person=person,
        villages=tuple(place[:3] for place in places),
        today=received.date(),
        chance=chance,
    )
    home = answers.get("alamat", {}).get("village")
    place = next((each for each in places if each[0] == home), None)
    return _Story(
        made=made,
        received_at=received,
        resident=resident,
        steps=tuple(past_steps(made, received, until, chance)),
        answers=answers,
        village_id=place[3] if place else None,
        district_id=place[4] if place else None,
        channel=chance.choices(("web", "counter"), (7, 3))[0],
    )


def _moment(made: Made, until: datetime, chance: Random) -> datetime:
    received = until - timedelta(days=chance.random() * 365, minutes=chance.randint(1, 600))
    # most come while offices are open, some at night from home
    if chance.random() < 0.75:
        received = next_opening(at=received, calendar=made.calendar) + timedelta(minutes=chance.randint(0, 300))
    return min(received, until - timedelta(minutes=30))


def _write(
    stories: list[_Story],
    *,
    until: datetime,
    chance: Random,
    returns: dict[tuple[int, date, str], int],
    surveys: dict[tuple[int, int, date, str], _Answers],
) -> None:
    histories = [_history(story, until) for story in stories]
    keys = write_histories(histories, time_zone=current_city().time_zone, random=chance.randrange, delivered_at=until)
    applications = [
        Application(
            version=story.made.service.live,
            case_id=key,
            token_hash=draft_hash(secrets.token_hex(12)),
            answers=json.dumps(story.answers, ensure_ascii=False),
            revision=1,
            started_at=story.received_at - timedelta(minutes=9),
            changed_at=story.received_at,
        )
        for key, story in zip(keys, stories, strict=True)
    ]
    insert_rows(Application, applications)
    cases = Case.objects.in_bulk(keys)
    numbers = dict(Application.objects.filter(case__in=keys).values_list("case_id", "pk"))
    _write_documents(stories, keys, numbers, cases)
    _count_returns(stories, returns)
    _write_delays(stories, keys, cases, until)
    _write_survey(stories, keys, cases, until=until, chance=chance, surveys=surveys)


def _history(story: _Story, until: datetime) -> CaseHistory:
    made = story.made
    service = made.service
    return CaseHistory(
        kind=made.kind,
        kind_version=service.live.kind_version,  # type: ignore[union-attr]
        category_id=service.category_id or 0,
        unit_id=service.unit_id,
        is_central_desk=False,
        routed_by="service",
        received_at=story.received_at,
        text="",
        title=service.record.name_id,
        channel=story.channel,
        privacy=Case.Privacy.PRIVATE,
        calendar=made.calendar,
        place_words=str(story.answers.get("alamat", {}).get("words", "")),
        village_id=story.village_id,
        district_id=story.district_id,
        reporter_id=story.resident,
        steps=story.steps,
        until=until,
    )


def _write_documents(stories: list[_Story], keys: list[int], numbers: dict[int, int], cases: dict[int, Case]) -> None:
    rows = []
    for key, story in zip(keys, stories, strict=True):
        schema = published_form(story.made.service.live.form_version_id).schema  # type: ignore[union-attr]
        ended = cases[key].state_class == "done"
        rows += [
            ApplicationDocument(
                application_id=numbers[key],
                slug=field.slug,
                label_id=field.label_id,
                label_en=field.label_en,
                state="accepted" if ended else "given",
                tokens=[],
            )
            for field in schema.fields()
            if field.kind == "file" and field.required and field.show_if is None
        ]
    insert_rows(ApplicationDocument, rows)


def _count_returns(stories: list[_Story], returns: dict[tuple[int, date, str], int]) -> None:
    for story in stories:
        month = story.received_at.date().replace(day=1)
        for step in story.steps:
            if step.change == "return":
                returns[story.made.service.pk, month, step.given.reason] += 1


def _write_delays(stories: list[_Story], keys: list[int], cases: dict[int, Case], until: datetime) -> None:
    rows = []
    for key, story in zip(keys, stories, strict=True):
        case = cases[key]
        is_late = case.on_time is False or (case.is_open and case.due_at is not None and case.due_at < until)
        if is_late and case.promised_at is not None:
            version = story.made.service.live
            rows.append(
                DelayRisk(
                    case_id=key,
                    at=case.promised_at,
                    compensation_id=version.compensation_id if version else "",
                    compensation_en=version.compensation_en if version else "",
                )
            )
    insert_rows(DelayRisk, rows)


def _write_survey(
    stories: list[_Story],
    keys: list[int],
    cases: dict[int, Case],
    *,
    until: datetime,
    chance: Random,
    surveys: dict[tuple[int, int, date, str], _Answers],
) -> None:
    """Write who was asked and what about a third answered; add to the sums."""
    invitations, answers = [], []
    for key, story in zip(keys, stories, strict=True):
        case, service = cases[key], story.made.service
        if case.closed_at is None:
            continue
        answered = chance.random() < 0.35
        invitations.append(
            SurveyInvitation(
                case_id=key,
                service_id=service.pk,
                unit_id=service.unit_id,
                token_hash=blind_index("survey", secrets.token_hex(12)),
                invited_at=case.closed_at,
                answered=answered,
            )
        )
        if not answered:
            continue
        quarter = quarter_of(case.closed_at.date())
        channel = "paper" if story.channel == "counter" and chance.random() < 0.5 else "web"
        # who waited longer than promised judges harder
        weights = (1, 3, 10, 9) if case.on_time is not False else (6, 9, 7, 2)
        given = {f"u{number}": chance.choices((1, 2, 3, 4), weights)[0] for number in range(1, 10)}
        answers.append(
            SurveyAnswer(
                service_id=service.pk,
                unit_id=service.unit_id,
                quarter=quarter,
                channel=channel,
                flagged=channel == "paper",
                answered_on=case.closed_at.date(),
                **given,
            )
        )
        sums = surveys[service.pk, service.unit_id, quarter, channel]
        sums.answers += 1
        sums.flagged += channel == "paper"
        for name, value in given.items():
            pair = sums.elements.setdefault(name.upper(), [0, 0])
            pair[0] += 1
            pair[1] += value
    insert_rows(SurveyInvitation, invitations)
    insert_rows(SurveyAnswer, answers, with_key=True)
