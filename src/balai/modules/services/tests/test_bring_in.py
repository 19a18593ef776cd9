"""Standards from a file: looked at first, then all or nothing, never published."""

import contextlib
import json
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from hypothesis import example, given
from hypothesis import strategies as st

from balai.engines.catalogs.models import Record, RecordVersion
from balai.foundation.events.rules import SYSTEM
from balai.modules.services.actions.bring_in import NotBroughtIn, bring_in, plan, standards_as_json
from balai.modules.services.rules.standards_file import (
    BadStandardsFile,
    StandardRow,
    fee_in,
    read_standards,
    slug_of,
    term_in,
)
from balai.modules.services.tests.conftest import MORNING, Hall

CSV = """nama_layanan;instansi;persyaratan;mekanisme;waktu;biaya;produk
Legalisir KK;Dinas Kependudukan dan Pencatatan Sipil;KK asli | Fotokopi;Ambil nomor|Serahkan;3–5 hari kerja;Gratis;KK dilegalisir
"""


def test_a_file_of_the_portal_is_read() -> None:
    (row,) = read_standards(CSV.encode("utf-8-sig"))
    assert (row.line, row.name_id, row.slug) == (2, "Legalisir KK", "")
    assert row.content == {
        "requirements": ["KK asli", "Fotokopi"],
        "procedure": ["Ambil nomor", "Serahkan"],
        "time": {"amount": 3, "unit": "working_days", "most": 5},
        "fee": {"free": True},
        "product": "KK dilegalisir",
    }
    assert read_standards(CSV.replace(";", ",").encode())[0].content["product"] == "KK dilegalisir"
    assert read_standards(CSV.replace(";", "\t").encode())[0].content["product"] == "KK dilegalisir"


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("5 hari kerja", {"amount": 5, "unit": "working_days"}),
        ("15 menit", {"amount": 15, "unit": "minutes"}),
        ("1 hari", {"amount": 1, "unit": "calendar_days"}),
        ("2 jam (sejak berkas lengkap)", {"amount": 2, "unit": "clock_hours", "words": "sejak berkas lengkap"}),
        ("sesuai jadwal", {"words": "sesuai jadwal"}),
    ],
)
def test_times_as_people_write_them(text: str, term: dict[str, Any]) -> None:
    assert term_in(text) == term


def test_costs_and_names() -> None:
    assert fee_in("Tidak dipungut biaya.") == {"free": True}
    assert fee_in("Rp25.000 per lembar") == {"words": "Rp25.000 per lembar"}
    assert slug_of("Legalisir KK / Akta (baru)") == "legalisir-kk-akta-baru"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"\xff\xfe", "encoding"),
        (b"", "empty"),
        (b"a,b\n1,2\n", "columns"),
        (b"{", "shape"),
        (b'{"standards": [1]}', "shape"),
        (b'{"standards": []}', "empty"),
        (b"nama_layanan,instansi\n" + b"a,b\n" * 1001, "too_many"),
    ],
)
def test_what_is_no_file_of_standards(data: bytes, code: str) -> None:
    with pytest.raises(BadStandardsFile) as error:
        read_standards(data)
    assert error.value.code == code


@pytest.mark.parametrize(
    "data", [b"[" * 5000, b'[{"name_id": "\\ud800"}]', b'[{"name_id": "a\\u0000"}]', b'[{"x": Infinity}]']
)
def test_what_no_database_keeps_is_refused(data: bytes) -> None:
    with pytest.raises(BadStandardsFile):
        read_standards(data)


@given(st.binary(max_size=400))
@example(b"\r\x01")
def test_no_file_breaks_the_reader(data: bytes) -> None:
    with contextlib.suppress(BadStandardsFile):
        read_standards(data)


def row(**more: Any) -> StandardRow:
    facts: dict[str, Any] = {"line": 1, "name_id": "Legalisir", "unit": "disdukcapil"}
    return StandardRow(**{**facts, **more})


@pytest.mark.django_db
def test_what_would_become_of_a_row(hall: Hall) -> None:
    rows = [
        row(),
        row(slug="ktp-el", name_id="KTP-el", content={"product": "Kartu baru"}),
        row(slug="ktp-el", name_id="KTP-el"),
        row(name_id="", slug="x y", unit="dinas entah"),
        row(slug="pbg", name_id="PBG"),
        row(slug="baru", unit="dinas-pupr"),
        row(slug="isi", content={"time": {"amount": "lama"}, "tidak": "ada"}),
    ]
    found = plan(rows=rows, unit_ids={hall.office.pk})
    assert [(each.what, [problem.code for problem in each.problems]) for each in found] == [
        ("create", []),
        ("change", []),
        ("wrong", ["twice"]),
        ("wrong", ["no_name", "bad_slug", "unknown_unit"]),
        ("wrong", ["other_unit"]),
        ("wrong", ["not_yours"]),
        ("wrong", ["content", "content"]),
    ]
    assert found[1].changed == ("product",)
    before = RecordVersion.objects.count()
    with pytest.raises(NotBroughtIn):
        bring_in(rows=rows, unit_ids=None, actor=SYSTEM, at=MORNING)
    assert RecordVersion.objects.count() == before


@pytest.mark.django_db
def test_brought_in_as_drafts_and_the_same_file_changes_nothing(hall: Hall) -> None:
    rows = [row(content={"product": "Lembar"}), row(slug="ktp-el", name_id="KTP-el", content={"product": "Kartu baru"})]
    live = RecordVersion.objects.get(record__slug="ktp-el")
    assert [each.what for each in bring_in(rows=rows, unit_ids=None, actor=SYSTEM, at=MORNING)] == ["create", "change"]
    drafts = {version.record.slug: version for version in RecordVersion.objects.filter(state="draft")}
    assert drafts["legalisir"].content == {"product": "Lembar"}
    # what the file says nothing of stays, and what is published stays published
    assert drafts["ktp-el"].content["requirements"] == live.content["requirements"]
    live.refresh_from_db()
    assert live.state == "published"
    assert live.content["product"] != "Kartu baru"
    assert [each.what for each in bring_in(rows=rows, unit_ids=None, actor=SYSTEM, at=MORNING)] == ["same", "same"]


@pytest.mark.django_db
def test_what_is_exported_comes_in_again_without_loss(hall: Hall) -> None:
    text = json.dumps(standards_as_json(unit_ids=None)).encode()
    rows = read_standards(text)
    assert len(rows) == Record.objects.count()
    assert {each.what for each in plan(rows=rows, unit_ids=None)} == {"same"}
    RecordVersion.objects.exclude(state__in=("published", "consultation")).delete()
    gone = Record.objects.get(slug="kia")
    gone.delete()
    brought = [
        each.slug for each in bring_in(rows=rows, unit_ids=None, actor=SYSTEM, at=MORNING) if each.what == "create"
    ]
    assert brought == ["kia"]
    again = {each["slug"]: each for each in standards_as_json(unit_ids=None)["standards"]}
    assert again["kia"] == next(each for each in json.loads(text)["standards"] if each["slug"] == "kia")


@pytest.mark.django_db
def test_the_page(hall: Hall, signed_in: Callable[[Any], Client], now: Any) -> None:
    address = reverse("services_desk:bring_in")
    staff = signed_in(hall.officer)
    assert staff.get(address).status_code == 200

    def send(content: bytes, name: str = "standar.csv") -> Any:
        return staff.post(address, {"file": SimpleUploadedFile(name, content)})

    assert "These columns are missing" in send(b"a,b\n1,2").content.decode()
    assert send(b"x" * 500_000).status_code == 422
    assert staff.post(address, {"kept": "%%%"}).status_code == 422
    wrong = send(CSV.replace("Dinas Kependudukan dan Pencatatan Sipil", "Dinas Entah").encode())
    assert wrong.status_code == 422
    assert "There is no agency of this name" in wrong.content.decode()
    assert "Write these drafts" not in wrong.content.decode()
    looked = send(CSV.encode())
    assert "a new draft" in looked.content.decode()
    assert not Record.objects.filter(slug="legalisir-kk").exists()
    kept = looked.context["kept"]
    done = staff.post(address, {"kept": kept, "do": "bring"}, follow=True)
    assert "1 draft was written" in done.content.decode()
    assert RecordVersion.objects.get(record__slug="legalisir-kk").state == "draft"
    exported = json.loads(staff.get(reverse("services_desk:export")).content)
    assert {each["unit"] for each in exported["standards"]} == {"disdukcapil"}
