"""Steps at outside systems, and what programs hear of applications: with real programs at the other end."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.engines.cases.models import Case
from balai.engines.cases.queries.opened import code_hash
from balai.foundation.api.actions import create_key
from balai.foundation.calendar import clock
from balai.foundation.events.actions import deliver
from balai.foundation.events.rules import SYSTEM
from balai.foundation.outbound import actions
from balai.foundation.outbound.models import Delivery, HandOver
from balai.foundation.outbound.tests.receiver import Receiver, receiver
from balai.modules.services.actions.publish import ServiceNotReady, publish_service, save_service
from balai.modules.services.forms import initial_steps, workflow_from
from balai.modules.services.models import Service
from balai.modules.services.rules.workflow import Workflow, WorkStep, workflow_from_json, workflow_to_json
from balai.modules.services.tests.applicants import APPLICANT, SIGNED, begin, fill, revision_on, send
from balai.modules.services.tests.conftest import MORNING, Hall
from balai.modules.services.tests.test_api import ANSWERS, photo, post
from balai.modules.services.tests.test_making import rights_on
from balai.modules.services.tests.test_outcomes import do

pytestmark = pytest.mark.django_db
STEPS = Workflow(
    steps=(
        WorkStep(slug="verify", kind="check", label_id="Periksa", label_en="Check", next=("oss",)),
        WorkStep(
            slug="oss", kind="outside", label_id="NIB di OSS", label_en="NIB at OSS", next=("decide",), system="oss"
        ),
        WorkStep(slug="decide", kind="decide", label_id="Putuskan", label_en="Decide"),
    )
)


@pytest.fixture
def other(settings: Any) -> Iterator[Receiver]:
    settings.BALAI_OUTBOUND_LOCAL = True
    with receiver() as running:
        yield running


def open_with(hall: Hall, workflow: Workflow, slug: str = "ktp-el") -> None:
    service = Service.objects.get(slug=slug)
    save_service(
        service_id=service.pk,
        columns={"workflow": workflow_to_json(workflow), "document_template": ""},
        expected_revision=service.revision,
        at=MORNING,
    )
    publish_service(service_id=service.pk, actor=SYSTEM, at=MORNING)


def apply(english: Client, files: Any) -> Case:
    code = begin(english, "ktp-el")
    fill(english, code, "pemohon", **APPLICANT)
    fill(english, code, "permohonan", jenis="baru", lahir="1990-01-01", kk="3573010101900001")
    fill(english, code, "berkas", foto_kk=files())
    fill(english, code, "pernyataan", **SIGNED)
    return send(english, code)


def test_a_step_is_handed_over_waits_and_comes_back(
    hall: Hall, english: Client, other: Receiver, photo: Any, now: Any
) -> None:
    with pytest.raises(ServiceNotReady) as refused:
        open_with(hall, STEPS)
    assert [(problem.code, problem.step, problem.other) for problem in refused.value.problems] == [
        ("unknown_system", "oss", "oss")
    ]
    system, _secret = actions.open_system(
        slug="oss", name="OSS", address=other.address, unit_id=hall.office.pk, actor=SYSTEM, at=MORNING
    )
    open_with(hall, STEPS)
    other.status = 503
    case = apply(english, photo)
    case = do(case, "pass_oss", hall)
    row = HandOver.objects.get()
    assert (row.state, row.step) == ("waiting", "oss")
    # heard of twice, handed over once
    deliver(at=clock.now())
    assert HandOver.objects.count() == 1
    actions.send_hand_overs(at=clock.now())
    own = english.get(reverse("services:own", args=[case.reference])).content.decode()
    assert "Waits here" in own
    other.status, other.body = 200, json.dumps({"number": "OSS-77"}).encode()
    row.refresh_from_db()
    assert row.next_try_at is not None
    actions.send_hand_overs(at=row.next_try_at)
    said = json.loads(other.heard[-1][2])
    assert said["data"]["reference"] == case.reference
    assert said["data"]["answers"]["nama"] == APPLICANT["nama"]
    # files stay here
    assert "foto_kk" not in said["data"]["answers"]
    message = json.dumps({"key": str(row.key), "state": "answered", "words": "NIB terbit."}).encode()
    actions.hear(system=system, message_id="m1", body=message, at=clock.now())
    deliver(at=clock.now())
    case.refresh_from_db()
    assert case.state == "decide"
    deliver(at=clock.now())
    own = english.get(reverse("services:own", args=[case.reference])).content.decode()
    assert "their number: OSS-77" in own
    assert "OSS: NIB terbit." in own


def test_what_is_corrected_is_handed_over_anew(
    hall: Hall, english: Client, other: Receiver, photo: Any, now: Any
) -> None:
    system, _secret = actions.open_system(
        slug="oss", name="OSS", address=other.address, unit_id=hall.office.pk, actor=SYSTEM, at=MORNING
    )
    open_with(hall, STEPS)
    case = do(apply(english, photo), "pass_oss", hall)
    actions.send_hand_overs(at=clock.now())
    first = HandOver.objects.get()
    case = do(case, "return", hall, reason="mismatch", text="Nama tidak sama dengan KK.")
    step = reverse("services:correct_step", args=[case.reference, "pemohon"])
    english.post(step, {"revision": revision_on(english.get(step)), **APPLICANT, "nama": "Siti Aminah Putri"})
    whole = reverse("services:correct", args=[case.reference])
    done = english.post(whole, {"revision": revision_on(english.get(whole))})
    assert done.status_code == 302, re.findall(r"<li>.*?</li>", done.content.decode())
    case.refresh_from_db()
    assert case.state == "oss"
    deliver(at=clock.now())
    first.refresh_from_db()
    second = HandOver.objects.exclude(pk=first.pk).get()
    assert (first.state, second.state, second.turn) == ("replaced", "waiting", 1)
    actions.send_hand_overs(at=clock.now())
    said = json.loads(other.heard[-1][2])
    assert (said["turn"], said["data"]["answers"]["nama"]) == (1, "Siti Aminah Putri")
    # what they say of the old papers moves nothing
    late = json.dumps({"key": str(first.key), "state": "answered"}).encode()
    with pytest.raises(actions.AnswerRefused, match="ended"):
        actions.hear(system=system, message_id="m1", body=late, at=clock.now())
    message = json.dumps({"key": str(second.key), "state": "answered", "words": "NIB terbit."}).encode()
    actions.hear(system=system, message_id="m2", body=message, at=clock.now())
    deliver(at=clock.now())
    case.refresh_from_db()
    assert case.state == "decide"


def test_an_answer_during_a_return_that_is_taken_back_is_not_lost(
    hall: Hall, english: Client, other: Receiver, photo: Any, signed_in: Any
) -> None:
    system, _secret = actions.open_system(
        slug="oss", name="OSS", address=other.address, unit_id=hall.office.pk, actor=SYSTEM, at=MORNING
    )
    open_with(hall, STEPS)
    case = do(apply(english, photo), "pass_oss", hall)
    desk = signed_in(hall.officer)
    given = {"seq": str(case.seq), "reason": "mismatch", "text": "Keliru."}
    desk.post(reverse("services_desk:change", args=[case.reference, "return"]), given)
    message = json.dumps({"key": str(HandOver.objects.get().key), "state": "answered"}).encode()
    actions.hear(system=system, message_id="m1", body=message, at=clock.now())
    deliver(at=clock.now())
    case.refresh_from_db()
    assert case.state == "returned"
    desk.post(reverse("services_desk:undo", args=[case.reference, case.seq]))
    deliver(at=clock.now())
    case.refresh_from_db()
    assert case.state == "decide"


def test_what_was_withdrawn_is_not_handed_over(
    hall: Hall, english: Client, other: Receiver, photo: Any, now: Any
) -> None:
    actions.open_system(slug="oss", name="OSS", address=other.address, unit_id=hall.office.pk, actor=SYSTEM, at=MORNING)
    open_with(hall, STEPS)
    case = do(apply(english, photo), "pass_oss", hall)
    address = reverse("services:own_change", args=[case.reference, "withdraw"])
    english.post(address, {"seq": case.seq, "text": "Tidak jadi"})
    deliver(at=clock.now())
    actions.send_hand_overs(at=clock.now())
    row = HandOver.objects.get()
    assert (row.state, row.payload, other.heard) == ("dropped", "", [])


@pytest.mark.parametrize("by_hand", [False, True])
def test_a_way_back_hands_over_anew(  # noqa: PLR0917 - everybody takes part
    hall: Hall, english: Client, other: Receiver, photo: Any, now: Any, by_hand: bool
) -> None:
    system, _secret = actions.open_system(
        slug="oss", name="OSS", address=other.address, unit_id=hall.office.pk, actor=SYSTEM, at=MORNING
    )
    verify, oss, decide = STEPS.steps
    issue = WorkStep(slug="issue", kind="issue", label_id="Terbit", label_en="Issue")
    open_with(hall, Workflow(steps=(verify, oss, replace(decide, next=("oss", "issue")), issue)))
    case = do(apply(english, photo), "pass_oss", hall)
    row = HandOver.objects.get()
    if by_hand:
        case = do(case, "pass_decide", hall)
        assert HandOver.objects.get().state == "dropped"
    else:
        message = json.dumps({"key": str(row.key), "state": "answered"}).encode()
        actions.hear(system=system, message_id="m1", body=message, at=clock.now())
        deliver(at=clock.now())
    case.refresh_from_db()
    assert case.state == "decide"
    case = do(case, "approve_oss", hall)
    assert case.state == "oss"
    assert list(HandOver.objects.order_by("turn").values_list("turn", "state"))[1:] == [(1, "waiting")]


def test_a_refusal_outside_is_decided_here(hall: Hall, english: Client, other: Receiver, photo: Any, now: Any) -> None:
    system, _secret = actions.open_system(
        slug="oss", name="OSS", address=other.address, unit_id=hall.office.pk, actor=SYSTEM, at=MORNING
    )
    open_with(hall, STEPS)
    case = do(apply(english, photo), "pass_oss", hall)
    row = HandOver.objects.get()
    message = json.dumps({"key": str(row.key), "state": "refused", "words": "Data tidak cocok."}).encode()
    actions.hear(system=system, message_id="m1", body=message, at=clock.now())
    deliver(at=clock.now())
    case.refresh_from_db()
    # whoever refuses an application here says by which law, so nothing refuses it by itself
    assert case.state == "oss"
    assert do(case, "pass_decide", hall).state == "decide"


def test_what_programs_hear_of_applications(
    hall: Hall, english: Client, other: Receiver, now: Any, client: Client
) -> None:
    made = create_key(name="aplikasi", scopes=["services", "webhooks"], actor=SYSTEM, at=MORNING)
    topics = ["matter.received", "matter.moved", "matter.ended"]
    for key_id in (None, made.key.pk):
        actions.create_webhook(
            name=f"hook {key_id}", address=other.address, wanted=topics, key_id=key_id, actor=SYSTEM, at=MORNING
        )
    sent = post(client, {"answers": ANSWERS, "files": {"foto_kk": [photo()]}}, made.token).json()
    deliver(at=clock.now())
    case = Case.objects.get(reference=sent["reference"])
    for change in ("pass_decide", "approve_issue", "pass_issued"):
        case = do(case, change, hall)
    deliver(at=clock.now())
    rows = [(row.webhook.name, row.topic, json.loads(row.body)["data"]) for row in Delivery.objects.order_by("pk")]
    mine = [(topic, data.get("reference"), data["state"]) for name, topic, data in rows if name != "hook None"]
    assert mine == [
        ("matter.received", case.reference, "verify"),
        ("matter.moved", case.reference, "decide"),
        ("matter.moved", case.reference, "issue"),
        ("matter.ended", case.reference, "issued"),
    ]
    # an application is a person's own affair: others hear that one came and went, never which
    everybody = [data for name, _topic, data in rows if name == "hook None"]
    assert len(everybody) == 4
    assert all("reference" not in data for data in everybody)
    assert everybody[-1]["on_time"] is True
    words = "".join(row.body for row in Delivery.objects.all())
    assert "Siti" not in words
    assert "3573014101900001" not in words
    assert code_hash(reference=case.reference, code=sent["code"]) not in words


def test_steps_in_the_editor_keep_their_system(hall: Hall) -> None:
    rows = initial_steps(STEPS)
    for row in rows:
        row["next"] = [int(number) for number in str(row["next"]).replace(",", " ").split()]
        row["checks"] = row["checklist"] = ()
    assert workflow_from(rows, rights=rights_on(STEPS), before=STEPS) == STEPS
    assert workflow_from_json(workflow_to_json(STEPS)) == STEPS
