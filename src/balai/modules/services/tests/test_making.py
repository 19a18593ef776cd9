"""Staff make a new service from nothing to published and open, through the pages, and somebody applies for it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db.models import F
from django.test import Client
from django.urls import reverse

from balai.engines.cases.models import Case
from balai.engines.catalogs import rules as catalog_rules
from balai.engines.catalogs.models import RecordVersion
from balai.foundation.identity.models import Role
from balai.modules.services.actions import publish as publishing
from balai.modules.services.forms import RightsForm, StepForm, initial_rights, initial_steps, workflow_from
from balai.modules.services.models import Service
from balai.modules.services.rules import workflow as workflow_rules
from balai.modules.services.rules.workflow import Workflow, workflow_from_json
from balai.modules.services.tests.applicants import APPLICANT, SIGNED, begin, fill, send
from balai.modules.services.tests.conftest import Hall
from balai.modules.services.words import CONTENT_WORDS, PROBLEM_WORDS

pytestmark = pytest.mark.django_db
TEXTS = (
    "product", "complaints", "competence", "supervision", "staff", "assurance", "safety", "evaluation",
)  # fmt: skip
LISTS = ("requirements", "procedure", "basis", "facilities")
WHOLE = {
    **{name: f"Isi {name}" for name in TEXTS},
    **dict.fromkeys(LISTS, "Satu\nDua"),
    "summary": "Meminjam gerobak sampah untuk kerja bakti.",
    "time_amount": "2",
    "time_unit": "working_days",
    "fee_free": "on",
}


@pytest.fixture
def staff(hall: Hall, signed_in: Callable[[Any], Client]) -> Client:
    role = Role.objects.get(slug="services-all")
    role.permissions = [*role.permissions, "catalogs.publish", "catalogs.edit", "forms.edit"]
    role.save()
    return signed_in(hall.officer)


def revision(page: Any) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page.content.decode())
    assert found is not None
    return found[1]


def advance(staff: Client, slug: str, do: str, **given: Any) -> RecordVersion:
    page = staff.get(reverse("services_desk:standard", args=[slug]))
    response = staff.post(
        reverse("services_desk:advance", args=[slug]), {"revision": revision(page), "do": do, **given}
    )
    assert response.status_code in (302, 422)
    return RecordVersion.objects.filter(record__slug=slug).latest("number")


def new_service(staff: Client, hall: Hall) -> str:
    begun = staff.post(
        reverse("services_desk:services"),
        {"name_id": "Peminjaman Gerobak", "group_id": "Lingkungan", "unit": hall.office.pk},
    )
    assert begun.status_code == 302, begun.content.decode()[:2000]
    return "peminjaman-gerobak"


def write(browser: Client, slug: str, given: dict[str, Any]) -> Any:
    address = reverse("services_desk:standard", args=[slug])
    return browser.post(address, {"revision": revision(browser.get(address)), **given})


def press_publish(staff: Client, slug: str) -> str:
    """Press the button that opens a service, and return the page that answers."""
    seen = Service.objects.get(slug=slug).revision
    answer = staff.post(reverse("services_desk:publish", args=[slug]), {"revision": seen}, follow=True)
    return str(answer.content.decode())


def rights_on(workflow: Workflow) -> RightsForm:
    """Return the part of the page about extension, objection and silence as it is shown."""
    shown = {name: "" if value is None else str(value) for name, value in initial_rights(workflow).items()}
    form = RightsForm(shown)
    assert form.is_valid(), form.errors
    return form


def step_rows(staff: Client, slug: str, rows: list[dict[str, str]], **rights: str) -> Any:
    address = reverse("services_desk:steps", args=[slug])
    page = staff.get(address)
    shown = rights_on(workflow_from_json(Service.objects.get(slug=slug).workflow)).data
    data = {"steps-TOTAL_FORMS": str(len(rows)), "steps-INITIAL_FORMS": "3", "revision": revision(page)}
    data |= {f"rights-{name}": value for name, value in {**shown, **rights}.items()}
    for number, row in enumerate(rows):
        data |= {f"steps-{number}-{name}": value for name, value in row.items()}
    return staff.post(address, data)


def test_from_nothing_to_an_application(hall: Hall, staff: Client, english: Client, now: Any) -> None:
    slug = new_service(staff, hall)
    page = staff.get(reverse("services_desk:standard", args=[slug])).content.decode()
    assert "0 of 14 components" in page
    assert write(staff, slug, {**WHOLE, "fee_free": "", "fee_lines": "mahal"}).status_code == 422
    assert write(staff, slug, WHOLE).status_code == 302
    assert "14 of 14 components" in staff.get(reverse("services_desk:standard", args=[slug])).content.decode()
    # no decree before the public was heard
    assert advance(staff, slug, "decree", number="188/1/2026", day="2026-11-25").state == "draft"
    advance(staff, slug, "minutes", held_on="2026-11-24", place="Balai RW", participants="23", points="Setuju.")
    assert advance(staff, slug, "decree", number="188/1/2026", day="2026-11-25").state == "decreed"
    assert advance(staff, slug, "publish").state == "published"
    assert english.get(reverse("services:service", args=[slug])).status_code == 200
    assert english.get(reverse("services:apply", args=[slug])).status_code == 404
    staff.get(reverse("services_desk:steps", args=[slug]))
    assert staff.get(reverse("forms:design", args=[f"svc-{slug}"])).status_code == 200
    assert "people apply under version 1" in press_publish(staff, slug)
    code = begin(english, slug)
    fill(english, code, "pemohon", **APPLICANT)
    fill(english, code, "pernyataan", **SIGNED)
    case = send(english, code)
    assert case.kind == f"svc-{slug}"
    assert case.unit_id == hall.office.pk
    assert case.due_at is not None
    assert advance(staff, slug, "next").number == 2


def test_a_day_that_is_still_to_come_is_refused_and_nothing_typed_is_lost(hall: Hall, staff: Client, now: Any) -> None:
    slug = new_service(staff, hall)
    write(staff, slug, WHOLE)
    address = reverse("services_desk:standard", args=[slug])
    minutes = {"held_on": "2026-11-26", "place": "Balai RW", "participants": "23", "points": "Setuju semua."}
    given = {"revision": revision(staff.get(address)), "do": "minutes", **minutes}
    page = staff.post(reverse("services_desk:advance", args=[slug]), given)
    assert page.status_code == 422
    assert "This day is still to come." in page.content.decode()
    assert "Setuju semua." in page.content.decode()
    assert not RecordVersion.objects.get(record__slug=slug).minutes
    advance(staff, slug, "minutes", **{**minutes, "held_on": "2026-11-25"})
    assert advance(staff, slug, "decree", number="188/1/2026", day="2031-01-01").state == "draft"
    # what has to be filled in is not called optional
    form = staff.get(address).content.decode()
    optional = re.findall(r'for="id_(\w+)">[^<]*<span class="b-label__optional">', form)
    assert "summary" in optional
    assert not set(optional) & {"requirements", "time_amount", "fee_lines", "product"}


def test_a_fee_that_nobody_would_ask_for_is_refused(hall: Hall, staff: Client, now: Any) -> None:
    Service.objects.filter(slug="ktp-el").update(fee_field="biaya")
    assert "no step waits for the payment" in press_publish(staff, "ktp-el")


def test_a_name_with_an_address_of_its_own_gets_another(hall: Hall, staff: Client, now: Any) -> None:
    for name, slug in (("Draft", "draft-2"), ("Survey", "survey-2"), ("Life", "life-2")):
        staff.post(reverse("services_desk:services"), {"name_id": name, "group_id": "Lain", "unit": hall.office.pk})
        assert RecordVersion.objects.latest("pk").record.slug == slug


def test_a_workflow_that_cannot_work_is_refused_with_the_step_named(hall: Hall, staff: Client, now: Any) -> None:
    slug = "ktp-el"
    before = Service.objects.get(slug=slug).live_id
    rows = [
        {"slug": "verify", "label_id": "Periksa", "kind": "check", "next": "2"},
        {"slug": "decide", "label_id": "Putuskan", "kind": "decide", "next": "3"},
        {"slug": "issue", "label_id": "Terbitkan", "kind": "issue", "next": "2"},
        {"slug": "", "label_id": "Tak terjangkau", "kind": "visit", "next": ""},
    ]
    assert step_rows(staff, slug, rows).status_code == 302
    page = staff.get(reverse("services_desk:steps", args=[slug])).content.decode()
    # by number and name, as they stand on the page
    assert "Step “4. Tak terjangkau”: no step leads there." in page
    assert "from here nothing leads to the end" in page
    refused = press_publish(staff, slug)
    assert "no step leads there" in refused
    assert Service.objects.get(slug=slug).live_id == before


def test_no_code_stands_where_people_read(hall: Hall, staff: Client, now: Any, settings: Any) -> None:
    slug = new_service(staff, hall)
    staff.cookies[settings.LANGUAGE_COOKIE_NAME] = "id"
    # up to two days, after five
    page = write(staff, slug, {**WHOLE, "time_amount": "5", "time_most": "2"}).content.decode()
    assert "“Jangka waktu” belum dapat disimpan" in page
    assert "not_a_term" not in page
    staff.get(reverse("services_desk:steps", args=[slug]))
    row = {"slug": "verify", "label_id": "Periksa", "kind": "check", "next": "abc", "checks": "tanpa tanda"}
    page = step_rows(staff, slug, [row]).content.decode()
    assert "Tulis nomor langkah, misalnya 3 atau 3, 4." in page
    assert "Baris ini tidak dapat dibaca: tanpa tanda" in page


def test_half_a_term_of_a_step_is_not_forgotten(hall: Hall, staff: Client, now: Any) -> None:
    row = {"slug": "verify", "label_id": "Periksa", "kind": "check", "next": "", "amount": "5"}
    page = step_rows(staff, "ktp-el", [row])
    assert page.status_code == 422
    assert "a number and its unit" in page.content.decode()


def test_every_problem_of_steps_has_words() -> None:
    """Whatever the rules can say, the page says it in words of its own."""
    rules = Path(workflow_rules.__file__).read_text("utf-8") + Path(publishing.__file__).read_text("utf-8")
    codes = set(re.findall(r'WorkflowProblem\(\s*"(\w+)"', rules))
    assert {"no_steps", "unreachable", "no_standard"} <= codes
    assert codes <= set(PROBLEM_WORDS)
    content = set(re.findall(r'_Refused\("(\w+)"\)', Path(catalog_rules.__file__).read_text("utf-8")))
    assert content
    assert content <= set(CONTENT_WORDS)


def test_changed_steps_count_for_new_applications_only(hall: Hall, staff: Client, english: Client, now: Any) -> None:
    code = begin(english, "informasi-publik")
    rows = [
        {
            "slug": "verify",
            "label_id": "Catat",
            "kind": "check",
            "next": "2",
            "amount": "2",
            "term_unit": "working_days",
        },
        {"slug": "decide", "label_id": "Putuskan", "kind": "decide", "next": ""},
    ]
    Service.objects.filter(slug="informasi-publik").update(unit=hall.office)
    record = Service.objects.get(slug="informasi-publik").record
    record.unit = hall.office
    record.save()
    assert step_rows(staff, "informasi-publik", rows).status_code == 302
    assert "people apply under version 2" in press_publish(staff, "informasi-publik")
    service = Service.objects.get(slug="informasi-publik")
    assert service.live is not None
    assert service.live.number == 2
    # what nobody changed stays, with the article that it rests on
    assert workflow_from_json(service.workflow).objection is not None
    fill(english, code, "pemohon", **APPLICANT)
    fill(english, code, "informasi", rincian="Anggaran", tujuan="Tahu", cara="salinan")
    fill(english, code, "pernyataan", **SIGNED)
    assert send(english, code).kind_version == 1
    assert Case.objects.count() == 1


def test_a_document_is_made_from_a_template_that_the_agency_may_use(hall: Hall, staff: Client, now: Any) -> None:
    page = staff.get(reverse("services_desk:steps", args=["ktp-el"])).content.decode()
    assert '<option value="svc-umum">' in page
    assert '<option value="svc-ktp-el" selected>' in page
    assert "svc-izin-reklame" not in page
    Service.objects.filter(slug="ktp-el").update(document_template="svc-izin-reklame")
    refused = press_publish(staff, "ktp-el")
    assert "svc-izin-reklame" in refused
    assert "belongs to another agency" in refused


def test_what_somebody_else_changed_is_not_opened_unseen(hall: Hall, staff: Client, now: Any) -> None:
    number = Service.objects.get(slug="ktp-el").live.number
    Service.objects.filter(slug="ktp-el").update(revision=F("revision") + 1)
    stale = staff.post(reverse("services_desk:publish", args=["ktp-el"]), {"revision": "0"}, follow=True)
    assert "Somebody else changed these steps" in stale.content.decode()
    assert Service.objects.get(slug="ktp-el").live.number == number


def test_extension_objection_and_silence_are_written(hall: Hall, staff: Client, now: Any) -> None:
    before = workflow_from_json(Service.objects.get(slug="ktp-el").workflow)
    rows = [
        {"slug": step.slug, "label_id": step.label_id, "kind": step.kind, "next": str(number) if number < 4 else ""}
        for number, step in enumerate(before.steps, start=2)
    ]
    half = step_rows(staff, "ktp-el", rows, extension_amount="5", extension_unit="")
    assert half.status_code == 422
    assert "Write both, a number and its unit" in half.content.decode()
    rights = {
        "extension_amount": "5", "extension_unit": "working_days", "objection_amount": "30",
        "objection_unit": "calendar_days", "objection_days": "14", "tacit_basis": "Perda 1/2026 pasal 9",
    }  # fmt: skip
    assert step_rows(staff, "ktp-el", rows, **rights).status_code == 302
    made = workflow_from_json(Service.objects.get(slug="ktp-el").workflow)
    assert made.extension is not None
    assert made.objection is not None
    assert (made.extension.amount, made.max_extensions, made.objection.unit) == (5, 1, "calendar_days")
    assert (made.objection_days, made.tacit_basis) == (14, "Perda 1/2026 pasal 9")
    assert "people apply under version 2" in press_publish(staff, "ktp-el")
    # and away again
    empty = dict.fromkeys(
        ("extension_amount", "extension_unit", "objection_amount", "objection_unit", "tacit_basis"), ""
    )
    assert step_rows(staff, "ktp-el", rows, **empty).status_code == 302
    gone = workflow_from_json(Service.objects.get(slug="ktp-el").workflow)
    assert (gone.extension, gone.objection, gone.tacit_basis, gone.max_extensions) == (None, None, "", 0)


def test_two_who_write_at_once_are_told(hall: Hall, staff: Client, now: Any) -> None:
    slug = new_service(staff, hall)
    address = reverse("services_desk:standard", args=[slug])
    write(staff, slug, WHOLE)
    late = staff.post(address, {"revision": "0", **WHOLE, "product": "Lain"})
    assert late.status_code == 422
    assert "Lain" in late.content.decode()
    assert RecordVersion.objects.get(record__slug=slug).content["product"] == "Isi product"


def test_other_agencies_make_only_their_own(hall: Hall, signed_in: Callable[[Any], Client], now: Any) -> None:
    other = signed_in(hall.outsider)
    assert other.get(reverse("services_desk:standard", args=["ktp-el"])).status_code == 404
    other.post(reverse("services_desk:publish", args=["ktp-el"]))
    assert Service.objects.get(slug="ktp-el").live.number == 1  # type: ignore[union-attr]
    assert "KTP" not in other.get(reverse("services_desk:services")).content.decode()


def test_rows_read_back_what_they_show(hall: Hall) -> None:
    for service in Service.objects.all():
        workflow = workflow_from_json(service.workflow)
        rows = []
        for initial in initial_steps(workflow):
            form = StepForm({name: "" if value is None else value for name, value in initial.items()})
            assert form.is_valid(), (service.slug, form.errors)
            rows.append(form.cleaned_data)
        made = workflow_from(rows, rights=rights_on(workflow), before=workflow)
        assert [(step.slug, step.next, step.kind, step.term) for step in made.steps] == [
            (step.slug, step.next, step.kind, step.term) for step in workflow.steps
        ]
