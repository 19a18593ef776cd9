"""Things that went wrong between two presses, two tabs or two people, and must not again."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.foundation.documents.actions import publish_template, retry_document, revoke_document, save_draft
from balai.foundation.documents.issuing import issue
from balai.foundation.documents.models import IssuedDocument
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.files.models import Attachment
from balai.foundation.forms.rules.evaluate import evaluate
from balai.foundation.forms.rules.schema import Field, FormSchema, Step, schema_problems
from balai.foundation.identity.models import Resident
from balai.foundation.units.rules import Authority, Grant
from balai.modules.services.actions import apply as applying
from balai.modules.services.actions import uploads
from balai.modules.services.actions.apply import DRAFT_LIVES, forget_drafts, save_answers
from balai.modules.services.actions.judge import judge_document
from balai.modules.services.actions.survey import take_answer
from balai.modules.services.models import (
    Application,
    ApplicationDocument,
    Service,
    SurveyAnswer,
    SurveyInvitation,
    SurveyTotal,
)
from balai.modules.services.queries.results import LONGEST_WORD, breakable, result_rows
from balai.modules.services.queries.survey import survey_table
from balai.modules.services.queries.visits import open_tasks
from balai.modules.services.rules.information_report import Request, yearly_report
from balai.modules.services.tests.applicants import APPLICANT, SIGNED, apply_for_card, begin, fill, revision_on
from balai.modules.services.tests.conftest import Hall
from balai.modules.services.tests.test_outcomes import MAY, do, finish

pytestmark = pytest.mark.django_db


def corrected(client: Client, case: Case, **changes: str) -> Any:
    address = reverse("services:correct_step", args=[case.reference, "pemohon"])
    client.post(address, {"revision": revision_on(client.get(address)), **APPLICANT, **changes})
    whole = reverse("services:correct", args=[case.reference])
    return client.post(whole, {"revision": revision_on(client.get(whole))})


def test_a_corrected_address_is_the_one_that_is_written_to(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    case = do(apply_for_card(english, photo), "return", hall, reason="unclear", text="Surel?")
    Resident.objects.filter(pk=case.reporter_id).update(verified_by="email", verified_at=clock.now())
    done = corrected(english, case, surel="siti.baru@contoh.example", **{"alamat.village": "35.73.02.1001"})
    assert done.status_code == 302
    case.refresh_from_db()
    assert case.reporter is not None
    assert (case.reporter.email, case.reporter.verified_by) == ("siti.baru@contoh.example", "")
    assert case.village is not None
    assert case.village.code == "35.73.02.1001"


def test_a_correction_names_a_village_that_there_is(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    case = do(apply_for_card(english, photo), "return", hall, reason="unclear", text="Alamat?")
    application = Application.objects.get()
    answers = json.loads(application.answers)
    answers["alamat"]["village"] = "99.99.99.9999"
    save_answers(application_id=application.pk, answers=answers, expected_revision=application.revision, at=clock.now())
    whole = reverse("services:correct", args=[case.reference])
    assert english.post(whole, {"revision": revision_on(english.get(whole))}).status_code == 422


def filled(client: Client, photo: Any) -> str:
    code = begin(client, "ktp-el")
    fill(client, code, "pemohon", **{**APPLICANT, "surel": ""})
    fill(client, code, "permohonan", jenis="baru", lahir="1990-01-01", kk="3573010101900001")
    fill(client, code, "berkas", foto_kk=photo())
    fill(client, code, "pernyataan", **SIGNED)
    return code


def test_the_second_of_two_presses_brings_number_and_code(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    """The browser throws the answer to the first press away, and no mail brings the code."""
    code = filled(english, photo)
    address = reverse("services:check", args=[code])
    given = {"revision": revision_on(english.get(address))}
    english.post(address, given)
    for name in ("balai_receipt", "balai_receipt_again"):
        english.cookies.pop(name, None)
    second = english.post(address, given, follow=True)
    assert second.status_code == 200
    case = Case.objects.get()
    page = second.content.decode()
    assert case.reference in page
    assert english.get(reverse("services:own", args=[case.reference])).status_code == 200
    # later the code of a draft opens nothing any more
    english.cookies.clear()
    now.shift(timedelta(minutes=11))
    assert Client().post(address, given).status_code == 404


def test_the_receipt_of_another_application_is_not_this_one(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    first = filled(english, photo)
    address = reverse("services:check", args=[first])
    english.post(address, {"revision": revision_on(english.get(address))})
    kept = {
        name: english.cookies[name].value
        for name in ("balai_receipt", "balai_receipt_again")
        if name in english.cookies
    }
    second = filled(english, photo)
    address = reverse("services:check", args=[second])
    given = {"revision": revision_on(english.get(address))}
    english.post(address, given)
    # the answer to the first press got lost: the browser still has the receipt of before
    for name, value in kept.items():
        english.cookies[name] = value
    page = english.post(address, given, follow=True).content.decode()
    older, newer = Case.objects.order_by("pk").values_list("reference", flat=True)
    assert newer in page
    assert older not in page


def test_a_correction_that_is_refused_meanwhile_says_so(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    case = do(apply_for_card(english, photo), "return", hall, reason="unclear", text="Nama?")
    whole = reverse("services:correct", args=[case.reference])
    given = {"revision": revision_on(english.get(whole))}
    do(case, "refuse", hall, reason="not_completed", text="Tidak dilengkapi.", basis="Perwal 1/2026")
    assert english.post(whole, given).status_code == 302
    application = Application.objects.get()
    with pytest.raises(applying.DraftMovedOn):
        applying.send_correction(application_id=application.pk, expected_revision=application.revision, at=clock.now())


def test_a_correction_to_a_place_outside_reaches_the_matter(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    case = do(apply_for_card(english, photo), "return", hall, reason="unclear", text="Alamat?")
    changes = {"alamat.words": "Jl. Jauh 1", "alamat.village": "outside"}
    assert corrected(english, case, **changes).status_code == 302
    case.refresh_from_db()
    assert (case.village_id, case.place_words) == (None, "Jl. Jauh 1")


def test_a_press_that_waits_for_the_other_sees_it(
    hall: Hall, english: Client, photo: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled(english, photo)
    application = Application.objects.get()
    real, pressed = applying.transaction.atomic, []

    def atomic(*args: Any, **kwargs: Any) -> Any:
        if not pressed:
            pressed.append(True)
            # the first press commits between our page and our lock
            applying.submit_application(
                application_id=application.pk, expected_revision=application.revision, at=clock.now()
            )
        return real(*args, **kwargs)

    monkeypatch.setattr(applying.transaction, "atomic", atomic)
    opened = applying.submit_application(
        application_id=application.pk, expected_revision=application.revision, at=clock.now()
    )
    assert opened.already
    assert Case.objects.count() == 1


def test_files_that_were_dropped_make_room_and_do_not_go_along(
    hall: Hall, english: Client, photo: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MOST_FILES", 3)
    code = begin(english, "ktp-el")
    address = reverse("services:step", args=[code, "berkas"])
    for number in range(5):
        now.shift(timedelta(minutes=11))
        kept = [str(key) for key in Attachment.objects.order_by("pk").values_list("key", flat=True)][-1:]
        given = {"foto_kk.kept": kept, "foto_kk.drop": kept} if kept else {}
        answer = english.post(address, {"revision": revision_on(english.get(address)), "foto_kk": photo(), **given})
        assert answer.status_code == 302, number
    fill(english, code, "pemohon", **APPLICANT)
    fill(english, code, "permohonan", jenis="baru", lahir="1990-01-01", kk="3573010101900001")
    fill(english, code, "pernyataan", **SIGNED)
    whole = reverse("services:check", args=[code])
    english.post(whole, {"revision": revision_on(english.get(whole))})
    (named,) = json.loads(Application.objects.get().answers)["foto_kk"]
    assert [str(key) for key in Attachment.objects.values_list("key", flat=True)] == [named]


def test_a_draft_that_goes_on_at_the_last_moment_keeps_its_files(
    hall: Hall, english: Client, photo: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = begin(english, "ktp-el")
    fill(english, code, "berkas", foto_kk=photo())
    now.shift(DRAFT_LIVES + timedelta(minutes=1))
    application = Application.objects.get()
    real = applying.transaction.atomic

    def atomic(*args: Any, **kwargs: Any) -> Any:
        Application.objects.filter(pk=application.pk).update(expires_at=clock.now() + DRAFT_LIVES)
        return real(*args, **kwargs)

    monkeypatch.setattr(applying.transaction, "atomic", atomic)
    assert forget_drafts(at=clock.now()) == 0
    assert (Application.objects.count(), Attachment.objects.count()) == (1, 1)


def test_what_is_asked_no_more_keeps_nobody_from_deciding(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    case = apply_for_card(english, photo)
    ApplicationDocument.objects.create(
        application=Application.objects.get(),
        slug="tidak_ditanya",
        label_id="Lama",
        label_en="Old",
        tokens=["a"],
        state="refused",
        reason="Buram",
    )
    case = do(case, "return", hall, reason="unclear", text="?")
    assert corrected(english, case).status_code == 302
    case = do(case, "pass_decide", hall)
    assert open_tasks(case) == 0


def test_a_document_is_judged_under_the_lock_of_its_matter(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    apply_for_card(english, photo)
    document = ApplicationDocument.objects.get()
    grant = Grant(post_id=1, post_title="Petugas", level="handler", permissions=MAY, unit_ids=None)
    with CaptureQueriesContext(connection) as queries:
        judge_document(
            document_id=document.pk,
            accept=True,
            actor=Actor("staff", hall.officer.pk, 1),
            authority=Authority(user_id=hall.officer.pk, grants=(grant,)),
            at=clock.now(),
        )
    read = [query["sql"] for query in queries if query["sql"].startswith("SELECT")]
    matter = next(place for place, sql in enumerate(read) if 'FROM "cases_case"' in sql)
    paper = next(place for place, sql in enumerate(read) if 'FROM "services_applicationdocument"' in sql and place)
    assert matter < paper


def test_answers_of_a_survey_lead_back_to_nobody(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    for value in (4, 1, 3, 2):
        invitation = SurveyInvitation.objects.get(case=finish(english, hall, photo))
        now.shift(timedelta(hours=1))
        answers = {f"U{number}": value for number in range(1, 10)}
        take_answer(invitation_id=invitation.pk, answers=answers, channel="web", at=clock.now())
    assert {field.name for field in SurveyInvitation._meta.fields} == {
        "id", "case", "service", "unit", "token_hash", "invited_at", "answered",
    }  # fmt: skip
    keys = list(SurveyAnswer.objects.order_by("u1").values_list("pk", flat=True))
    assert len({*keys}) == 4
    assert min(keys) > 10_000
    assert SurveyInvitation.objects.filter(answered=True).count() == 4


def test_two_services_of_one_name_are_two_lines(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    invitation = SurveyInvitation.objects.get(case=finish(english, hall, photo))
    answers = {f"U{number}": 4 for number in range(1, 10)}
    take_answer(invitation_id=invitation.pk, answers=answers, channel="web", at=clock.now())
    other = Service.objects.exclude(slug="ktp-el").select_related("record").first()
    assert other is not None
    other.record.name_id = Service.objects.get(slug="ktp-el").record.name_id
    other.record.save()
    total = SurveyTotal.objects.get()
    SurveyTotal.objects.create(
        service=other,
        unit=total.unit,
        quarter=total.quarter,
        channel="web",
        answers=1,
        elements={f"U{number}": [1, 1] for number in range(1, 10)},
    )
    rows = survey_table().services
    assert [(row.answers, row.index.converted) for row in rows if row.index] == [(1, 100), (1, 25)]


def test_what_was_withdrawn_was_answered_by_nobody() -> None:
    report = yearly_report([Request(state="withdrawn", on_time=True), Request(state="issued", on_time=True)])
    assert (report.received, report.withdrawn, report.in_term) == (2, 1, 1)


def test_ways_to_reach_a_person_stay_off_the_paper_inside_groups_too() -> None:
    inner = (
        Field(slug="anak", kind="text", label_id="Nama anak"),
        Field(slug="hp", kind="phone", label_id="HP"),
        Field(slug="surel", kind="text", label_id="Catatan"),
    )
    group = Field(slug="keluarga", kind="group", label_id="Anggota", fields=inner)
    # a top-level question with the name of an inner one hides only itself
    schema = FormSchema(
        steps=(Step(slug="s", label_id="S", fields=(group, Field(slug="surel", kind="email", label_id="Surel"))),)
    )
    row = {"anak": "Budi", "hp": "081234567890", "surel": "kembar"}
    answers = {"keluarga": [row], "surel": "a@contoh.example"}

    class Paper:
        form = type("Form", (), {"schema": schema})
        evaluation = evaluate(schema=schema, answers=answers, today=date(2026, 11, 25))

    assert [row["value"] for row in result_rows(Paper)] == ["Budi", "kembar"]  # type: ignore[arg-type]


def test_a_file_is_asked_for_beside_a_group() -> None:
    group = Field(slug="anak", kind="group", label_id="Anak", fields=(Field(slug="akta", kind="file", label_id="A"),))
    schema = FormSchema(steps=(Step(slug="s", label_id="S", fields=(group,)),))
    assert ("anak.akta", "file_in_group") in {(problem.path, problem.code) for problem in schema_problems(schema)}


def test_long_words_end_somewhere_on_the_paper() -> None:
    assert breakable("Jl. Ijen 1") == "Jl. Ijen 1"
    broken = breakable("x" * 300)
    assert broken.replace("\u200b", "") == "x" * 300
    assert max(map(len, broken.split("\u200b"))) == LONGEST_WORD


@pytest.mark.usefixtures("now", "signer")
def test_a_result_that_was_revoked_is_made_anew_under_a_new_number(
    hall: Hall, english: Client, photo: Any, signed_in: Callable[[Any], Client]
) -> None:
    case = finish(english, hall, photo)
    first = IssuedDocument.objects.get()
    issue(document_id=first.pk, at=clock.now())
    desk = signed_in(hall.officer)
    address = reverse("services_desk:remake", args=[case.reference])
    desk.post(address)
    assert IssuedDocument.objects.count() == 1
    revoke_document(document_id=first.pk, reason="Nama keliru", actor=SYSTEM, at=clock.now())
    assert address in desk.get(reverse("services_desk:case", args=[case.reference])).content.decode()
    assert desk.post(address).status_code == 302
    second = IssuedDocument.objects.latest("pk")
    assert (second.number, second.state) == ("0002/KTP-EL/XI/2026", "pending")
    desk.post(address)
    assert IssuedDocument.objects.count() == 2
    assert signed_in(hall.outsider).post(address).status_code in (403, 404)


def test_a_failed_result_is_tried_with_the_mended_template(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    finish(english, hall, photo)
    document = IssuedDocument.objects.get()
    template = document.template_version.template
    IssuedDocument.objects.filter(pk=document.pk).update(state="failed", problem="template")
    kept = save_draft(
        slug=template.slug, source=template.draft + "\n", expected_revision=template.revision, at=clock.now()
    )
    fresh = publish_template(slug=template.slug, expected_revision=kept.revision, actor=SYSTEM, at=clock.now())
    retry_document(document_id=document.pk, actor=SYSTEM, at=clock.now())
    document.refresh_from_db()
    assert (document.state, document.template_version_id) == ("pending", fresh.pk)
