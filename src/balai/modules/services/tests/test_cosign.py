"""Somebody else signs too: they read what is sent, and no signature stands for what comes afterwards."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from balai.engines.cases.models import Case
from balai.foundation.api.actions import create_key
from balai.foundation.calendar import clock
from balai.foundation.events.models import Event
from balai.foundation.events.rules import SYSTEM
from balai.foundation.identity.models import Resident
from balai.foundation.messages.models import OutboxMessage
from balai.modules.services.actions.apply import DRAFT_LIVES, forget_drafts
from balai.modules.services.actions.cosign import _only_letters
from balai.modules.services.actions.group import begin_group
from balai.modules.services.actions.publish import ServiceNotReady, publish_service, save_service
from balai.modules.services.data import made_services
from balai.modules.services.forms import RightsForm, initial_rights
from balai.modules.services.models import Application, CoSignature, Service
from balai.modules.services.queries.life import list_lines
from balai.modules.services.rules.cosign import asked_cosigners, digest_of, standing_of
from balai.modules.services.rules.workflow import (
    CoSigner,
    Workflow,
    WorkStep,
    workflow_from_json,
    workflow_problems,
    workflow_to_json,
)
from balai.modules.services.tests.applicants import APPLICANT, SIGNED, begin, fill, revision_on
from balai.modules.services.tests.conftest import MORNING, Hall
from balai.modules.services.tests.test_api import ANSWERS
from balai.modules.services.tests.test_api import photo as api_photo
from balai.modules.services.tests.test_api import post as post_to_api
from balai.modules.services.tests.test_outcomes import do
from balai.modules.services.tests.test_outside import open_with
from balai.modules.services.views.cosign import ANSWERS_A_DAY

SPOUSE = CoSigner(slug="pasangan", label_id="Suami atau istri", label_en="Spouse")
STEPS = (
    WorkStep(slug="verify", kind="check", label_id="Periksa", label_en="Check", next=("decide",)),
    WorkStep(slug="decide", kind="decide", label_id="Putuskan", label_en="Decide"),
)
WITH_SPOUSE = Workflow(steps=STEPS, cosigners=(SPOUSE,))

answers = st.dictionaries(
    st.text(max_size=5),
    st.one_of(st.text(max_size=8), st.booleans(), st.lists(st.text(max_size=3), max_size=3)),
    max_size=5,
)


@given(answers, answers)
def test_a_signature_stands_for_these_answers_and_no_others(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert (digest_of(first) == digest_of(second)) == (first == second)
    assert digest_of(dict(reversed(first.items()))) == digest_of(first)
    assert standing_of(signed=digest_of(first), declined=False, digest=digest_of(first)) == "signed"


def test_how_a_request_stands() -> None:
    assert standing_of(signed=None, declined=False, digest="a") == "missing"
    assert standing_of(signed="", declined=False, digest="a") == "asked"
    assert standing_of(signed="", declined=True, digest="a") == "declined"
    assert standing_of(signed="b", declined=False, digest="a") == "changed"


def test_who_is_asked_depends_on_the_answers() -> None:
    owner = CoSigner(slug="pemilik", label_id="Pemilik", label_en="Owner", only_if="lahan_orang")
    workflow = Workflow(steps=STEPS, cosigners=(SPOUSE, owner))
    for value, asked in ((True, 2), ("ya", 2), (False, 1), ("", 1), (None, 1), ([], 1)):
        assert len(asked_cosigners(workflow, {"lahan_orang": value})) == asked
    twice = Workflow(steps=STEPS, cosigners=(SPOUSE, SPOUSE))
    assert [problem.code for problem in workflow_problems(workflow=twice, units=frozenset())] == ["cosigner_twice"]


def test_the_editor_reads_what_it_shows() -> None:
    owner = CoSigner(slug="pemilik-lahan", label_id="Pemilik lahan", label_en="Owner", only_if="lahan_orang")
    spouse = CoSigner(slug="suami-atau-istri", label_id="Suami atau istri", label_en="Spouse")
    shown = initial_rights(Workflow(steps=STEPS, cosigners=(spouse, owner)))
    form = RightsForm({name: value or "" for name, value in shown.items()})
    assert form.is_valid(), form.errors
    assert form.cleaned_data["cosigners"] == (spouse, owner)
    long = "Nama yang panjang sekali sekali sekali sekali"
    form = RightsForm({**shown, "cosigners": "\n".join([long] * 6)})
    assert form.is_valid()
    slugs = [each.slug for each in form.cleaned_data["cosigners"]]
    assert len({*slugs}) == 6
    assert max(map(len, slugs)) <= 40
    for wrong in ("| | x", "a | b | c | d", "\n".join(f"Orang {n}" for n in range(7))):
        assert "cosigners" in RightsForm({**shown, "cosigners": wrong}).errors


def test_no_address_hides_in_a_letter_to_a_stranger() -> None:
    assert _only_letters("Siti Nur'aini-Putri") == "Siti Nur'aini-Putri"
    assert _only_letters("Menang! http://jahat.example 0812345") == "Menang http jahat example"


def filled(client: Client, photo: Any) -> str:
    code = begin(client, "ktp-el")
    fill(client, code, "pemohon", **APPLICANT)
    fill(client, code, "permohonan", jenis="baru", lahir="1990-01-01", kk="3573010101900001")
    fill(client, code, "berkas", foto_kk=photo())
    fill(client, code, "pernyataan", **SIGNED)
    return code


def press_send(client: Client, code: str) -> Any:
    address = reverse("services:check", args=[code])
    return client.post(address, {"revision": revision_on(client.get(address))})


def ask(client: Client, address: str, **given: str) -> str:
    """Ask the spouse, and return the address that the page shows."""
    page = client.post(address, {"do": "ask", "cosigner": "pasangan", "name": "Budi Santoso", **given})
    assert page.status_code == 200, page.content.decode()[:3000]
    found = re.search(r"http://testserver(/services/sign/[\w-]+/)", page.content.decode())
    assert found is not None
    return found[1]


def stranger() -> Client:
    """Return a browser that knows nobody here, in English."""
    client = Client()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


def sign(link: str, **changes: str) -> Any:
    """Sign as somebody with a browser of their own."""
    other = stranger()
    page = other.get(link)
    digest = re.search(r'name="digest" value="(\w+)"', page.content.decode())
    given = {"do": "sign", "name": "Budi Santoso", "agreed": "on", "digest": digest[1] if digest else "", **changes}
    return other.post(link, {name: value for name, value in given.items() if value})


@pytest.fixture
def spouse_signs(hall: Hall) -> Hall:
    open_with(hall, WITH_SPOUSE)
    return hall


@pytest.mark.django_db
def test_asked_read_signed_sent(
    spouse_signs: Hall, english: Client, photo: Any, signed_in: Callable[[Any], Client], now: Any
) -> None:
    code = filled(english, photo)
    refused = press_send(english, code)
    assert refused.status_code == 422
    assert "Not signed yet by: Spouse." in refused.content.decode()
    address = reverse("services:cosign_draft", args=[code])
    link = ask(english, address, email="budi@contoh.example")
    mail = OutboxMessage.objects.get(template="application_cosign")
    assert mail.context["applicant"] == "Siti Aminah"
    assert link.split("/")[-2] in mail.secret_context
    # the token lies nowhere in the clear
    assert link.split("/")[-2] not in str(list(CoSignature.objects.values())) + str(list(Event.objects.values()))

    read = stranger().get(link).content.decode()
    assert "Siti Aminah" in read
    # long numbers by their last digits, files by their names
    assert "3573014101900001" not in read
    assert "0001" in read
    assert "/files/" not in read
    assert sign(link, agreed="").status_code == 422
    assert sign(link, name="7").status_code == 422
    assert press_send(english, code).status_code == 422
    assert sign(link).status_code == 302
    assert "You have signed" in stranger().get(link).content.decode()
    assert "Everybody has signed" in english.get(reverse("services:check", args=[code])).content.decode()
    now.shift(timedelta(minutes=1))
    assert press_send(english, code).status_code == 302

    case = Case.objects.get()
    row = CoSignature.objects.get()
    # what was signed stands; where the link went is let go
    assert (row.name, row.signed_at, row.resident_id) == ("Budi Santoso", MORNING, None)
    assert not Resident.objects.exclude(pk=case.reporter_id).exclude(email="").exists()
    assert row.digest == digest_of(json.loads(Application.objects.get().answers))
    assert Event.objects.filter(kind="CoSigned").count() == 1
    assert Client().get(link).status_code == 404
    for page in (
        english.get(reverse("services:own", args=[case.reference])),
        signed_in(spouse_signs.officer).get(reverse("services_desk:case", args=[case.reference])),
    ):
        assert "Budi Santoso" in page.content.decode()


@pytest.fixture
def owner_signs(hall: Hall) -> Hall:
    """Somebody signs only where data are changed."""
    owner = CoSigner(slug="pasangan", label_id="Pemilik", label_en="Owner", only_if="perubahan")
    open_with(hall, Workflow(steps=STEPS, cosigners=(owner,)))
    return hall


@pytest.mark.django_db
def test_who_signs_under_another_name_is_shown_to_everybody(
    spouse_signs: Hall, english: Client, photo: Any, signed_in: Callable[[Any], Client], now: Any
) -> None:
    code = filled(english, photo)
    address = reverse("services:cosign_draft", args=[code])
    link = ask(english, address)
    assert sign(link, name="BUDI santoso").status_code == 302
    assert "You asked" not in english.get(address).content.decode()
    # asked again: the first signature counts no more
    assert sign(ask(english, address), name="Andi Wijaya").status_code == 302
    assert "You asked Budi Santoso" in english.get(address).content.decode()
    assert CoSignature.objects.count() == 1
    assert press_send(english, code).status_code == 302
    case = Case.objects.get()
    desk = signed_in(spouse_signs.officer).get(reverse("services_desk:case", args=[case.reference]))
    for page in (desk, english.get(reverse("services:own", args=[case.reference]))):
        assert "Budi Santoso was asked" in page.content.decode()


@pytest.mark.django_db
def test_who_is_asked_no_more_signed_nothing(owner_signs: Hall, english: Client, photo: Any, now: Any) -> None:
    code = filled(english, photo)
    steps = {"jenis": "ubah", "perubahan": "Nama saya", "lahir": "1990-01-01", "kk": "3573010101900001"}
    fill(english, code, "permohonan", **steps)
    fill(english, code, "permohonan", **steps)
    link = ask(english, reverse("services:cosign_draft", args=[code]))
    sign(link)
    fill(english, code, "permohonan", **{**steps, "jenis": "baru"})
    # the link shows nothing any more, and nobody is named who signed something else
    assert Client().get(link).status_code == 404
    assert press_send(english, code).status_code == 302
    own = english.get(reverse("services:own", args=[Case.objects.get().reference])).content.decode()
    assert "Also signed by" not in own
    assert not CoSignature.objects.exists()


@pytest.mark.django_db
def test_what_was_sent_stays_signed_while_it_is_corrected(
    spouse_signs: Hall, english: Client, photo: Any, signed_in: Callable[[Any], Client], now: Any
) -> None:
    code = filled(english, photo)
    link = ask(english, reverse("services:cosign_draft", args=[code]))
    sign(link)
    press_send(english, code)
    case = Case.objects.get()
    desk = signed_in(spouse_signs.officer)
    address = reverse("services_desk:change", args=[case.reference, "return"])
    desk.post(address, {"seq": case.seq, "reason": "unclear", "text": "Nama?"})
    # the old link changes nothing of what was sent
    assert Client().post(link, {"do": "decline", "words": "Batal"}).status_code == 404
    step = reverse("services:correct_step", args=[case.reference, "pemohon"])
    english.post(step, {"revision": revision_on(english.get(step)), **APPLICANT, "nama": "Siti Aminah Putri"})
    again = ask(english, reverse("services:cosign_correction", args=[case.reference]), name="Budi Lain")
    Client().post(again, {"do": "decline", "words": "Tidak"})

    def read() -> str:
        return desk.get(reverse("services_desk:case", args=[case.reference])).content.decode()

    assert "Budi Santoso" in read()
    case.refresh_from_db()
    desk.post(reverse("services_desk:undo", args=[case.reference, case.seq]))
    assert "Budi Santoso" in read()


@pytest.mark.django_db
def test_nobody_renames_who_signed(spouse_signs: Hall, english: Client, photo: Any, now: Any) -> None:
    code = filled(english, photo)
    link = ask(english, reverse("services:cosign_draft", args=[code]))
    page = stranger().get(link).content.decode()
    sign(link)
    digest = re.search(r'name="digest" value="(\w+)"', page)
    assert digest is not None
    stranger().post(link, {"do": "sign", "name": "Orang Lain", "agreed": "on", "digest": digest[1]})
    assert CoSignature.objects.get().name == "Budi Santoso"
    answers = [
        Client().post(link, {"do": "decline", "words": str(number)}).status_code for number in range(ANSWERS_A_DAY + 1)
    ]
    assert answers[-1] == 429
    assert Event.objects.filter(kind="CoSignDeclined").count() <= ANSWERS_A_DAY


@pytest.mark.django_db
def test_what_changes_afterwards_is_signed_anew(spouse_signs: Hall, english: Client, photo: Any, now: Any) -> None:
    code = filled(english, photo)
    link = ask(english, reverse("services:cosign_draft", args=[code]))
    other = stranger()
    old = re.search(r'name="digest" value="(\w+)"', other.get(link).content.decode())
    assert old is not None
    sign(link)
    fill(english, code, "pemohon", **{**APPLICANT, "nama": "Siti Aminah Putri"})
    assert press_send(english, code).status_code == 422
    assert "changed since you signed" in other.get(link).content.decode()
    # a page that was opened before the change signs nothing
    late = other.post(link, {"do": "sign", "name": "Budi Santoso", "agreed": "on", "digest": old[1]})
    assert late.status_code == 409
    assert "Siti Aminah Putri" in late.content.decode()
    sign(link)
    assert press_send(english, code).status_code == 302


@pytest.mark.django_db
def test_a_no_is_read_and_may_become_a_yes(spouse_signs: Hall, english: Client, photo: Any, now: Any) -> None:
    code = filled(english, photo)
    address = reverse("services:cosign_draft", args=[code])
    link = ask(english, address)
    Client().post(link, {"do": "decline", "words": "Alamatnya bukan ini."})
    page = english.get(address).content.decode()
    assert "Alamatnya bukan ini." in page
    assert press_send(english, code).status_code == 422
    sign(link)
    assert CoSignature.objects.get().declined_at is None
    assert press_send(english, code).status_code == 302


@pytest.mark.django_db
def test_who_is_asked_anew_replaces_the_one_before(spouse_signs: Hall, english: Client, photo: Any, now: Any) -> None:
    code = filled(english, photo)
    address = reverse("services:cosign_draft", args=[code])
    first = ask(english, address, email="salah@contoh.example")
    second = ask(english, address, name="Budi Setiawan")
    assert Client().get(first).status_code == 404
    assert OutboxMessage.objects.get(template="application_cosign").state == "skipped"
    assert not Resident.objects.exclude(email="").exists()
    assert sign(second).status_code == 302
    assert CoSignature.objects.get().name == "Budi Santoso"
    for wrong in ({"name": "12"}, {"email": "bukan surel"}, {"cosigner": "orang-lain"}, {"name": ""}):
        answer = english.post(address, {"do": "ask", "cosigner": "pasangan", "name": "Budi", **wrong})
        assert answer.status_code == 422, wrong
    assert CoSignature.objects.get().signed_at is not None


@pytest.mark.django_db
def test_nobody_fills_a_strangers_letter_box(spouse_signs: Hall, english: Client, photo: Any, now: Any) -> None:
    address = reverse("services:cosign_draft", args=[filled(english, photo)])
    given = {"do": "ask", "cosigner": "pasangan", "name": "Budi", "email": "orang@lain.example"}
    answers = [english.post(address, given).status_code for _number in range(6)]
    assert answers == [200] * 5 + [429]


@pytest.mark.django_db
def test_a_correction_is_signed_anew(spouse_signs: Hall, english: Client, photo: Any, now: Any) -> None:
    code = filled(english, photo)
    sign(ask(english, reverse("services:cosign_draft", args=[code])))
    press_send(english, code)
    case = do(Case.objects.get(), "return", spouse_signs, reason="unclear", text="Nama?")
    whole = reverse("services:correct", args=[case.reference])
    # nothing changed: the signature stands
    assert "Everybody has signed" in english.get(whole).content.decode()
    step = reverse("services:correct_step", args=[case.reference, "pemohon"])
    changed = {**APPLICANT, "nama": "Siti Aminah Putri"}
    english.post(step, {"revision": revision_on(english.get(step)), **changed})
    assert english.post(whole, {"revision": revision_on(english.get(whole))}).status_code == 422
    sign(ask(english, reverse("services:cosign_correction", args=[case.reference])))
    assert english.post(whole, {"revision": revision_on(english.get(whole))}).status_code == 302
    assert Client().get(reverse("services:cosign_correction", args=[case.reference])).status_code == 302


@pytest.mark.django_db
def test_at_the_counter_it_is_signed_on_paper(
    spouse_signs: Hall, english: Client, photo: Any, signed_in: Callable[[Any], Client], now: Any
) -> None:
    code = filled(english, photo)
    address = reverse("services:cosign_draft", args=[code])
    paper = {"do": "paper", "cosigner": "pasangan", "name": "Budi Santoso"}
    # an applicant says nothing of papers at a counter
    assert english.post(address, paper).status_code == 422
    Application.objects.update(entered_by=spouse_signs.officer)
    assert signed_in(spouse_signs.outsider).post(address, paper).status_code == 422
    desk = signed_in(spouse_signs.officer)
    assert desk.post(address, paper).status_code == 302
    row = CoSignature.objects.get()
    assert (row.entered_by_id, row.name) == (spouse_signs.officer.pk, "Budi Santoso")
    assert press_send(desk, code).status_code == 302


@pytest.mark.django_db
def test_a_program_is_told_who_else_signs(spouse_signs: Hall, client: Client, token: str, now: Any) -> None:
    answer = post_to_api(client, {"answers": ANSWERS, "files": {"foto_kk": [api_photo()]}}, token)
    assert answer.status_code == 422
    assert "Suami atau istri" in answer.json()["detail"] or "Spouse" in answer.json()["detail"]
    assert not Application.objects.exists()


@pytest.fixture
def token(hall: Hall) -> str:
    return create_key(name="aplikasi", scopes=["services"], actor=SYSTEM, at=MORNING).token


@pytest.mark.django_db
def test_in_a_list_each_waits_for_its_own(spouse_signs: Hall, english: Client, photo: Any, now: Any) -> None:
    filled(english, photo)
    ready = json.loads(Application.objects.get().answers)
    ready.pop("foto_kk")
    service = Service.objects.get(slug="ktp-el")
    begun = begin_group(service=service, name="RT 1", people=[ready, ready], at=clock.now())
    lines = list(begun.bundle.lines.order_by("position"))
    for line in lines:
        step = reverse("services:life_step", args=[begun.code, line.position, "berkas"])
        english.post(step, {"revision": revision_on(english.get(step)), "foto_kk": photo()})
    page = reverse("services:life_bundle", args=[begun.code])
    with CaptureQueriesContext(connection) as queries:
        list_lines(bundle=begun.bundle, at=clock.now())
    assert sum('"services_cosignature"' in query["sql"] for query in queries) == 1
    assert english.get(page).content.decode().count("Waits for signatures") == 2
    sign(ask(english, reverse("services:cosign_line", args=[begun.code, lines[0].position])))
    shown = english.get(page).content.decode()
    revisions = {f"revision-{pk}": revision for pk, revision in Application.objects.values_list("pk", "revision")}
    assert shown.count("Waits for signatures") == 1
    english.post(reverse("services:life_send", args=[begun.code]), revisions)
    assert Case.objects.count() == 1
    lines[1].refresh_from_db()
    assert lines[1].application.case_id is None


@pytest.mark.django_db
def test_a_draft_that_goes_away_takes_its_requests_along(
    spouse_signs: Hall, english: Client, photo: Any, now: Any
) -> None:
    link = ask(english, reverse("services:cosign_draft", args=[filled(english, photo)]), email="budi@contoh.example")
    now.shift(DRAFT_LIVES + timedelta(minutes=1))
    assert Client().get(link).status_code == 404
    assert forget_drafts(at=clock.now()) == 1
    assert not CoSignature.objects.exists()
    assert not Resident.objects.exclude(email="").exists()


@pytest.mark.django_db
def test_a_condition_names_a_question_that_there_is(hall: Hall) -> None:
    service = Service.objects.get(slug="ktp-el")
    wrong = Workflow(steps=STEPS, cosigners=(CoSigner(slug="a", label_id="A", label_en="A", only_if="tidak_ada"),))
    save_service(
        service_id=service.pk,
        columns={"workflow": workflow_to_json(wrong), "document_template": ""},
        expected_revision=service.revision,
        at=MORNING,
    )
    with pytest.raises(ServiceNotReady) as refused:
        publish_service(service_id=service.pk, actor=SYSTEM, at=MORNING)
    assert [(problem.code, problem.other) for problem in refused.value.problems] == [("unknown_question", "tidak_ada")]


def test_the_owner_of_the_land_signs_in_the_catalogue() -> None:
    made = next(each for each in made_services() if each.slug == "izin-reklame")
    (owner,) = workflow_from_json(made.workflow).cosigners
    asked = {field["slug"] for step in made.schema["steps"] for field in step["fields"]}
    assert owner.only_if in asked
