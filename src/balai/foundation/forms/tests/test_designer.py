"""Staff make a form without code: from nothing to published, through the pages."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from balai.foundation.forms import actions
from balai.foundation.forms.models import Form
from balai.foundation.identity.models import Role
from balai.foundation.units.models import Post
from balai.foundation.units.tests.city import Town, build_town

AT = datetime(2026, 11, 25, 3, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def town() -> Town:
    return build_town()


def browser(town: Town, who: str, *, may: bool = True) -> Client:
    if may:
        role = Role.objects.create(slug=f"d-{who}", name_id="D", name_en="D", permissions=["forms.edit", "cases.desk"])
        Post.objects.get(pk=town.posts[who].pk).roles.add(role)
    client = Client()
    client.force_login(town.people[who], backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def form(town: Town) -> Form:
    return actions.create_form(
        slug="izin", label_id="Izin", label_en="Permit", unit_id=town.units["works"].pk, schema={"steps": []}, at=AT
    )


def send(client: Client, page: str, *args: str, **given: Any) -> Any:
    address = reverse(f"forms:{page}", args=args)
    shown = client.get(reverse("forms:design", args=["izin"])).content.decode()
    revision = re.search(r'name="revision" value="(\d+)"', shown)
    assert revision is not None
    return client.post(address, {"revision": revision[1], **given})


def test_from_nothing_to_published(town: Town, form: Form) -> None:
    staff = browser(town, "head")
    assert "There is no question yet." in staff.get(reverse("forms:design", args=["izin"])).content.decode()
    assert send(staff, "add_step", "izin", label_id="Reklame", label_en="The sign").status_code == 302
    for given in (
        {"label_id": "Panjang (m)", "kind": "number", "min": "0.1", "required": "on"},
        {"label_id": "Lebar (m)", "kind": "number", "required": "on"},
        {"label_id": "Jenis", "kind": "choice", "options": "Kain\nneon | Neon | Neon", "required": "on"},
        {"label_id": "Sambungan listrik", "kind": "text", "ask_field": "jenis", "ask_word": "eq", "ask_value": "neon"},
    ):
        assert send(staff, "add_field", "izin", "reklame", **given).status_code == 302
    assert send(staff, "add_table", "izin", name="tarif", lines="kain = 10000\nneon = 50000").status_code == 302
    bad = send(staff, "add_computed", "izin", label_id="Pajak", kind="money", formula="import os")
    assert bad.status_code == 422
    assert "cannot be read" in bad.content.decode()
    formula = "bulat(panjang_m * lebar_m * tabel(tarif, jenis), 0)"
    assert send(staff, "add_computed", "izin", label_id="Pajak", kind="money", formula=formula).status_code == 302
    page = staff.get(reverse("forms:design", args=["izin"])).content.decode()
    assert "bulat(panjang_m * lebar_m * tabel(tarif, jenis), 0)" in page
    tried = staff.post(
        reverse("forms:preview", args=["izin"]), {"panjang_m": "2", "lebar_m": "3", "jenis": "neon"}
    ).content.decode()
    assert "300.000" in tried or "300,000" in tried
    assert 'name="sambungan_listrik"' in tried
    assert "These answers are complete" in tried
    wrong = staff.post(reverse("forms:preview", args=["izin"]), {"panjang_m": "0"}).content.decode()
    assert "At least 0.1." in wrong
    assert send(staff, "change", "izin", do="publish").status_code == 302
    form.refresh_from_db()
    assert form.live is not None
    assert form.live.number == 1


def test_a_question_is_changed_moved_taken_out_and_brought_back(town: Town, form: Form) -> None:
    staff = browser(town, "head")
    send(staff, "add_step", "izin", label_id="Satu")
    for name in ("A", "B"):
        send(staff, "add_field", "izin", "satu", label_id=name, kind="text", required="on")
    send(staff, "field", "izin", "satu", "a", label_id="Alamat surel", kind="email")
    send(staff, "change", "izin", do="down", name="a")
    form.refresh_from_db()
    assert [(row["slug"], row["kind"], row["required"]) for row in form.draft["steps"][0]["fields"]] == [
        ("b", "text", True),
        ("a", "email", False),
    ]
    send(staff, "change", "izin", do="remove", name="b")
    send(staff, "change", "izin", do="undo")
    form.refresh_from_db()
    assert len(form.draft["steps"][0]["fields"]) == 2


def test_questions_agree_and_entries_differ(town: Town, form: Form) -> None:
    staff = browser(town, "head")
    send(staff, "add_step", "izin", label_id="Satu")
    send(staff, "add_field", "izin", "satu", label_id="Nomor", kind="nik", required="on")
    born = {"label_id": "Lahir", "kind": "date", "agrees_with": "nomor"}
    assert send(staff, "add_field", "izin", "satu", **born).status_code == 302
    lines = "nama | text | Nama\nnik | nik | NIK"
    group = {"label_id": "Anggota", "kind": "group", "rows": lines, "differ": "nik, nama"}
    assert send(staff, "add_field", "izin", "satu", **group).status_code == 302
    form.refresh_from_db()
    draft = form.draft
    _nik, day, people = draft["steps"][0]["fields"]
    assert day["agrees_with"] == "nomor"
    assert people["differ"] == ["nik", "nama"]
    shown = staff.get(reverse("forms:field", args=["izin", "satu", "lahir"])).content.decode()
    assert '<option value="nomor" selected>' in shown
    # what a line does not say stays: the kind of answer, its choices, whether it must be given
    people["fields"][1]["required"] = False
    people["fields"].append(
        {"slug": "sebagai", "kind": "choice", "label_id": "Sebagai", "options": [{"slug": "a", "label_id": "A"}]}
    )
    actions.save_draft(form_id=form.pk, schema=draft, expected_revision=form.revision, at=AT)
    group["rows"] = "nama | text | Nama\nnik | nik | Nomor KTP\nsebagai | choice | Sebagai"
    assert send(staff, "field", "izin", "satu", "anggota", **group).status_code == 302
    form.refresh_from_db()
    inner = form.draft["steps"][0]["fields"][2]["fields"]
    assert (inner[1]["label_id"], inner[1]["required"]) == ("Nomor KTP", False)
    assert [(row["slug"], row["label_id"]) for row in inner[2]["options"]] == [("a", "A")]
    # a day before the number it is compared with is told before anything is published
    send(staff, "change", "izin", do="up", name="lahir")
    page = staff.get(reverse("forms:design", args=["izin"])).content.decode()
    assert "does not stand before it" in page


def test_a_count_asks_for_whole_numbers_and_limits_stay(town: Town, form: Form) -> None:
    staff = browser(town, "head")
    send(staff, "add_step", "izin", label_id="Satu")
    send(staff, "add_field", "izin", "satu", label_id="Jumlah", kind="number", whole="on")
    send(staff, "add_field", "izin", "satu", label_id="Nama", kind="text")
    form.refresh_from_db()
    draft = form.draft
    assert [row["decimals"] for row in draft["steps"][0]["fields"]] == [0, None]
    # how many words a name needs has no place on the page, and stays
    draft["steps"][0]["fields"][1]["min_words"] = 2
    actions.save_draft(form_id=form.pk, schema=draft, expected_revision=form.revision, at=AT)
    assert 'name="whole" id="id_whole" checked' in staff.get(
        reverse("forms:field", args=["izin", "satu", "jumlah"])
    ).content.decode().replace('class="b-input" ', "")
    send(staff, "field", "izin", "satu", "jumlah", label_id="Jumlah", kind="number")
    send(staff, "field", "izin", "satu", "nama", label_id="Nama anak", kind="text")
    form.refresh_from_db()
    assert [(row["decimals"], row["min_words"]) for row in form.draft["steps"][0]["fields"]] == [(None, 0), (None, 2)]


def test_who_is_slower_is_told_and_loses_nothing(town: Town, form: Form) -> None:
    staff = browser(town, "head")
    send(staff, "add_step", "izin", label_id="Satu")
    late = staff.post(reverse("forms:add_step", args=["izin"]), {"revision": "0", "label_id": "Dua"})
    assert late.status_code == 409
    assert 'value="Dua"' in late.content.decode()
    form.refresh_from_db()
    assert len(form.draft["steps"]) == 1


def test_a_form_that_cannot_work_is_not_published(town: Town, form: Form) -> None:
    staff = browser(town, "head")
    send(staff, "add_step", "izin", label_id="Satu")
    send(staff, "add_field", "izin", "satu", label_id="Pilih", kind="choice", required="on")
    send(staff, "change", "izin", do="publish")
    form.refresh_from_db()
    assert form.live is None
    assert "Pilih: There is nothing to choose." in staff.get(reverse("forms:design", args=["izin"])).content.decode()


def test_a_bound_that_cannot_bind_is_refused_where_it_is_written(town: Town, form: Form) -> None:
    staff = browser(town, "head")
    send(staff, "add_step", "izin", label_id="Satu")
    bad = send(staff, "add_field", "izin", "satu", label_id="Luas", kind="number", required="on", max="luas sekali")
    assert bad.status_code == 422
    assert "cannot be a bound" in bad.content.decode()
    send(staff, "add_field", "izin", "satu", label_id="Harga", kind="money", required="on", min="1.250.000")
    form.refresh_from_db()
    assert [row["min"] for row in form.draft["steps"][0]["fields"]] == ["1250000"]


def test_what_cannot_work_is_shown_instead_of_tried(town: Town, form: Form) -> None:
    staff = browser(town, "head")
    broken = {"slug": "a", "kind": "number", "label_id": "A", "min": "abc"}
    actions.save_draft(
        form_id=form.pk,
        schema={"steps": [{"slug": "s", "label_id": "S", "fields": [broken]}]},
        expected_revision=0,
        at=AT,
    )
    for answer in (staff.get(reverse("forms:preview", args=["izin"])), send(staff, "preview", "izin", a="5")):
        assert answer.status_code == 200
        assert "A: “abc” cannot be the smallest or largest value here." in answer.content.decode()


def test_other_agencies_and_others_do_not_design(town: Town, form: Form) -> None:
    for client in (browser(town, "roads"), browser(town, "mayor", may=False)):
        assert client.get(reverse("forms:design", args=["izin"])).status_code in (403, 404)
        client.post(reverse("forms:change", args=["izin"]), {"do": "publish", "revision": "0"})
    assert Form.objects.get().live is None
    assert Client().get(reverse("forms:list")).status_code == 302
