"""Taking in a matter: everything in one commit, few statements, never twice."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from balai.engines.cases.actions import Opened, open_case
from balai.engines.cases.actions import open as opening
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.models import Case, Clock
from balai.engines.cases.queries.timeline import timeline
from balai.engines.cases.rules.references import is_reference
from balai.engines.cases.tests.small_desk import MORNING, SmallDesk, photo
from balai.engines.cases.tests.together import run_together
from balai.engines.cases.web import progress_steps
from balai.foundation.events.models import Event
from balai.foundation.events.queries import find_break
from balai.foundation.files.models import Attachment
from balai.foundation.identity.actions import prepare_resident
from balai.foundation.identity.models import Resident
from balai.foundation.jobs.models import Job
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.messages.queries import is_told

TABLES = (Resident, Event, Case, Clock, Attachment, Job, OutboxMessage)
STEPS = {
    "events": "publish",
    "case": "case_fields",
    "clocks": "clock_values",
    "photos": "save_attachments",
    "message": "queue_messages",
}


def reporter() -> Resident:
    found = prepare_resident(name="Warga", email="warga@contoh.example", at=MORNING)
    assert found is not None
    return found


def test_a_matter_with_photo_and_email(desk: SmallDesk) -> None:
    opened = open_case(intake=desk.intake(reporter=reporter(), attachments=[photo()]), at=MORNING)
    case = Case.objects.get()
    assert is_reference(case.reference)
    assert case.reference.startswith("26-")
    assert (case.state, case.state_class, case.is_open) == ("assigned", "new", True)
    assert {clock.name for clock in Clock.objects.all()} == {"verification", "first_answer", "solution"}
    # the nearest promise of which the public hears: the first answer, not the check inside the house
    assert case.due_at == Clock.objects.get(name="first_answer").due_at
    assert case.promised_at == Clock.objects.get(name="solution").due_at
    assert [event.kind for event in Event.objects.order_by("seq")] == ["CaseReceived", "CaseRouted"]
    assert Attachment.objects.get().public
    message = OutboxMessage.objects.get()
    assert (message.template, message.context["reference"]) == ("complaint_received", case.reference)
    # the code travels encrypted and is nowhere else
    assert opened.code in message.secret_context
    assert opened.code not in str(message.context)
    assert case.code_hash == opening.code_hash(reference=case.reference, code=opened.code)
    assert find_break() is None


@pytest.mark.django_db(transaction=True)
def test_few_statements(shared_desk: SmallDesk) -> None:
    """Counted with BEGIN and COMMIT, as a city pays for them."""
    intake = shared_desk.intake(reporter=reporter(), attachments=[photo()])
    opening.work_calendar(schedule_id=None)
    opening.kind_at("complaint", opening.newest_version("complaint"))
    with CaptureQueriesContext(connection) as queries:
        open_case(intake=intake, at=MORNING)
    assert len(queries) <= 13, [query["sql"][:90] for query in queries]
    written = [query["sql"] for query in queries if query["sql"].startswith("INSERT")]
    assert len(written) == 8


def test_nobody_fills_a_strangers_letter_box(desk: SmallDesk) -> None:
    for number in range(opening.RECEIPTS_A_DAY + 1):
        sender = prepare_resident(email=(" Sari@Contoh.example", "sari@contoh.example")[number % 2], at=MORNING)
        assert open_case(intake=desk.intake(reporter=sender), at=MORNING).code
    assert Case.objects.count() == opening.RECEIPTS_A_DAY + 1
    assert OutboxMessage.objects.count() == opening.RECEIPTS_A_DAY
    last = Case.objects.latest("pk")
    assert not is_told(subject_kind="case", subject_id=last.pk)
    open_case(intake=desk.intake(reporter=sender), at=MORNING + timedelta(days=1))
    assert OutboxMessage.objects.count() == opening.RECEIPTS_A_DAY + 1


def test_the_same_submission_twice_is_one_matter(desk: SmallDesk) -> None:
    first = open_case(intake=desk.intake(submission_key="abc", reporter=reporter()), at=MORNING)
    again = open_case(intake=desk.intake(submission_key="abc", reporter=reporter()), at=MORNING + timedelta(minutes=1))
    assert (again.case.pk, again.already, again.code) == (first.case.pk, True, "")
    assert Case.objects.count() == 1
    # the second reporter's row went with the second try
    assert Resident.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_the_same_submission_from_two_threads_is_one_matter(shared_desk: SmallDesk) -> None:
    def submit() -> Opened:
        return open_case(intake=shared_desk.intake(submission_key="twice"), at=MORNING)

    opened = run_together([submit, submit])
    assert Case.objects.count() == 1
    assert {item.case.pk for item in opened} == {Case.objects.get().pk}
    assert sorted(item.already for item in opened) == [False, True]


def test_a_reference_that_is_taken_is_drawn_again(desk: SmallDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = desk.open().reference
    drawn = iter([taken, "26-ABCD-EFGX"])
    monkeypatch.setattr(opening, "new_reference", lambda **_: next(drawn))
    # a new reporter, too, is stored with the second try
    opened = open_case(intake=desk.intake(reporter=reporter(), attachments=[photo()]), at=MORNING)
    assert opened.case.reference == "26-ABCD-EFGX"
    assert Resident.objects.get().pk == Case.objects.get(reference="26-ABCD-EFGX").reporter_id
    assert Attachment.objects.get().owner_id == opened.case.pk


def test_it_gives_up_when_no_reference_is_free(desk: SmallDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = desk.open().reference
    monkeypatch.setattr(opening, "new_reference", lambda **_: taken)
    with pytest.raises(IntegrityError):
        open_case(intake=desk.intake(), at=MORNING)
    assert Case.objects.count() == 1


class _Killed(BaseException):
    """What no handler catches."""


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.django_db(transaction=True)
def test_killed_between_two_statements_nothing_is_left(
    shared_desk: SmallDesk, monkeypatch: pytest.MonkeyPatch, step: str, when: str
) -> None:
    real = getattr(opening, STEPS[step])

    def dies(*args: Any, **kwargs: Any) -> None:
        if when == "after":
            real(*args, **kwargs)
        raise _Killed

    monkeypatch.setattr(opening, STEPS[step], dies)
    intake = shared_desk.intake(reporter=reporter(), attachments=[photo()])
    with pytest.raises(_Killed):
        open_case(intake=intake, at=MORNING)
    assert {model.__name__: model.objects.count() for model in TABLES} == {model.__name__: 0 for model in TABLES}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("privacy", "sensitive", "shown"),
    [("named", False, "exact"), ("anonymous", False, "exact"), ("named", True, "rounded"), ("secret", False, "")],
)
def test_what_the_map_shows(desk: SmallDesk, privacy: str, sensitive: bool, shown: str) -> None:
    case = desk.open(privacy=privacy, sensitive=sensitive)
    place = (case.public_lat, case.public_lon)
    if shown == "exact":
        assert place == (case.lat, case.lon)
    elif shown == "rounded":
        assert None not in place
        assert place != (case.lat, case.lon)
    else:
        assert (*place, case.map_cell) == (None, None, None)


def test_what_becomes_public_is_masked(desk: SmallDesk) -> None:
    case = desk.open(text="Hubungi 081234567890 atau NIK 3573010101900001, jalan berlubang")
    assert "081234567890" in case.text
    assert "3573010101900001" in case.text
    for shown in (case.public_text, case.title):
        assert "081234567890" not in shown
        assert "3573010101900001" not in shown


def test_the_year_of_a_reference_is_the_citys(desk: SmallDesk) -> None:
    # 00.30 on 1 January in the city, still the old year in UTC
    assert desk.open(at=MORNING.replace(month=12, day=31, hour=17, minute=30)).reference.startswith("27-")


def test_the_central_desk_begins_with_a_check(desk: SmallDesk) -> None:
    assert desk.open(unit_id=desk.desk.pk, is_central_desk=True).state == "received"


@pytest.mark.parametrize(("central", "reached"), [(False, [MORNING, MORNING]), (True, [MORNING, None])])
def test_what_was_routed_at_once_was_passed_on_at_that_moment(
    desk: SmallDesk, central: bool, reached: list[datetime | None]
) -> None:
    case = desk.open(is_central_desk=central, unit_id=(desk.desk if central else desk.works).pk)
    kind = kind_at(case.kind, case.kind_version)

    def dates() -> list[datetime | None]:
        case.refresh_from_db()
        return [step["at"] for step in progress_steps(case=case, kind=kind, items=timeline(case=case, reader="public"))]

    assert dates()[:2] == reached
    later = MORNING + timedelta(hours=2)
    if central:
        desk.change(case, "verify", at=later, unit_id=desk.works.pk)
        assert dates()[:2] == [MORNING, later]
    else:
        desk.change(case, "start", at=later)
        assert dates()[:3] == [MORNING, MORNING, later]
