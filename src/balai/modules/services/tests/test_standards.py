"""The catalogue before everybody's eyes: what is promised, what is missing, and both as data."""

import csv
import io
import json
from datetime import date
from io import StringIO
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from django.test import Client
from django.urls import reverse

from balai.engines.catalogs.models import Record
from balai.engines.catalogs.rules import clean_content, required_gaps, term_of
from balai.foundation.calendar.rules import Term
from balai.foundation.documents.typesetting import CannotTypeset, typeset
from balai.foundation.units.actions import create_unit
from balai.foundation.units.data import typical_units
from balai.foundation.units.tests.city import AT, build_town
from balai.modules.services import papers
from balai.modules.services.data import typical_services
from balai.modules.services.example.load import load_standards
from balai.modules.services.queries.standards import service_line, service_lines
from balai.modules.services.rules.standard import FOURTEEN, KIND, SIPPN, STANDARD, items_of, maturity

TODAY = date(2026, 11, 25)


def body(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


@pytest.fixture
def catalogue(db: None) -> None:
    build_town()
    for unit in typical_units():
        create_unit(slug=unit.slug, name=unit.name, short_name=unit.short_name, kind=unit.kind, at=AT)
    load_standards(seed=1, today=TODAY, size=1, progress=lambda done, total: None)


def test_the_law_asks_for_fourteen_six_of_them_public() -> None:
    assert len(FOURTEEN) == 14
    assert sum(component.public for component in FOURTEEN) == 6
    assert all(component.source for component in FOURTEEN)


@pytest.mark.parametrize(
    ("filled", "decreed", "consulted", "reviewed", "level"),
    [
        (0, True, True, True, 0),
        (13, True, True, True, 1),
        (14, False, False, False, 2),
        (14, True, False, False, 3),
        (14, True, True, False, 4),
        (14, True, True, True, 5),
    ],
)
def test_maturity_as_the_ministry_counts(
    filled: int, decreed: bool, consulted: bool, reviewed: bool, level: int
) -> None:
    assert maturity(filled=filled, decreed=decreed, consulted=consulted, reviewed=reviewed) == level


def test_the_usual_list_is_whole_and_every_figure_has_its_source() -> None:
    services = typical_services()
    assert len(services) >= 60
    assert len({service.slug for service in services}) == len(services)
    known = {unit.slug for unit in typical_units()}
    for service in services:
        kept, bad = clean_content(kind=STANDARD, raw=service.content)
        assert not bad, service.slug
        assert service.unit in known
        if service.is_complete:
            assert required_gaps(kind=STANDARD, content=kept) == (), service.slug
        if term_of(kept.get("time")) is not None:
            assert kept.get("origin"), service.slug
    assert sum(service.is_complete for service in services) == 12


def test_the_published_promise_is_the_longest_of_a_range(catalogue: None) -> None:
    line = service_line(slug="kartu-keluarga", day=TODAY)
    assert line is not None
    assert line.is_live
    assert line.version is not None
    assert term_of(line.version.content["time"]) == Term(amount=3, unit="working_days")


def test_the_list_costs_the_same_however_many_there_are(catalogue: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        lines = service_lines(day=TODAY)
    assert len(lines) == Record.objects.filter(kind=KIND).count() >= 60
    assert sum(line.is_live for line in lines) == 12
    assert all(line.complete.missing for line in lines if not line.is_live)


def test_people_find_a_service_by_their_own_words(catalogue: None, english: Client) -> None:
    page = english.get(reverse("services:list"), {"q": "bayi"}).content.decode()
    assert "Birth certificate" in page
    assert "Family card" not in page
    assert "No service has these words" in english.get(reverse("services:list"), {"q": "zzz"}).content.decode()


def test_a_page_says_what_is_promised_and_marks_what_is_missing(catalogue: None, english: Client) -> None:
    whole = english.get(reverse("services:service", args=["kartu-keluarga"])).content.decode()
    assert "1–3 working days" in whole
    assert "Free of charge" in whole
    assert "Not given" not in whole
    assert "14 of 14 components" in whole
    gaps = english.get(reverse("services:service", args=["ak-1"])).content.decode()
    assert "This standard has not been published" in gaps
    assert gaps.count("Not given") == 14
    assert english.get(reverse("services:service", args=["none"])).status_code == 404


def test_programs_read_it_as_a_government_service(catalogue: None, english: Client) -> None:
    page = english.get(reverse("services:service", args=["akta-kelahiran"])).content.decode()
    text = page.split('type="application/ld+json"')[1].split(">", 1)[1].split("</script>")[0]
    told = json.loads(text)
    assert (told["@type"], told["name"], told["isAccessibleForFree"]) == ("GovernmentService", "Akta kelahiran", True)


def test_no_text_ends_its_own_script(catalogue: None, english: Client) -> None:
    Record.objects.filter(slug="kia").update(name_id="</script><script>alert(1)</script>", name_en="x")
    page = english.get(reverse("services:service", args=["kia"])).content.decode()
    assert "<script>alert" not in page


def test_the_catalogue_leaves_with_the_portals_fields(catalogue: None, english: Client) -> None:
    rows = list(csv.DictReader(StringIO(body(english.get(reverse("services:export_csv"))))))
    assert set(SIPPN) <= set(rows[0])
    card = next(row for row in rows if row["slug"] == "kartu-keluarga")
    assert items_of(card["persyaratan"])[1] == "Kartu Keluarga lama."
    assert card["nomor_sk"].startswith("CONTOH/")
    told = json.loads(body(english.get(reverse("services:export_json"))))
    assert len(told["services"]) == len(rows)
    assert next(row for row in told["services"] if row["slug"] == "ak-1")["published"] is False


def test_the_example_is_loaded_once(catalogue: None) -> None:
    before = Record.objects.count()
    load_standards(seed=1, today=TODAY, size=1, progress=lambda done, total: None)
    assert Record.objects.count() == before


def test_the_standard_and_a_poster_on_paper(
    catalogue: None, english: Client, tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path)},
        },
    }
    asked: list[str] = []
    monkeypatch.setattr(papers, "typeset", lambda **order: asked.append(order["source"]) or typeset(**order))
    for name in ("services:standard_pdf", "services:poster_pdf"):
        address = reverse(name, args=["pbg"])
        first = english.get(address)
        assert first["Content-Type"] == "application/pdf"
        assert _title(first.content) == Record.objects.get(slug="pbg").name_en
        assert first.content == english.get(address).content
        # Indonesian is another paper
        assert _title(Client().get(address).content) == Record.objects.get(slug="pbg").name_id
    assert len(asked) == 4
    # a service without a published standard has its paper too, and says so
    assert _title(english.get(reverse("services:standard_pdf", args=["kia"])).content)
    line = service_line(slug="kia", day=TODAY)
    assert line is not None
    assert papers._data(line)["mark"]
    assert english.get(reverse("services:poster_pdf", args=["tidak-ada"])).status_code == 404


def test_a_busy_typesetter_is_told(catalogue: None, english: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(**_order: Any) -> Any:
        raise CannotTypeset("busy")

    monkeypatch.setattr(papers, "typeset", busy)
    answer = english.get(reverse("services:poster_pdf", args=["kia"]))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")
    page = answer.content.decode()
    assert "This paper cannot be made at the moment" in page
    assert f'href="{reverse("web:home")}"' in page


def _title(content: bytes) -> str:
    """Return the title of a PDF, and prove on the way that it is tagged PDF/A."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        with pdf.open_metadata() as meta:
            assert (meta["pdfaid:part"], meta["pdfaid:conformance"]) == ("2", "A")
            return str(meta["dc:title"])
