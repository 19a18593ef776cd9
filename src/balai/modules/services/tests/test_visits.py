"""Somebody comes and looks: an appointment that both know of, a checklist that the step cannot go on without."""

import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from balai.engines.cases.models import Case
from balai.engines.cases.rules.evolution import ChangeRefused
from balai.foundation.calendar import clock
from balai.foundation.calendar.rules import WorkCalendar
from balai.foundation.events.actions import deliver
from balai.foundation.events.models import Event
from balai.foundation.files.models import Attachment
from balai.foundation.files.processing import process_attachment
from balai.foundation.identity.models import AccessRecord
from balai.foundation.messages.models import OutboxMessage
from balai.modules.services.forms import StepForm, initial_steps
from balai.modules.services.models import Visit, VisitFinding
from balai.modules.services.queries.visits import open_tasks
from balai.modules.services.rules.visits import VERDICTS, appointment_problem, findings_problems, hours_missed
from balai.modules.services.rules.workflow import (
    CheckItem,
    Workflow,
    WorkStep,
    workflow_from_json,
    workflow_problems,
    workflow_to_json,
)
from balai.modules.services.tests.applicants import apply_for_card
from balai.modules.services.tests.conftest import MORNING, Hall
from balai.modules.services.tests.test_outcomes import do
from balai.modules.services.tests.test_outside import open_with

LIST = (
    CheckItem(slug="rumah", label_id="Rumah ada", label_en="The house is there", photo=True),
    CheckItem(slug="warga", label_id="Warga ditemui", label_en="Somebody was met"),
)
STEPS = Workflow(
    steps=(
        WorkStep(slug="verify", kind="check", label_id="Periksa", label_en="Check", next=("look",)),
        WorkStep(slug="look", kind="visit", label_id="Tinjau", label_en="Look", checklist=LIST, next=("decide",)),
        WorkStep(slug="decide", kind="decide", label_id="Putuskan", label_en="Decide"),
    )
)
TOMORROW = {"day": "2026-11-26", "begins": "09:00", "ends": "11:00", "note": "Siapkan kunci"}


def test_an_appointment_that_nobody_can_keep() -> None:
    at = MORNING
    hour = timedelta(hours=1)
    assert appointment_problem(begins_at=at + hour, ends_at=at + 2 * hour, at=at) == ""
    for begins, ends, problem in (
        (-hour, hour, "past"),
        (2 * hour, 2 * hour, "backwards"),
        (hour, 10 * hour, "long"),
        (200 * 24 * hour, 200 * 24 * hour + hour, "far"),
    ):
        assert appointment_problem(begins_at=at + begins, ends_at=at + ends, at=at) == problem


@pytest.mark.parametrize(
    ("begins", "ends", "missed"),
    [
        ((25, 7, 30), (25, 16, 0), None),
        # around the break, not in it
        ((25, 11, 0), (25, 14, 0), None),
        ((25, 12, 10), (25, 12, 50), ((450, 720), (780, 960))),
        ((25, 7, 29), (25, 9, 0), ((450, 720), (780, 960))),
        ((25, 15, 0), (25, 16, 1), ((450, 720), (780, 960))),
        ((25, 15, 0), (26, 9, 0), ((450, 720), (780, 960))),
        # a holiday, and a Sunday
        ((26, 9, 0), (26, 10, 0), ()),
        ((29, 20, 0), (29, 21, 0), ()),
    ],
)
def test_a_visit_keeps_to_the_hours_of_the_office(begins: Any, ends: Any, missed: Any) -> None:
    open_day = ((450, 720), (780, 960))
    calendar = WorkCalendar(
        week=(open_day,) * 5 + ((),) * 2,
        closed_days=frozenset({date(2026, 11, 26)}),
        time_zone="Asia/Jakarta",
        version=1,
    )
    first, last = (datetime(2026, 11, *moment, tzinfo=calendar.zone) for moment in (begins, ends))
    assert hours_missed(begins_at=first, ends_at=last.astimezone(UTC), calendar=calendar) == missed


@given(
    st.dictionaries(st.sampled_from(["rumah", "warga", "lain"]), st.sampled_from([*VERDICTS, "", "maybe"])),
    st.dictionaries(st.sampled_from(["rumah", "warga"]), st.sampled_from(["", "  ", "retak"])),
    st.dictionaries(st.sampled_from(["rumah", "warga"]), st.integers(0, 3)),
)
def test_a_checklist_is_whole_or_says_what_is_missing(
    verdicts: dict[str, str], notes: dict[str, str], photos: dict[str, int]
) -> None:
    problems = findings_problems(checklist=LIST, verdicts=verdicts, notes=notes, photos=photos)
    for item in LIST:
        verdict = verdicts.get(item.slug, "")
        whole = (
            verdict in VERDICTS
            and (verdict != "no" or notes.get(item.slug, "").strip() != "")
            and (not item.photo or verdict == "na" or photos.get(item.slug, 0) > 0)
        )
        assert (item.slug not in problems) == whole


def test_only_a_visit_has_a_checklist() -> None:
    wrong = Workflow(
        steps=(
            WorkStep(slug="verify", kind="check", label_id="P", label_en="C", checklist=LIST[:1], next=("look",)),
            WorkStep(slug="look", kind="visit", label_id="T", label_en="L", checklist=LIST[:1] * 2, next=("decide",)),
            WorkStep(slug="decide", kind="decide", label_id="P", label_en="D"),
        )
    )
    found = {(problem.code, problem.step) for problem in workflow_problems(workflow=wrong, units=frozenset())}
    assert found == {("checklist_inside", "verify"), ("item_twice", "look")}
    assert workflow_from_json(workflow_to_json(STEPS)) == STEPS


@pytest.mark.django_db
def test_the_editor_reads_what_it_shows() -> None:
    row = initial_steps(STEPS)[1]
    form = StepForm({**row, "amount": "", "term_unit": ""})
    assert form.is_valid(), form.errors
    items = form.cleaned_data["checklist"]
    assert [(item.label_id, item.label_en, item.photo) for item in items] == [
        ("Rumah ada", "The house is there", True),
        ("Warga ditemui", "Somebody was met", False),
    ]
    for wrong in ("|", "x" * 201, "\n".join(f"Hal {n}" for n in range(31))):
        assert "checklist" in StepForm({**row, "amount": "", "term_unit": "", "checklist": wrong}).errors


@pytest.fixture
def case(hall: Hall, english: Client, photo: Any, now: Any) -> Case:
    """An application that waits for a visit."""
    open_with(hall, STEPS)
    return do(apply_for_card(english, photo), "pass_look", hall)


@pytest.fixture
def desk(hall: Hall, signed_in: Callable[[Any], Client]) -> Client:
    return signed_in(hall.officer)


def plan(desk: Client, case: Case, hall: Hall, **changes: Any) -> Any:
    address = reverse("services_desk:plan_visit", args=[case.reference])
    return desk.post(address, {**TOMORROW, "officer": hall.officer.pk, **changes}, follow=True)


def found(photo: Any = None, **changes: Any) -> dict[str, Any]:
    given = {
        "token": str(uuid.uuid4()),
        "verdict-rumah": "yes",
        "verdict-warga": "no",
        "note-warga": "Rumah kosong",
        "words": "Sudah ditinjau.",
        **({"photo-rumah": photo()} if photo else {}),
        **changes,
    }
    return {name: value for name, value in given.items() if value is not None}


@pytest.mark.django_db
def test_planned_declined_moved_done(  # noqa: PLR0917 - everybody takes part
    case: Case, hall: Hall, english: Client, desk: Client, photo: Any, now: Any
) -> None:
    with pytest.raises(ChangeRefused):
        do(case, "pass_decide", hall)
    assert (
        "checklist"
        in desk.post(
            reverse("services_desk:change", args=[case.reference, "pass_decide"]), {"seq": case.seq}
        ).content.decode()
    )
    page = plan(desk, case, hall)
    assert "Planned; the applicant has been told" in page.content.decode()
    visit = Visit.objects.get()
    assert visit.begins_at == datetime.fromisoformat("2026-11-26T09:00+07:00")
    mail = OutboxMessage.objects.get(template="application_visit")
    assert "26 November 2026" in str(mail.context)
    own = reverse("services:own", args=[case.reference])
    assert "An officer will come" in english.get(own).content.decode()
    assert "Siapkan kunci" in english.get(own).content.decode()

    cannot = reverse("services:cannot_then", args=[case.reference])
    assert Client().post(cannot, {"words": "Jumat saja"}).status_code == 302
    assert Visit.objects.get().declined_at is None
    english.post(cannot, {"words": " "})
    english.post(cannot, {"words": "Jumat saja"})
    assert OutboxMessage.objects.get(template="visit_declined").user_id == hall.officer.pk
    assert "Jumat saja" in desk.get(reverse("services_desk:case", args=[case.reference])).content.decode()
    assert "the applicant cannot then" in desk.get(reverse("services_desk:visits")).content.decode()
    plan(desk, case, hall, day="2026-11-27")
    visit.refresh_from_db()
    assert (visit.declined_at, Visit.objects.count()) == (None, 1)
    assert OutboxMessage.objects.filter(template="application_visit").count() == 2

    now.shift(timedelta(days=2))
    checklist = reverse("services_desk:visit", args=[visit.pk])
    shown = desk.get(checklist).content.decode()
    assert "Siti Aminah" in shown
    assert "The house is there" in shown
    send = reverse("services_desk:visit_send", args=[visit.pk])
    missing = desk.post(send, found(**{"verdict-warga": "no", "note-warga": ""}))
    assert missing.status_code == 422
    assert "Take at least one photo" in missing.content.decode()
    assert "Write what is not in order" in missing.content.decode()
    assert 'value="no" id="v-warga-no" checked' in missing.content.decode()
    assert not Attachment.objects.filter(owner_kind="visit").exists()
    assert open_tasks(case) == 1

    given = found(photo, found_at=(clock.now() - timedelta(hours=1)).isoformat(), lat="-7.98", lon="112.63")
    assert desk.post(send, given).status_code == 302
    # the device sends it once more: the line broke before the answer came
    again = desk.post(send, {**given, "photo-rumah": photo()}, headers={"accept": "application/json"})
    assert again.json()["kept"] is True
    visit.refresh_from_db()
    assert (visit.state, visit.lat, visit.lon) == ("done", -7.98, 112.63)
    assert visit.found_at == clock.now() - timedelta(hours=1)
    assert list(VisitFinding.objects.values_list("slug", "verdict", "note")) == [
        ("rumah", "yes", ""),
        ("warga", "no", "Rumah kosong"),
    ]
    picture = Attachment.objects.get(owner_kind="visit")
    assert VisitFinding.objects.get(slug="rumah").tokens == [str(picture.key)]
    assert list(Event.objects.filter(kind__startswith="Visit").order_by("id").values_list("kind", flat=True)) == [
        "VisitPlanned",
        "VisitPlanned",
        "VisitDone",
    ]
    other = desk.post(send, found(photo), headers={"accept": "application/json"})
    assert other.status_code == 422
    assert "over" in other.json()["problem"]
    assert do(case, "pass_decide", hall).state == "decide"

    # the applicant reads what was found; the photos are for the agency
    assert process_attachment(attachment_id=picture.pk) == "ready"
    text = english.get(own).content.decode()
    assert "Rumah kosong" in text
    assert str(picture.key) not in text
    file = reverse("files:photo", args=[picture.key])
    assert english.get(file).status_code == 404
    assert desk.get(file).status_code == 200
    assert AccessRecord.objects.filter(subject_id=case.pk, what="photo").exists()


@pytest.mark.django_db
def test_a_sunday_night_is_planned_only_with_the_applicant(case: Case, hall: Hall, desk: Client, now: Any) -> None:
    sunday = {"day": "2026-11-29", "begins": "20:00", "ends": "21:00"}
    for changes, words in ((sunday, "closed on that day"), ({"ends": "16:30"}, "open on that day at 07.30–16.00")):
        page = plan(desk, case, hall, **changes)
        assert page.status_code == 422
        assert words in page.content.decode()
    assert not Visit.objects.exists()
    assert plan(desk, case, hall, **sunday, agreed="on").status_code == 200
    assert plan(desk, case, hall, agreed="on").status_code == 200
    said = Event.objects.filter(kind="VisitPlanned").order_by("id").values_list("data__agreed", flat=True)
    assert list(said) == [True, False]


@pytest.mark.django_db
def test_a_visit_that_is_made_again_was_agreed_as_before(case: Case, hall: Hall, desk: Client, now: Any) -> None:
    plan(desk, case, hall, day="2026-11-29", begins="20:00", ends="21:00", agreed="on")
    case.refresh_from_db()
    address = reverse("services_desk:change", args=[case.reference, "return"])
    desk.post(address, {"seq": case.seq, "reason": "unclear", "text": "Apa ini?"})
    deliver(at=clock.now())
    case.refresh_from_db()
    desk.post(reverse("services_desk:undo", args=[case.reference, case.seq]))
    deliver(at=clock.now())
    assert Visit.objects.get().state == "planned"
    said = Event.objects.filter(kind="VisitPlanned").order_by("id").values_list("data__agreed", flat=True)
    assert list(said) == [True, True]


@pytest.mark.django_db
def test_what_cannot_be_planned(case: Case, hall: Hall, desk: Client) -> None:
    for changes, words in (
        ({"day": "2026-11-24"}, "has passed"),
        ({"ends": "08:00"}, "ends before it begins"),
        ({"ends": "23:00"}, "at most eight hours"),
        ({"day": "2027-11-24"}, "four months"),
        ({"day": "9999-12-31", "begins": "23:00", "ends": "23:30"}, "four months"),
        ({"day": "gestern"}, "was not planned"),
        ({"officer": hall.outsider.pk}, "was not planned"),
    ):
        page = plan(desk, case, hall, **changes)
        assert page.status_code == 422
        assert words in page.content.decode(), changes
        # nothing has to be typed twice
        assert 'value="Siapkan kunci"' in page.content.decode()
    assert not Visit.objects.exists()
    plan(desk, case, hall)
    visit = Visit.objects.get()
    for number in ("x", "9" * 30, str(visit.pk + 1)):
        plan(desk, case, hall, do="cancel", visit=number)
    assert Visit.objects.get().state == "planned"
    plan(desk, case, hall, do="cancel", visit=visit.pk)
    assert Visit.objects.get().state == "cancelled"
    assert OutboxMessage.objects.filter(template="application_no_visit").count() == 1
    # another may be made
    plan(desk, case, hall)
    assert Visit.objects.filter(state="planned").count() == 1


@pytest.mark.django_db
def test_others_see_and_change_nothing(
    case: Case, hall: Hall, desk: Client, signed_in: Callable[[Any], Client], photo: Any
) -> None:
    plan(desk, case, hall)
    visit = Visit.objects.get()
    outsider = signed_in(hall.outsider)
    assert outsider.get(reverse("services_desk:visit", args=[visit.pk])).status_code == 404
    assert outsider.post(reverse("services_desk:visit_send", args=[visit.pk]), found(photo)).status_code == 404
    assert plan(outsider, case, hall, do="cancel", visit=visit.pk).status_code == 404
    assert case.reference not in outsider.get(reverse("services_desk:visits")).content.decode()
    assert desk.get(reverse("services_desk:visit", args=[visit.pk + 9])).status_code == 404
    visit.refresh_from_db()
    assert visit.state == "planned"


@pytest.mark.django_db
@pytest.mark.parametrize(
    "changes",
    [
        {"token": "x"},
        {"token": None},
        {"photo-rumah": None},
        {"verdict-rumah": "vielleicht"},
        {"verdict-warga": None},
    ],
)
def test_what_is_not_whole_is_not_kept(
    case: Case, hall: Hall, desk: Client, photo: Any, changes: dict[str, Any]
) -> None:
    plan(desk, case, hall)
    send = reverse("services_desk:visit_send", args=[Visit.objects.get().pk])
    answer = desk.post(send, found(photo, **changes), headers={"accept": "application/json"})
    assert answer.status_code == 422
    assert not VisitFinding.objects.exists()
    assert not Attachment.objects.filter(owner_kind="visit").exists()


@pytest.mark.django_db
def test_odd_places_and_moments_count_for_nothing(case: Case, hall: Hall, desk: Client, photo: Any) -> None:
    plan(desk, case, hall)
    visit = Visit.objects.get()
    odd = {"lat": "nan", "lon": "112", "found_at": "1999-01-01T00:00:00+07:00"}
    assert desk.post(reverse("services_desk:visit_send", args=[visit.pk]), found(photo, **odd)).status_code == 302
    visit.refresh_from_db()
    assert (visit.lat, visit.lon, visit.found_at) == (None, None, clock.now())


@pytest.mark.django_db
def test_the_worker_reaches_visits_only(hall: Hall, desk: Client) -> None:
    answer = desk.get(reverse("services_desk:visit_worker"))
    assert answer["Service-Worker-Allowed"] == reverse("services_desk:visits")
    assert answer["Content-Type"].startswith("text/javascript")
    assert Client().get(reverse("services_desk:visit_worker")).status_code == 302


@pytest.mark.django_db
def test_nobody_waits_at_home_for_nothing(case: Case, hall: Hall, english: Client, desk: Client) -> None:
    plan(desk, case, hall)
    english.post(
        reverse("services:own_change", args=[case.reference, "withdraw"]), {"seq": case.seq, "text": "Tidak jadi"}
    )
    deliver(at=clock.now())
    assert Visit.objects.get().state == "cancelled"
    assert OutboxMessage.objects.filter(template="application_no_visit").count() == 1
    assert "An officer will come" not in english.get(reverse("services:own", args=[case.reference])).content.decode()
