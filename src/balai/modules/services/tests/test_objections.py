"""What is granted in part, and what can be objected to: refusals, answers, silence."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.engines.cases.actions import apply_change
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.models import Case, Clock
from balai.engines.cases.rules.evolution import ChangeRefused, Given
from balai.engines.cases.rules.kinds import kind_problems
from balai.foundation.calendar import clock
from balai.foundation.calendar.rules import Term
from balai.foundation.documents.models import IssuedDocument
from balai.foundation.events.rules import Actor
from balai.foundation.identity.models import Role
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.units.models import Holding, Post
from balai.foundation.web.words import day_in_full
from balai.modules.services.queries.information_report import information_report
from balai.modules.services.rules.information_report import Request, Step, yearly_report
from balai.modules.services.rules.kinds import compile_kinds
from balai.modules.services.rules.objections import contests
from balai.modules.services.rules.workflow import (
    Ground,
    Workflow,
    WorkStep,
    workflow_problems,
)
from balai.modules.services.tests.conftest import Hall
from balai.modules.services.tests.test_information_report import ask
from balai.modules.services.tests.test_outcomes import do

VERIFY = WorkStep(slug="verify", kind="check", label_id="Periksa", label_en="Check", next=("decide",))
DECIDE = WorkStep(slug="decide", kind="decide", label_id="Putuskan", label_en="Decide")
TERM = Term(amount=30, unit="working_days")
PART = {
    "reason": "part_excluded",
    "text": "Angka anggaran diberikan; nama penerima bantuan tidak.",
    "basis": "UU 14/2008 pasal 17 huruf h",
}


def ground(slug: str, *when: Any) -> Ground:
    return Ground(slug=slug, label_id=slug, label_en=slug, when=when)


def grounds_from(workflow: Workflow, state: str) -> list[str]:
    own = compile_kinds(
        service="x", label_id="X", label_en="X", home="kota", workflow=workflow, promise=TERM, source=""
    )[0]
    assert kind_problems(own) == []
    change = own.change("object", state=state)
    return [reason.slug for reason in change.reasons] if state in change.sources else ["not from here"]


def test_without_grounds_only_a_refusal_can_be_objected_to() -> None:
    plain = Workflow(steps=(VERIFY, DECIDE), objection=TERM)
    assert [contest.end for contest in contests(plain)] == ["refused"]
    assert grounds_from(plain, "refused") == []
    assert grounds_from(plain, "issued") == ["not from here"]
    assert grounds_from(plain, "verify") == ["not from here"]
    assert contests(Workflow(steps=(VERIFY, DECIDE), in_part=True)) == ()


def test_each_ground_says_against_what_it_is_raised() -> None:
    law = Workflow(
        steps=(VERIFY, DECIDE),
        objection=TERM,
        in_part=True,
        grounds=(ground("a", "refused"), ground("b", "answered"), ground("c", "late"), ground("d", "answered", "late")),
    )
    assert grounds_from(law, "refused") == ["a", "b", "d"]
    assert grounds_from(law, "issued_in_part") == ["a", "b", "d"]
    assert grounds_from(law, "issued") == ["b", "d"]
    assert grounds_from(law, "verify") == ["c", "d"]


def test_grounds_without_an_answer_and_a_ground_twice_are_told() -> None:
    codes = [
        problem.code
        for problem in workflow_problems(
            workflow=Workflow(steps=(VERIFY, DECIDE), grounds=(ground("a"), ground("a"))), units=frozenset()
        )
    ]
    assert codes == ["grounds_without_objection", "ground_twice"]


def test_nobody_grants_in_part_where_the_result_comes_by_itself() -> None:
    outside = WorkStep(slug="nib", kind="outside", label_id="OSS", label_en="OSS", system="oss")
    decide = replace(DECIDE, next=("nib",))
    for in_part, codes in ((True, ["in_part_nowhere"]), (False, [])):
        workflow = Workflow(steps=(VERIFY, decide, outside), objection=TERM, in_part=in_part)
        found = workflow_problems(workflow=workflow, units=frozenset(), systems=frozenset({"oss"}))
        assert [problem.code for problem in found] == codes


def to_issue(client: Client, hall: Hall) -> Case:
    return do(do(ask(client), "pass_decide", hall), "approve_issue", hall)


def object_to(client: Client, case: Case, reason: str) -> Any:
    case.refresh_from_db()
    address = reverse("services:own_change", args=[case.reference, "object"])
    answer = client.post(address, {"seq": case.seq, "reason": reason, "text": "Saya keberatan."})
    # a browser that has forgotten the application is sent elsewhere
    assert answer.status_code != 302 or answer["Location"] == reverse("services:own", args=[case.reference])
    case.refresh_from_db()
    return answer


def raised(case: Case, reason: str) -> Case:
    """Object as the applicant, by whatever way."""
    given, applicant = Given(reason=reason, text="Saya keberatan."), Actor("resident", case.reporter_id)
    return apply_change(case_id=case.pk, change="object", given=given, actor=applicant, at=clock.now())


@pytest.mark.django_db
def test_granted_in_part_says_what_is_kept_back_and_why(hall: Hall, english: Client, now: Any, signer: None) -> None:
    case = to_issue(english, hall)
    for lacking in PART:
        with pytest.raises(ChangeRefused, match=lacking):
            do(case, "grant_in_part", hall, **{**PART, lacking: ""})
    case = do(case, "grant_in_part", hall, **PART)
    assert (case.state, case.state_class, case.on_time) == ("issued_in_part", "done", True)
    letter = OutboxMessage.objects.get(template="application_in_part_objection")
    assert "nama penerima bantuan tidak" in letter.context["text"]
    page = english.get(reverse("services:own", args=[case.reference])).content.decode()
    assert "Granted in part. What is not granted, and why, stands below." in page
    assert "nama penerima bantuan tidak" in page
    document = IssuedDocument.objects.get()
    rows = {row["label"]: row["value"] for row in json.loads(document.data)["rows"]}
    assert rows["Dikabulkan sebagian"] == PART["text"]
    assert rows["Dasar hukum"] == PART["basis"]
    report = information_report(year=2026)
    assert (report.granted, report.granted_in_part, report.part_reasons) == (0, 1, {"part_excluded": 1})


@pytest.mark.django_db
@pytest.mark.usefixtures("now", "signer")
@pytest.mark.parametrize("contested", ["objection_part", "objection_answer"])
@pytest.mark.parametrize("answer", ["grant_objection", "refuse_finally"])
def test_an_objection_is_answered_on_the_page_whatever_it_is_against(
    hall: Hall, english: Client, signed_in: Any, contested: str, answer: str
) -> None:
    if contested == "objection_part":
        case, reason = do(to_issue(english, hall), "grant_in_part", hall, **PART), "excluded"
    else:
        case, reason = do(to_issue(english, hall), "pass_issued", hall), "not_as_asked"
    object_to(english, case, reason)
    own = english.get(reverse("services:own", args=[case.reference])).content.decode()
    # the answer to the objection is what is promised now, not the answer that was given
    objection = Clock.objects.get(case=case, name="objection")
    assert f"Promised by {day_in_full(objection.due_at)}" in own
    # it is objected to, not opened again
    assert "opened it again" not in own
    assert case.state == contested
    Post.objects.filter(pk=Holding.objects.get(user=hall.officer).post_id).update(unit=case.unit)
    officer = signed_in(hall.officer)
    page = officer.get(reverse("services_desk:case", args=[case.reference])).content.decode()
    assert answer in page
    address = reverse("services_desk:change", args=[case.reference, answer])
    words = {"text": "Dijawab.", "basis": "UU 14/2008"}
    assert officer.post(address, {"seq": case.seq, **words}).status_code == 302
    case.refresh_from_db()
    stands = {"objection_part": "part_stands", "objection_answer": "answer_stands"}[contested]
    assert case.state == ("decide" if answer == "grant_objection" else stands)


@pytest.mark.django_db
def test_only_whoever_decides_grants_in_part(hall: Hall, english: Client, now: Any) -> None:
    case = to_issue(english, hall)
    change = kind_at(case.kind, case.kind_version).change("grant_in_part")
    assert (change.permission, change.sources) == ("services.decide", ("issue",))


@pytest.mark.django_db
def test_a_city_may_let_somebody_above_answer_objections(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], now: Any
) -> None:
    case = do(to_issue(english, hall), "grant_in_part", hall, **PART)
    assert object_to(english, case, "excluded").status_code == 302
    Post.objects.filter(pk=Holding.objects.get(user=hall.officer).post_id).update(unit=case.unit)
    officer = signed_in(hall.officer)
    address = reverse("services_desk:change", args=[case.reference, "grant_objection"])
    role = Role.objects.get(slug="services-all")
    role.permissions.remove("services.objections")
    role.save()
    assert "grant_objection" not in officer.get(reverse("services_desk:case", args=[case.reference])).content.decode()
    assert officer.post(address, {"seq": case.seq, "text": "Dijawab."}).status_code == 403
    case.refresh_from_db()
    assert case.state == "objection_part"
    # deciding is another right
    role.permissions = ["cases.desk", "services.objections"]
    role.save()
    assert officer.post(address, {"seq": case.seq, "text": "Dijawab."}).status_code == 302
    case.refresh_from_db()
    assert case.state == "decide"


@pytest.mark.django_db
def test_a_part_that_is_kept_back_can_be_objected_to_once(hall: Hall, english: Client, now: Any) -> None:
    case = do(to_issue(english, hall), "grant_in_part", hall, **PART)
    assert object_to(english, case, "").status_code == 422
    assert object_to(english, case, "silence").status_code == 422
    assert object_to(english, case, "excluded").status_code == 302
    assert (case.state, case.is_open) == ("objection_part", True)
    # what was given stays given: it cannot be taken back any more
    withdraw = reverse("services:own_change", args=[case.reference, "withdraw"])
    assert english.post(withdraw, {"seq": case.seq}).status_code == 409
    case = do(case, "refuse_finally", hall, text="Tetap dikecualikan.", basis="UU 14/2008 pasal 17")
    assert (case.state, case.state_class) == ("part_stands", "done")
    assert OutboxMessage.objects.filter(template="application_objection_refused").count() == 1
    assert object_to(english, case, "excluded").status_code == 409
    report = information_report(year=2026)
    assert (report.granted_in_part, report.objections, report.objections_refused) == (1, 1, 1)
    assert report.grounds == {"excluded": 1}


@pytest.mark.django_db
def test_an_answer_can_be_objected_to_and_is_decided_anew(hall: Hall, english: Client, now: Any) -> None:
    case = do(to_issue(english, hall), "pass_issued", hall)
    page = english.get(reverse("services:own", args=[case.reference])).content.decode()
    assert "Answered otherwise than asked" in page
    assert "Refused as excluded information" not in page
    assert object_to(english, case, "not_as_asked").status_code == 302
    assert case.state == "objection_answer"
    assert information_report(year=2026).granted == 1
    now.shift(timedelta(days=1))
    case = do(case, "grant_objection", hall, text="Diterima, dilengkapi.")
    assert case.state == "decide"
    assert set(Clock.objects.filter(case=case, stopped_at=None).values_list("name", flat=True)) == {"promise"}
    do(do(case, "approve_issue", hall), "pass_issued", hall)
    report = information_report(year=2026)
    assert (report.granted, report.objections, report.objections_granted, report.objections_open) == (1, 1, 1, 0)


@pytest.mark.django_db
def test_silence_can_be_objected_to_once_the_promise_is_broken(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], now: Any
) -> None:
    case = ask(english)
    address = reverse("services:own", args=[case.reference])
    desk = reverse("services_desk:case", args=[case.reference])
    assert 'value="silence"' not in english.get(address).content.decode()
    early = object_to(english, case, "silence")
    assert early.status_code == 409
    assert "The promise still runs" in early.content.decode()
    now.move_to(case.due_at + timedelta(days=1))
    # the clock has climbed when somebody acts, whether the worker has looked or not
    assert object_to(english, case, "silence").status_code == 302
    assert (case.state, case.on_time) == ("verify", False)
    assert 'value="silence"' in english.get(address).content.decode()
    objection = Clock.objects.get(case=case, name="objection")
    assert (objection.stopped_at, objection.due_at > clock.now()) == (None, True)
    Post.objects.filter(pk=Holding.objects.get(user=hall.officer).post_id).update(unit=case.unit)
    officer = signed_in(hall.officer)
    assert "change=grant_objection" in officer.get(desk).content.decode()
    case = do(case, "grant_objection", hall, text="Dijawab paling lambat Jumat.")
    assert case.state == "verify"
    objection.refresh_from_db()
    assert (objection.stopped_at, objection.met) == (clock.now(), True)
    assert "change=grant_objection" not in officer.get(desk).content.decode()
    with pytest.raises(ChangeRefused, match="running"):
        do(case, "refuse_finally", hall, text="Tidak.", basis="UU 14/2008")
    # answered, the same silence is objected to no more
    now.shift(timedelta(days=1))
    assert 'value="silence"' not in english.get(address).content.decode()
    again = object_to(english, case, "silence")
    assert again.status_code == 409
    assert "was answered already" in again.content.decode()
    report = information_report(year=2026)
    assert (report.objections, report.objections_granted, report.grounds) == (1, 1, {"silence": 1})


@pytest.mark.django_db
def test_promised_anew_it_is_late_only_once_the_new_promise_is_broken(hall: Hall, english: Client, now: Any) -> None:
    case = to_issue(english, hall)
    now.move_to(case.due_at + timedelta(days=1))
    case = do(case, "pass_issued", hall)
    object_to(english, case, "not_as_asked")
    case = do(case, "grant_objection", hall, text="Diterima.")
    assert (case.state, case.on_time, case.due_at > clock.now()) == ("decide", False, True)
    page = reverse("services:own", args=[case.reference])
    assert 'value="silence"' not in english.get(page).content.decode()
    assert object_to(english, case, "silence").status_code == 409
    now.move_to(case.due_at + timedelta(days=1))
    assert raised(case, "silence").state == "decide"


@pytest.mark.django_db
@pytest.mark.parametrize(("answer", "given"), [("grant_objection", {}), ("refuse_finally", {"basis": "UU 14/2008"})])
def test_each_broken_promise_is_objected_to_until_it_is_answered(
    hall: Hall, english: Client, now: Any, answer: str, given: Any
) -> None:
    case = ask(english)
    now.move_to(case.due_at + timedelta(days=1))
    for _again in range(2):
        # whoever writes again before an answer adds to the same objection
        assert object_to(english, case, "silence").status_code == 302
        now.shift(timedelta(hours=1))
    case = do(case, answer, hall, text="Dijawab.", **given)
    now.shift(timedelta(hours=1))
    assert object_to(english, case, "late").status_code == 409
    case = do(do(do(case, "pass_decide", hall), "approve_issue", hall), "pass_issued", hall)
    object_to(english, case, "late")
    now.shift(timedelta(hours=1))
    case = do(case, "grant_objection", hall, text="Diterima.")
    now.move_to(case.due_at + timedelta(days=1))
    # promised anew and broken anew; the browser has forgotten the application by now
    raised(case, "silence")
    assert information_report(year=case.received_at.year).objections == 3


@pytest.mark.django_db
def test_nobody_objects_to_silence_of_a_service_that_does_not_know_it(hall: Hall, english: Client, now: Any) -> None:
    case = do(to_issue(english, hall), "pass_issued", hall)
    with pytest.raises(ChangeRefused, match="missing"):
        apply_change(case_id=case.pk, change="object", given=Given(text="x"), actor=Actor("resident"), at=clock.now())


def test_an_answer_ends_an_objection_to_silence() -> None:
    silence = Step(change="object", state_to="verify", reason="silence", days=12)
    answered = (silence, Step(change="add", state_to="verify", days=13), Step(change="p", state_to="issued", days=14))
    taken_back = (silence, Step(change="withdraw", state_to="withdrawn", days=13))
    again = (silence, silence)
    report = yearly_report(
        [
            Request(state="issued", on_time=False, steps=answered),
            Request(state="withdrawn", on_time=False, steps=taken_back),
            Request(state="verify", on_time=False, steps=again),
        ]
    )
    assert (report.objections, report.objections_granted, report.objections_refused, report.objections_open) == (
        3,
        1,
        0,
        1,
    )
    assert report.grounds == {"silence": 3}
