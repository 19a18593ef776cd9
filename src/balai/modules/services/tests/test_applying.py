"""Apply, be returned, complete, get the result; through the pages, without script."""

import json
import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from balai.engines.cases.models import Case, Clock
from balai.engines.cases.queries.visible import public_cases
from balai.foundation.events.rules import SYSTEM
from balai.foundation.files.models import Attachment
from balai.foundation.files.processing import process_attachment
from balai.foundation.forms.actions import save_draft
from balai.foundation.forms.rules.schema import Field
from balai.foundation.identity.models import AccessRecord
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.places.tests.cities import SQUARES_SOUTH, SQUARES_WEST, STEP
from balai.foundation.units.models import Post
from balai.modules.services.actions.apply import DRAFT_LIVES, forget_drafts, submit_application
from balai.modules.services.actions.publish import publish_service
from balai.modules.services.actions.uploads import keep_upload
from balai.modules.services.models import Application, ApplicationDocument, Service
from balai.modules.services.queries.applications import papers_of
from balai.modules.services.tests.applicants import (
    APPLICANT,
    SIGNED,
    apply_for_card,
    begin,
    fill,
    revision_on,
    send,
    step_of,
)
from balai.modules.services.tests.conftest import MORNING, Hall
from balai.modules.services.views._draft import kept_files

pytestmark = pytest.mark.django_db


def test_before_anything_is_asked_it_says_what_it_takes(hall: Hall, english: Client) -> None:
    page = english.get(reverse("services:apply", args=["ktp-el"])).content.decode()
    assert "24 clock hours" in page or "24" in page
    assert hall.office.name in page
    assert "Free of charge" in page
    assert "Kartu Keluarga." in page
    assert not Application.objects.exists()
    assert english.get(reverse("services:apply", args=["kia"])).status_code == 404


def test_the_whole_way(hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any) -> None:
    case = apply_for_card(english, photo)
    assert (case.family, case.privacy, case.unit_id, case.channel) == ("application", "private", hall.office.pk, "web")
    assert case.due_at == MORNING + timedelta(hours=24)
    assert case.village is not None
    assert "Siti" not in case.title + case.text + case.public_text
    assert not public_cases().filter(pk=case.pk).exists()
    application = Application.objects.get(case=case)
    assert json.loads(application.answers)["nik"] == "3573014101900001"
    stored = Application.objects.extra(select={"raw": "answers"}).get(pk=application.pk).raw
    assert "3573014101900001" not in stored
    assert OutboxMessage.objects.get(template="application_received").resident_id == case.reporter_id
    own = english.get(reverse("services:own", args=[case.reference]))
    assert own.status_code == 200
    assert "Identity card" in own.content.decode() or "Electronic identity card" in own.content.decode()

    desk = signed_in(hall.officer)
    page = desk.get(reverse("services_desk:case", args=[case.reference])).content.decode()
    assert "Siti Aminah" in page
    assert AccessRecord.objects.filter(subject_id=case.pk, what="application").count() == 1
    document = ApplicationDocument.objects.get(application=application, slug="foto_kk")
    judged = desk.post(
        reverse("services_desk:judge", args=[case.reference, document.pk]), {"verdict": "refuse", "reason": "Buram"}
    )
    assert judged.status_code == 302
    step_of(desk, case, "return", reason="unreadable", text="Foto KK buram, mohon foto ulang.")
    assert case.state == "returned"
    assert Clock.objects.get(case=case, name="promise").paused_at is not None

    now.shift(timedelta(hours=3))
    own = english.get(reverse("services:own", args=[case.reference])).content.decode()
    assert "Foto KK buram" in own
    assert "Buram" in own
    refused = english.post(
        reverse("services:correct", args=[case.reference]),
        {"revision": revision_on(english.get(reverse("services:correct", args=[case.reference])))},
    )
    assert refused.status_code == 422
    assert "This document was refused" in refused.content.decode()
    address = reverse("services:correct_step", args=[case.reference, "berkas"])
    form = english.get(address)
    token = str(Attachment.objects.get(owner_kind="application").key)
    english.post(
        address,
        {"revision": revision_on(form), "foto_kk.kept": token, "foto_kk.drop": token, "foto_kk": photo("white")},
    )
    page = english.get(reverse("services:correct", args=[case.reference]))
    done = english.post(reverse("services:correct", args=[case.reference]), {"revision": revision_on(page)})
    assert done.status_code == 302
    case.refresh_from_db()
    assert case.state == "verify"
    assert Clock.objects.get(case=case, name="promise").paused_seconds == 3 * 3600
    document.refresh_from_db()
    assert (document.state, document.reason) == ("given", "")

    step_of(desk, case, "pass_decide")
    step_of(desk, case, "approve_issue", text="Disetujui.")
    step_of(desk, case, "pass_issued")
    assert (case.state, case.state_class, case.on_time) == ("issued", "done", True)
    assert OutboxMessage.objects.filter(template="application_issued").count() == 1


def test_a_correction_counts_when_it_is_sent(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    case = apply_for_card(english, photo)
    desk = signed_in(hall.officer)
    step_of(desk, case, "return", reason="unreadable", text="Nama tidak sama dengan KK.")
    address = reverse("services:correct_step", args=[case.reference, "pemohon"])
    kept = english.post(
        address, {"revision": revision_on(english.get(address)), **APPLICANT, "nama": "Siti Aminah Putri"}
    )
    assert kept.status_code == 302
    assert "Siti Aminah Putri" in english.get(reverse("services:correct", args=[case.reference])).content.decode()

    def read_by_the_officer() -> str:
        return desk.get(reverse("services_desk:case", args=[case.reference])).content.decode()

    assert "Siti Aminah Putri" not in read_by_the_officer()
    # the officer takes the return back: what was sent is what is decided on
    case.refresh_from_db()
    desk.post(reverse("services_desk:undo", args=[case.reference, case.seq]))
    case.refresh_from_db()
    assert case.state == "verify"
    assert "Siti Aminah Putri" not in read_by_the_officer()
    assert json.loads(Application.objects.get(case=case).answers)["nama"] == "Siti Aminah"
    # returned once more, the half-made correction is still there to be sent
    step_of(desk, case, "return", reason="unreadable", text="Nama tidak sama dengan KK.")
    page = english.get(reverse("services:correct", args=[case.reference]))
    assert "Siti Aminah Putri" in page.content.decode()
    assert "changed in the correction" not in read_by_the_officer()
    english.post(reverse("services:correct", args=[case.reference]), {"revision": revision_on(page)})
    case.refresh_from_db()
    assert case.state == "verify"
    read = read_by_the_officer()
    assert "Siti Aminah Putri" in read
    # what is new is marked, and nothing else
    assert read.count("changed in the correction") == 1
    application = Application.objects.get(case=case)
    assert (application.correction, application.corrected) == ("", ["nama"])


def test_words_to_the_officer_outlive_a_correction_that_was_not_whole(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    case = apply_for_card(english, photo)
    desk = signed_in(hall.officer)
    document = ApplicationDocument.objects.get(application__case=case, slug="foto_kk")
    desk.post(
        reverse("services_desk:judge", args=[case.reference, document.pk]), {"verdict": "refuse", "reason": "Buram"}
    )
    step_of(desk, case, "return", reason="unreadable", text="Foto KK buram.")
    whole = reverse("services:correct", args=[case.reference])
    given = {"revision": revision_on(english.get(whole)), "text": "KK baru sedang dicetak."}
    assert english.post(whole, given).status_code == 422
    assert "KK baru sedang dicetak." in english.get(whole).content.decode()
    stored = Application.objects.extra(select={"raw": "correction_words"}).get(case=case).raw
    assert "dicetak" not in stored


def test_other_agencies_and_other_people_see_nothing(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    case = apply_for_card(english, photo)
    file = Attachment.objects.get(owner_kind="application")
    assert process_attachment(attachment_id=file.pk) == "ready"
    document = ApplicationDocument.objects.get()
    for client in (Client(), signed_in(hall.outsider)):
        assert client.get(reverse("services_desk:case", args=[case.reference])).status_code in (302, 404)
        assert client.get(reverse("services:own", args=[case.reference])).status_code == 302
        assert client.get(reverse("files:photo", args=[file.key])).status_code == 404
        client.post(reverse("services_desk:judge", args=[case.reference, document.pk]), {"verdict": "accept"})
    document.refresh_from_db()
    assert document.state == "given"
    assert case.reference not in Client().get("/complaints/").content.decode()
    assert english.get(reverse("files:photo", args=[file.key])).status_code == 200


def test_a_step_says_what_is_wrong_and_keeps_everything(hall: Hall, english: Client, now: Any) -> None:
    code = begin(english, "ktp-el")
    wrong = fill(english, code, "pemohon", **APPLICANT | {"nik": "123"})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "This number has 16 digits." in page
    assert 'value="Siti Aminah"' in page
    assert 'value="123"' in page
    assert english.get(reverse("services:draft", args=[code]))["Location"].endswith("/step/pemohon/")
    # sending all the same is refused, with the way to each gap
    check = english.get(reverse("services:check", args=[code]))
    refused = english.post(reverse("services:check", args=[code]), {"revision": revision_on(check)})
    assert refused.status_code == 422
    assert reverse("services:step", args=[code, "pemohon"]) in refused.content.decode()
    assert not Case.objects.exists()


def test_questions_appear_without_script(hall: Hall, english: Client, now: Any) -> None:
    code = begin(english, "ktp-el")
    fill(english, code, "pemohon", **APPLICANT)
    page = fill(english, code, "permohonan", jenis="ubah", lahir="1990-01-01", kk="3573010101900001")
    assert page.status_code == 200
    assert 'name="perubahan"' in page.content.decode()


def test_two_tabs_notice_each_other(hall: Hall, english: Client, now: Any) -> None:
    code = begin(english, "ktp-el")
    address = reverse("services:step", args=[code, "pemohon"])
    first = revision_on(english.get(address))
    english.post(address, {"revision": first, **APPLICANT})
    second = english.post(address, {"revision": first, **APPLICANT, "nama": "Budi"})
    assert second.status_code == 409
    assert 'value="Budi"' in second.content.decode()
    assert json.loads(Application.objects.get().answers)["nama"] == "Siti Aminah"
    again = english.post(address, {"revision": revision_on(second), **APPLICANT, "nama": "Budi"})
    assert again.status_code == 302
    assert json.loads(Application.objects.get().answers)["nama"] == "Budi"


def test_sent_twice_is_one_application(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    case = apply_for_card(english, photo)
    application = Application.objects.get()
    again = submit_application(application_id=application.pk, expected_revision=0, at=MORNING)
    assert (again.case.pk, again.already, again.code) == (case.pk, True, "")
    assert Case.objects.count() == 1


def test_a_draft_is_opened_by_its_code_elsewhere_and_goes_away(
    hall: Hall, english: Client, photo: Any, now: Any
) -> None:
    code = begin(english, "ktp-el")
    fill(english, code, "pemohon", **APPLICANT)
    fill(english, code, "berkas", foto_kk=photo())
    elsewhere = Client()
    opened = elsewhere.post(reverse("services:resume"), {"code": f"{code[:4]}-{code[4:8].lower()} {code[8:]}"})
    assert opened["Location"] == reverse("services:draft", args=[code])
    assert elsewhere.post(reverse("services:resume"), {"code": "AAAA-BBBB-CCCC"}).status_code == 422
    assert forget_drafts(at=MORNING) == 0
    later = MORNING + DRAFT_LIVES + timedelta(minutes=1)
    assert forget_drafts(at=later) == 1
    assert not Application.objects.exists()
    assert not Attachment.objects.exists()


def test_several_photos_of_an_application_can_be_told_apart(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    code = begin(english, "ktp-el")
    fill(english, code, "pemohon", **APPLICANT)
    fill(english, code, "berkas", foto_kk=photo())
    application = Application.objects.get()
    papers = papers_of(application, at=MORNING)
    (first,) = papers.files
    with override("en"):
        assert [each.name for each in kept_files(papers).values()] == ["photo"]
    second = str(
        keep_upload(
            application=application, field=Field(slug="x", kind="file", label_id="X"), upload=photo(), at=MORNING
        ).key
    )
    papers = papers_of(application, at=MORNING, answers={"foto_kk": [second, first]})
    with override("en"):
        assert {token: each.name for token, each in kept_files(papers).items()} == {first: "Photo 2", second: "Photo 1"}


def test_a_wrong_kind_of_file_is_told_and_not_kept(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    code = begin(english, "ktp-el")
    bad = SimpleUploadedFile("virus.jpg", b"MZ" + b"\0" * 500, content_type="image/jpeg")
    response = fill(english, code, "berkas", foto_kk=bad)
    assert response.status_code == 422
    assert not Attachment.objects.exists()


def test_a_day_of_birth_that_is_not_the_niks_goes_on_when_confirmed_and_the_officer_reads_it(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    code = begin(english, "ktp-el")
    fill(english, code, "pemohon", **APPLICANT)
    born = {"jenis": "baru", "lahir": "1990-02-01", "kk": "3573010101900001"}
    page = fill(english, code, "permohonan", **born)
    assert page.status_code == 422
    assert "This day does not fit the NIK." in page.content.decode()
    said = re.search(r'name="lahir.sure" value="([^"]+)"', page.content.decode())
    assert said is not None
    assert fill(english, code, "permohonan", **born | {"lahir.sure": said[1]}).status_code == 302
    fill(english, code, "berkas", foto_kk=photo())
    signed = {"tanda_tangan.name": "Budi Santoso", "tanda_tangan.agreed": "on"}
    assert "another name than the applicant" in fill(english, code, "pernyataan", **signed).content.decode()
    fill(english, code, "pernyataan", **signed, **{"tanda_tangan.sure": "Budi Santoso / Siti Aminah"})
    case = send(english, code)
    desk = signed_in(hall.officer)
    page = desk.get(reverse("services_desk:case", args=[case.reference])).content.decode()
    assert page.count("Does not fit the NIK; confirmed by whoever filled it in.") == 1
    assert page.count("Another name than the applicant&#x27;s; confirmed by whoever filled it in.") == 1


def test_the_same_nik_twice_in_a_family_is_told(hall: Hall, english: Client, now: Any) -> None:
    code = begin(english, "kartu-keluarga")
    people = {"anggota.rows": "2"}
    for place, name in enumerate(("Ani", "Budi")):
        people |= {f"anggota.{place}.nama": name, f"anggota.{place}.nik": APPLICANT["nik"]}
        people |= {f"anggota.{place}.hubungan": "anak"}
    fill(english, code, "keluarga", sebab="nikah", **people)
    page = fill(english, code, "keluarga", sebab="nikah", **people)
    assert page.status_code == 422
    assert "Entries 1 and 2 have the same answer here." in page.content.decode()


def test_questions_of_an_older_version_stay_with_the_draft(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    code = begin(english, "ktp-el")
    service = Service.objects.select_related("form").get(slug="ktp-el")
    assert service.form is not None
    schema = service.form.draft
    schema["steps"][0]["fields"].append({"slug": "baru", "kind": "text", "label_id": "Pertanyaan baru"})
    save_draft(form_id=service.form.pk, schema=schema, expected_revision=0, at=MORNING)
    publish_service(service_id=service.pk, actor=SYSTEM, at=MORNING)
    fill(english, code, "pemohon", **APPLICANT)
    fill(english, code, "permohonan", jenis="baru", lahir="1990-01-01", kk="3573010101900001")
    fill(english, code, "berkas", foto_kk=photo())
    fill(english, code, "pernyataan", **SIGNED)
    assert send(english, code).kind_version == 1
    assert (
        'name="baru"'
        in english.get(reverse("services:step", args=[begin(english, "ktp-el"), "pemohon"])).content.decode()
    )


def test_two_officers_at_once_decide_once(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    case = apply_for_card(english, photo)
    desk = signed_in(hall.officer)
    seen = str(case.seq)
    address = reverse("services_desk:change", args=[case.reference, "pass_decide"])
    assert desk.post(address, {"seq": seen}).status_code == 302
    late = desk.post(
        reverse("services_desk:change", args=[case.reference, "return"]),
        {"seq": seen, "reason": "missing", "text": "x"},
    )
    assert late.status_code == 409
    case.refresh_from_db()
    assert case.state == "decide"


def test_checks_of_several_agencies_run_at_the_same_time(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    code = begin(english, "pbg")
    fill(english, code, "pemohon", **APPLICANT)
    fill(
        english,
        code,
        "bangunan",
        fungsi="usaha",
        luas_lantai="100",
        lantai="2",
        **{"lokasi.lat": str(SQUARES_SOUTH + STEP / 2), "lokasi.lon": str(SQUARES_WEST + STEP / 2)},
    )
    fill(english, code, "berkas", sertifikat=photo(), gambar=photo("white"))
    fill(english, code, "pernyataan", **SIGNED)
    check = english.get(reverse("services:check", args=[code])).content.decode()
    assert "3.000.000" in check or "3,000,000" in check
    case = send(english, code)
    # the licensing office handles it; the officer of the tests works there now
    Post.objects.filter(unit=hall.office, title__startswith="Petugas").update(unit=case.unit)
    desk = signed_in(hall.officer)
    step_of(desk, case, "pass_assess")
    parts = Case.objects.filter(parent=case)
    assert {part.unit.slug for part in parts} == {"dinas-pupr", "dinas-lingkungan-hidup"}
    # where it stands is the point that was set; the applicant's street would lead elsewhere
    assert (case.lat, case.place_words) == (pytest.approx(SQUARES_SOUTH + STEP / 2), "")
    shown = desk.get(reverse("services_desk:case", args=[case.reference])).content.decode()
    assert case.village.name in shown
    assert shown.count("waiting") >= 2
    assert all(part.privacy == "private" for part in parts)
    response = step_of(desk, case, "pass_pay")
    assert case.state == "assess"
    assert response.status_code == 409
    other = signed_in(hall.outsider)
    part = parts.get(unit__slug="dinas-pupr")
    page = other.get(reverse("services_desk:case", args=[part.reference]))
    assert "Siti Aminah" in page.content.decode()
    # the applicant reads of that look as well
    own = english.get(reverse("services:own", args=[case.reference])).content.decode()
    assert f"Petugas {part.unit.short_name}" in own


def test_one_address_does_not_fill_the_disk(
    hall: Hall, english: Client, photo: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("balai.modules.services.views._draft.FILES_AN_HOUR", 1)
    code = begin(english, "ktp-el")
    fill(english, code, "berkas", foto_kk=photo())
    refused = fill(english, code, "berkas", foto_kk=photo("white"))
    assert refused.status_code == 422
    assert "Too many files" in refused.content.decode()
    assert Attachment.objects.count() == 1


def test_the_applicant_reads_steps_by_their_names(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    case = apply_for_card(english, photo)
    step_of(signed_in(hall.officer), case, "pass_decide")
    page = english.get(reverse("services:own", args=[case.reference])).content.decode()
    assert "Step reached: Decision" in page
    assert "CaseStepped" not in page


def test_what_was_not_seen_is_not_accepted(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    case = apply_for_card(english, photo)
    desk = signed_in(hall.officer)
    document = ApplicationDocument.objects.get(application__case=case)
    judge = reverse("services_desk:judge", args=[case.reference, document.pk])
    old = ",".join(document.tokens)
    ApplicationDocument.objects.update(tokens=["another"])
    page = desk.post(judge, {"verdict": "accept", "seen": old}, follow=True).content.decode()
    assert "sent another file meanwhile" in page
    document.refresh_from_db()
    assert document.state == "given"
    assert 'name="seen" value="another"' in page
    desk.post(judge, {"verdict": "refuse", "reason": "Buram", "seen": "another"})
    # nobody grants on a document that was refused
    step_of(desk, case, "pass_decide")
    stopped = step_of(desk, case, "approve_issue", text="Disetujui.").content.decode()
    assert case.state == "decide"
    assert "Refused, and not sent anew: Family card" in stopped
    assert "checklist" not in stopped
    desk.post(judge, {"verdict": "accept", "seen": "another"})
    step_of(desk, case, "approve_issue", text="Disetujui.")
    assert case.state == "issue"


def test_no_other_desk_reads_an_application_unrecorded(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    case = apply_for_card(english, photo)
    desk = signed_in(hall.officer)
    assert desk.get(reverse("complaints_desk:case", args=[case.reference])).status_code == 404
    assert not AccessRecord.objects.filter(subject_id=case.pk).exists()
    assert desk.get(reverse("services_desk:case", args=[case.reference])).status_code == 200
    assert AccessRecord.objects.filter(subject_id=case.pk).exists()


def test_looks_of_one_officer_stand_together_by_day(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    case = apply_for_card(english, photo)
    page, desk = reverse("services_desk:case", args=[case.reference]), signed_in(hall.officer)
    file = Attachment.objects.get(owner_kind="application")
    process_attachment(attachment_id=file.pk)
    for _look in range(2):
        desk.get(page)
        now.shift(timedelta(hours=1, minutes=5))
    desk.get(reverse("files:photo", args=[file.key]))
    now.shift(timedelta(days=1))
    desk.get(page)
    assert AccessRecord.objects.filter(subject_id=case.pk).count() == 4
    text = english.get(reverse("services:own", args=[case.reference])).content.decode()
    looks = re.findall(r"<li><strong>(.*?)</li>", text.split('class="c-looks"')[1].split("</ul>")[0])
    assert len(looks) == 2
    assert "26 November 2026" in looks[0]
    assert "A file of your application, Your application" in looks[1]
    assert "25 November 2026: 3 times, last at 12.10" in looks[1].replace("12:10", "12.10")


def test_a_paper_that_may_stay_away_is_not_called_missing(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    code = begin(english, "sktm")
    fill(english, code, "pemohon", **APPLICANT)
    asked = {"untuk": "sekolah", "untuk_siapa": "Budi", "penghasilan": "1000000", "tanggungan": "2"}
    fill(english, code, "keperluan", **asked)
    fill(english, code, "berkas", kk=photo())
    fill(english, code, "pernyataan", **SIGNED)
    case = send(english, code)
    rows = ApplicationDocument.objects.filter(application__case=case)
    assert list(rows.values_list("slug", "state")) == [("kk", "given")]
