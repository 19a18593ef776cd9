"""What the pages of an application say: the right words, the way on, and nothing that leads nowhere."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from balai.engines.cases.models import Case
from balai.foundation.files.models import Attachment
from balai.foundation.files.processing import process_attachment
from balai.foundation.identity.models import Role
from balai.foundation.units.models import Holding, Post
from balai.modules.services.models import Application, ApplicationDocument
from balai.modules.services.tests.applicants import APPLICANT, SIGNED, apply_for_card, begin, fill, revision_on, step_of
from balai.modules.services.tests.conftest import Hall

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class People:
    """Both sides of an application, with the means to make photos."""

    applicant: Client
    officer: Client
    photo: Callable[..., Any]


@pytest.fixture
def people(hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any) -> People:
    """An applicant and an officer, on a Wednesday morning."""
    return People(english, signed_in(hall.officer), photo)


def test_the_check_leads_to_every_step_and_back(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    code = begin(english, "ktp-el")
    fill(english, code, "pemohon", **APPLICANT)
    fill(english, code, "permohonan", jenis="baru", lahir="1990-01-01", kk="3573010101900001")
    fill(english, code, "berkas", foto_kk=photo())
    fill(english, code, "pernyataan", **SIGNED)
    check = reverse("services:check", args=[code])
    page = english.get(check).content.decode()
    for step in ("pemohon", "permohonan", "berkas", "pernyataan"):
        address = f"{reverse('services:step', args=[code, step])}?check=1"
        assert f'href="{address}"' in page
        assert english.get(address).status_code == 200
    # nothing on the page leads back to the page itself
    assert f'href="{reverse("services:draft", args=[code])}"' not in page
    address = f"{reverse('services:step', args=[code, 'pemohon'])}?check=1"
    form = english.get(address)
    assert f'action="{address}"' in form.content.decode()
    changed = english.post(address, {"revision": revision_on(form), **APPLICANT, "nama": "Siti Aminah Putri"})
    assert changed["Location"] == check
    assert "Siti Aminah Putri" in english.get(check).content.decode()


def test_the_check_leads_to_steps_that_say_nothing_yet(hall: Hall, english: Client, now: Any) -> None:
    code = begin(english, "kartu-keluarga")
    fill(english, code, "pemohon", **APPLICANT)
    page = english.get(reverse("services:check", args=[code])).content.decode()
    assert f"{reverse('services:step', args=[code, 'berkas'])}?check=1" in page
    assert "Nothing filled in." in page


@pytest.mark.parametrize("language", ["id", "en"])
def test_an_application_is_never_called_a_report(hall: Hall, people: People, language: str) -> None:
    english, desk = people.applicant, people.officer
    case = apply_for_card(english, people.photo)
    step_of(desk, case, "return", reason="unreadable", text="Foto buram.")
    english.post(
        reverse("services:own_change", args=[case.reference, "add"]), {"seq": str(case.seq), "text": "Sebentar ya."}
    )
    english.post(reverse("services:own_change", args=[case.reference, "withdraw"]), {"seq": str(case.seq + 1)})
    case.refresh_from_db()
    assert case.state == "withdrawn"
    for browser in (english, desk):
        browser.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    desk_page = reverse("services_desk:case", args=[case.reference])
    pages = {
        name: page.content.decode()
        for name, page in {
            "sent": english.get(reverse("services:sent")),
            "own": english.get(reverse("services:own", args=[case.reference])),
            "desk": desk.get(desk_page),
            "contact": desk.post(reverse("services_desk:contact", args=[case.reference]), {"reason": "Menelepon"}),
            "inbox": desk.get(reverse("services_desk:inbox"), {"q": "tidak ada"}),
            "undo": desk.get(reverse("services_desk:undo", args=[case.reference, 3])),
        }.items()
    }
    assert {name for name, page in pages.items() if "<main" not in page} == set()
    words = r"\b(laporan|pelapor|pendukung)" if language == "id" else r"\b(reports?|reporter|supporters)\b"
    mains = {name: page.split("<main", 1)[1].split("</main>", 1)[0] for name, page in pages.items()}
    assert {name: re.findall(words, main, re.IGNORECASE) for name, main in mains.items()} == {
        name: [] for name in mains
    }
    assert ("Dicabut oleh pemohon" if language == "id" else "Withdrawn by the applicant") in mains["desk"]


def _refuse(people: People, case: Case) -> None:
    document = ApplicationDocument.objects.get(application__case=case)
    judge = reverse("services_desk:judge", args=[case.reference, document.pk])
    people.officer.post(judge, {"verdict": "refuse", "reason": "Buram"})


def test_a_refused_document_leads_the_officer_to_the_return(people: People) -> None:
    case = apply_for_card(people.applicant, people.photo)
    address = reverse("services_desk:case", args=[case.reference])
    put_forward = re.compile(r'<summary class="b-button" [^>]*>([^<]+)<')
    before = people.officer.get(address).content.decode()
    assert "Return to be completed" not in put_forward.findall(before)
    assert "Refused: Family card" not in before
    _refuse(people, case)
    after = people.officer.get(address).content.decode()
    assert put_forward.findall(after) == ["Return to be completed"]
    assert "Refused: Family card" in after
    # once it lies with the applicant there is nothing to return
    step_of(people.officer, case, "return", reason="unreadable", text="Foto KK buram.")
    assert "Refused: Family card" not in people.officer.get(address).content.decode()


def test_the_applicant_hears_of_a_refused_document_and_then_sends_another(people: People) -> None:
    case = apply_for_card(people.applicant, people.photo)
    own, correct = (reverse(f"services:{name}", args=[case.reference]) for name in ("own", "correct"))
    berkas = reverse("services:correct_step", args=[case.reference, "berkas"])
    _refuse(people, case)
    page = people.applicant.get(own).content.decode()
    assert "The officer will return the application to you." in page
    assert berkas not in page
    step_of(people.officer, case, "return", reason="unreadable", text="Foto KK buram, mohon foto ulang.")
    page = people.applicant.get(own).content.decode()
    assert "The officer will return the application to you." not in page
    assert f'href="{berkas}"' in page
    assert f'href="{correct}"' in page
    # the reason that was chosen, and the officer's own words, stand where they are followed
    page = people.applicant.get(correct).content.decode()
    assert "A document cannot be read" in page
    assert "Foto KK buram, mohon foto ulang." in page
    assert f'href="{berkas}"' in page
    assert "not sent yet" not in page


def test_a_correction_that_is_kept_says_that_it_was_not_sent(people: People) -> None:
    case = apply_for_card(people.applicant, people.photo)
    _refuse(people, case)
    step_of(people.officer, case, "return", reason="unreadable", text="Foto KK buram.")
    own, correct = (reverse(f"services:{name}", args=[case.reference]) for name in ("own", "correct"))
    berkas = reverse("services:correct_step", args=[case.reference, "berkas"])
    token = ApplicationDocument.objects.get(application__case=case).tokens[0]
    form = people.applicant.get(berkas)
    people.applicant.post(
        berkas,
        {"revision": revision_on(form), "foto_kk.kept": token, "foto_kk.drop": token, "foto_kk": people.photo("white")},
    )
    for address in (own, correct):
        page = people.applicant.get(address).content.decode()
        assert "Your correction is kept, but not sent yet" in page
        assert "Another file lies ready." in page
    page = people.applicant.get(correct)
    people.applicant.post(correct, {"revision": revision_on(page)})
    case.refresh_from_db()
    assert case.state == "verify"
    page = people.applicant.get(own).content.decode()
    assert "not sent yet" not in page


def test_an_unpaid_bill_is_what_an_application_waits_for(people: People) -> None:
    case = apply_for_card(people.applicant, people.photo)
    # the steps of this service ask for no fee; the page reads only which kind of step it is
    application = Application.objects.select_related("version").get(case=case)
    workflow = application.version.workflow
    for step in workflow["steps"]:
        step["kind"] = "pay" if step["slug"] == "decide" else step["kind"]
    application.version.save(update_fields=["workflow"])
    Case.objects.filter(pk=case.pk).update(state="decide", state_class="waiting_reporter")
    page = people.applicant.get(reverse("services:own", args=[case.reference])).content.decode()
    assert "Waiting for payment" in page
    assert "Waiting for your payment." in page
    assert "Waiting for you<" not in page


def test_the_way_back_stands_where_people_look_for_it(people: People) -> None:
    apply_for_card(people.applicant, people.photo)
    for page in (
        people.applicant.get(reverse("services:list")).content.decode(),
        people.applicant.get(reverse("services:sent")).content.decode(),
    ):
        address = re.search(r'href="([^"]+)">(?:Open your application )?with (?:its )?number and code', page)
        assert address is not None
        assert Client().get(address[1].replace("&amp;", "&")).status_code == 200


def test_a_line_of_the_desk_bears_number_and_service_once(people: People) -> None:
    case = apply_for_card(people.applicant, people.photo)
    page = people.officer.get(reverse("services_desk:inbox")).content.decode()
    line = page.split("data-balai-row>", 1)[1].split("</li>", 1)[0]
    title = re.search(r'class="b-row__title"[^>]*>([^<]+)<', line)
    assert title is not None
    reference, service = title[1].split(" · ")
    assert reference == case.reference
    assert line.count(service) == 1
    assert case.village is not None
    assert case.village.name in line
    # the name is kept encrypted, and a look at a list is not recorded
    assert "Siti" not in line


@pytest.mark.parametrize("shape", ["{0}", "{1}", "{2}", "{3}"])
def test_a_number_is_found_however_it_is_typed(people: People, shape: str) -> None:
    case = apply_for_card(people.applicant, people.photo)
    apply_for_card(people.applicant, people.photo)
    plain = case.reference.replace("-", "")
    # as it is written, without hyphens, in small letters, and as people read it out: without the year
    typed = shape.format(case.reference, plain, plain.lower(), plain[2:].lower())
    page = people.officer.get(reverse("services_desk:inbox"), {"q": typed}).content.decode()
    assert re.findall(r'name="selected" value="([^"]+)"', page) == [case.reference]


def test_loading_a_change_anew_shows_the_application(people: People) -> None:
    case = apply_for_card(people.applicant, people.photo)
    response = people.officer.get(reverse("services_desk:change", args=[case.reference, "pass_decide"]))
    assert response["Location"] == reverse("services_desk:case", args=[case.reference])
    case.refresh_from_db()
    assert case.state == "verify"


@pytest.mark.parametrize("name", ["service", "apply"])
def test_words_that_exist_in_indonesian_only_say_so(people: People, name: str) -> None:
    address = reverse(f"services:{name}", args=["ktp-el"])
    page = people.applicant.get(address).content.decode()
    assert page.count("published in Indonesian only") == 1
    # a screen reader speaks them as what they are
    assert re.search(r'<ul lang="id"><li>Sudah berusia 17 tahun', page)
    indonesian = Client().get(address).content.decode()
    assert "hanya terbit dalam bahasa Indonesia" not in indonesian


def test_what_a_hint_says_is_a_rule(people: People) -> None:
    english = people.applicant
    code = begin(english, "sktm")
    fill(english, code, "pemohon", **APPLICANT)
    page = fill(english, code, "keperluan", tanggungan="2,5")
    assert "Please write a whole number" in page.content.decode()
    code = begin(english, "akta-kelahiran")
    page = fill(english, code, "anak", nama_anak="Budi").content.decode()
    assert "at least 2 word(s)" in page
    page = fill(english, code, "anak", nama_anak="Budi Santoso").content.decode()
    assert "at least 2 word(s)" not in page
    # a letter at least: a name of pictures would be signed as an empty one
    code = begin(english, "ktp-el")
    page = fill(english, code, "pemohon", **APPLICANT | {"nama": "\N{GRINNING FACE}" * 3})
    assert page.status_code == 422
    assert "Please write it in letters" in page.content.decode()


def test_nobody_is_told_to_leave_out_what_is_needed(people: People) -> None:
    code = begin(people.applicant, "ktp-el")
    address = reverse("services:step", args=[code, "berkas"])
    page = people.applicant.get(address).content.decode()
    # said before anything is chosen, and read out with the question
    assert "A photo (JPEG, PNG, WebP, HEIC) or a PDF, at most 10 MB." in page
    assert 'aria-describedby="id_foto_kk_hint"' in page
    empty = SimpleUploadedFile("kk.jpg", b"not a photo at all", content_type="image/jpeg")
    wrong = fill(people.applicant, code, "berkas", foto_kk=empty)
    assert wrong.status_code == 422
    assert "neither a photo nor a PDF" in wrong.content.decode()
    assert "send without" not in wrong.content.decode()
    # where it may stay away, that is the simplest advice
    code = begin(people.applicant, "kartu-keluarga")
    empty.seek(0)
    optional = fill(people.applicant, code, "berkas", kk=empty).content.decode()
    assert "or send without it" in optional


def test_whoever_looks_on_reads_whose_step_it_is_and_no_whole_numbers(hall: Hall, people: People) -> None:
    case = apply_for_card(people.applicant, people.photo)
    address = reverse("services_desk:case", args=[case.reference])
    assert "3573014101900001" in people.officer.get(address).content.decode()
    paper = Attachment.objects.get(owner_kind="application")
    process_attachment(attachment_id=paper.pk)
    file = reverse("files:photo", args=[paper.key])
    assert people.officer.get(file).status_code == 200
    role = Role.objects.get(slug="services-all")
    post = Post.objects.create(unit=case.unit, title="Kepala Seksi Contoh", level="head")
    post.roles.add(role)
    looking_on = Role.objects.create(slug="look", name_id="Melihat", name_en="Looking on", permissions=["cases.desk"])
    Post.objects.get(pk=Holding.objects.get(user=hall.officer).post_id).roles.set([looking_on])
    page = people.officer.get(address).content.decode()
    assert "That is for Kepala Seksi Contoh." in page
    assert "Kirim" not in page.split('id="next-title"')[1].split("</section>")[0]
    assert "3573014101900001" not in page
    assert "0001" in page
    assert APPLICANT["surel"] not in page
    # neither by the address of a paper
    assert people.officer.get(file).status_code == 404
    assert people.applicant.get(file).status_code == 200
