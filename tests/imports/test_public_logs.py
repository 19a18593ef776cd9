"""Logs of real cities, where they lie beside the house. Their words are never kept here."""

import gzip
import json
from io import StringIO
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from balai.conftest import _forget_what_this_process_remembers
from balai.engines.cases.models import Case
from balai.modules.complaints.tests.conftest import city
from tests.architecture.house import ROOT

__all__ = ["_forget_what_this_process_remembers", "city"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("city")]
BOSTON_ROWS = 3_000


def take_in(path: Path, mapping: str, rejects: Path) -> dict[str, Any]:
    """Import a file with one of the example mappings."""
    out = StringIO()
    call_command(
        "complaints",
        "import",
        str(path),
        mapping=ROOT / "examples" / "mappings" / mapping,
        rejects=rejects,
        json=True,
        stdout=out,
        stderr=StringIO(),
    )
    found: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
    return found


def wanted(folder: Path, name: str) -> Path:
    """Return the file; the test is skipped where it is missing."""
    path = folder / name
    if not path.is_file():
        pytest.skip(f"no {name} here")
    return path


def test_boston_agrees_with_its_own_verdicts(shared_data: Path, tmp_path: Path) -> None:
    source = wanted(shared_data, "permintaan_layanan_311/boston_311_2015.csv.gz")
    short = tmp_path / "boston.csv"
    with gzip.open(source, "rt", encoding="utf-8") as lines:
        short.write_text("".join(islice(lines, BOSTON_ROWS + 1)), "utf-8")
    found = take_in(short, "boston.toml", tmp_path / "bad.csv")
    assert found["imported"] == found["read"] == BOSTON_ROWS
    out = StringIO()
    call_command("complaints", "on-time", source="boston-311-2015", json=True, stdout=out)
    agreement = json.loads(out.getvalue())
    assert agreement["compared"] > BOSTON_ROWS / 2
    assert agreement["agreement"] >= 0.999, agreement["examples"]
    again = take_in(short, "boston.toml", tmp_path / "bad.csv")
    assert (again["imported"], again["already"]) == (0, BOSTON_ROWS)


def test_surabaya_is_taken_in(shared_data: Path, tmp_path: Path) -> None:
    source = wanted(shared_data, "pengaduan_warga/surabaya_keluhan.csv.gz")
    found = take_in(source, "surabaya.toml", tmp_path / "bad.csv")
    assert found["imported"] + found["already"] >= found["read"] * 0.95
    assert Case.objects.filter(first_answered_at__isnull=False).count() > found["imported"] / 2
    # no end is told by the file, so none is invented
    assert not Case.objects.filter(is_open=False).exists()
