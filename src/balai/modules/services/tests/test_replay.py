"""Last year's applications through steps that are not open yet."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.calendar import clock
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.calendar.rules import OFFICE_5, Term, WorkCalendar
from balai.foundation.events.actions import deliver
from balai.modules.services.models import Service
from balai.modules.services.queries.replay import past_applications, replay_draft
from balai.modules.services.rules.replay import Known, PastApplication, PastStay, open_time_of, replay
from balai.modules.services.rules.workflow import Workflow, WorkStep, workflow_from_json, workflow_to_json
from balai.modules.services.tests.conftest import Hall
from balai.modules.services.tests.test_outcomes import finish

CALENDAR = WorkCalendar(week=OFFICE_5, closed_days=frozenset(), time_zone="Asia/Jakarta", version=1)
MONDAY = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def step(slug: str, kind: Any, *following: str, **more: Any) -> WorkStep:
    return WorkStep(slug=slug, kind=kind, label_id=slug, label_en=slug, next=following, **more)


STEPS = Workflow(steps=(step("verify", "check", "decide"), step("decide", "decide")))
NOTHING = Known(stays={})


def past(*hours: tuple[float, float]) -> list[PastApplication]:
    return [
        PastApplication(
            received_at=MONDAY + number * HOUR,
            stays=(PastStay(step="verify", open_time=one * HOUR), PastStay(step="decide", open_time=two * HOUR)),
        )
        for number, (one, two) in enumerate(hours)
    ]


def play(workflow: Workflow, applications: list[PastApplication], **more: Any) -> Any:
    facts: dict[str, Any] = {"known": NOTHING, "promise": Term(amount=3, unit="working_days"), "calendar": CALENDAR}
    return replay(past=applications, workflow=workflow, **{**facts, **more})


stays = st.lists(st.tuples(st.floats(0, 200), st.floats(0, 200)), min_size=1, max_size=60)


@given(stays)
def test_steps_that_nobody_changed_repeat_last_year(hours: list[tuple[float, float]]) -> None:
    found = play(STEPS, past(*hours))
    assert found.count == len(hours)
    wholes = sorted(one + two for one, two in hours)
    assert found.median_hours == pytest.approx(wholes[min(len(wholes) - 1, len(wholes) // 2)], abs=1e-3)
    assert [line.passed for line in found.steps] == [len(hours)] * 2
    if sum(wholes) > 0.1:
        assert sum(line.share_of_time for line in found.steps) == pytest.approx(1)
    assert play(STEPS, past(*hours)) == found


@given(stays)
def test_one_more_step_never_makes_it_quicker(hours: list[tuple[float, float]]) -> None:
    more = Workflow(
        steps=(
            step("verify", "check", "visit"),
            step("visit", "visit", "decide", term=Term(amount=2, unit="working_days")),
            step("decide", "decide"),
        )
    )
    one, two = play(STEPS, past(*hours)), play(more, past(*hours))
    assert two.median_hours >= one.median_hours
    assert two.most_hours >= one.most_hours
    assert two.kept <= one.kept


def test_where_times_come_from_is_said() -> None:
    new = Workflow(
        steps=(
            step("verify", "check", "visit"),
            step("visit", "visit", "seal", unit="pupr"),
            step("seal", "issue", "pay", term=Term(amount=4, unit="working_hours")),
            step("pay", "pay", "sign"),
            step("sign", "issue", "decide"),
            step("decide", "decide"),
        )
    )
    known = Known(stays={("visit", "pupr"): (10 * HOUR, 30 * HOUR)})
    found = play(new, past((1, 1), (1, 1), (1, 1)), known=known)
    assert [(line.slug, line.source, line.median_hours) for line in found.steps] == [
        ("verify", "same_step", 1.0),
        ("visit", "same_kind", 10.0),
        ("seal", "own_term", 4.0),
        ("pay", "nothing", 0.0),
        ("sign", "nothing", 0.0),
        ("decide", "same_step", 1.0),
    ]
    assert found.longest.slug == "visit"
    assert not found.is_enough
    assert play(new, []) is None


def test_a_step_s_own_time_and_the_promise_are_judged() -> None:
    tight = Workflow(
        steps=(step("verify", "check", "decide", term=Term(amount=2, unit="working_hours")), step("decide", "decide"))
    )
    found = play(tight, past((1, 1), (3, 1), (1, 100), (2, 1)))
    assert found.steps[0].late == 0.25
    assert found.steps[1].late is None
    # a hundred hours of work are more than three working days
    assert found.kept == 0.75
    assert play(tight, past((1, 1)), promise=None).kept is None


def test_each_goes_the_way_that_it_went() -> None:
    fork = Workflow(
        steps=(step("verify", "check", "quick", "decide"), step("quick", "issue"), step("decide", "decide"))
    )
    quick = PastApplication(
        received_at=MONDAY, stays=(PastStay(step="verify", open_time=HOUR), PastStay(step="quick", open_time=HOUR))
    )
    found = play(fork, [quick, *past((1, 1), (1, 1))])
    assert {line.slug: line.passed for line in found.steps} == {"verify": 3, "quick": 1, "decide": 2}


def test_a_loop_is_gone_through_once() -> None:
    loop = Workflow(steps=(step("verify", "check", "decide"), step("decide", "decide", "verify")))
    assert [line.passed for line in play(loop, past((1, 1))).steps] == [1, 1]


@pytest.mark.parametrize(
    ("term", "hours"),
    [
        (Term(amount=30, unit="minutes"), 0.5),
        (Term(amount=5, unit="working_hours"), 5),
        # four days of eight and a half hours and one of nine
        (Term(amount=1, unit="working_days"), 8.6),
        (Term(amount=7, unit="calendar_days"), 43),
    ],
)
def test_terms_as_open_time(term: Term, hours: float) -> None:
    assert open_time_of(term, CALENDAR) == hours * HOUR


@pytest.mark.django_db
def test_what_an_application_teaches(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    case = finish(english, hall, photo)
    deliver(at=clock.now())
    service = Service.objects.get(slug="ktp-el")
    (application,) = past_applications(
        service=service, at=clock.now(), calendar=work_calendar(schedule_id=service.unit.schedule_id)
    )
    assert application.received_at == case.received_at
    assert [stay.step for stay in application.stays] == ["verify", "decide", "issue"]
    assert all(stay.open_time == timedelta() for stay in application.stays)


@pytest.mark.django_db
def test_the_page_before_opening(hall: Hall, english: Client, signed_in: Any, photo: Any, now: Any) -> None:
    address = reverse("services_desk:replay", args=["ktp-el"])
    staff = signed_in(hall.officer)
    assert "Nothing to play yet" in staff.get(address).content.decode()
    finish(english, hall, photo)
    Service.objects.filter(slug="ktp-el").update(
        workflow=workflow_to_json(
            Workflow(
                steps=(
                    step("verify", "check", "visit"),
                    step("visit", "visit", "decide", term=Term(amount=2, unit="working_days")),
                    step("decide", "decide"),
                )
            )
        )
    )
    found = replay_draft(service=Service.objects.get(slug="ktp-el"), at=clock.now())
    assert found is not None
    assert [line.source for line in found.steps] == ["same_step", "own_term", "same_step"]
    page = staff.get(address).content.decode()
    assert "1 application of the last year" in page
    assert "Too few to rely on" in page
    assert "nobody has done it yet" in page
    assert signed_in(hall.outsider).get(address).status_code == 404
    broken = workflow_from_json(Service.objects.get(slug="ktp-el").workflow)
    dead = Workflow(steps=(*broken.steps, step("alone", "check")))
    Service.objects.filter(slug="ktp-el").update(workflow=workflow_to_json(dead))
    assert "no step leads there" in staff.get(address).content.decode()
