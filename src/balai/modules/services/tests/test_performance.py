"""The public table of performance is the work itself, counted; and the counter works for people without a telephone."""

import csv
import io
import json
import tempfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import duckdb
import pytest
from django.test import Client
from django.urls import reverse

from balai.engines.cases.actions import refresh_totals
from balai.engines.cases.models import Case, MonthTotal
from balai.foundation.calendar import clock
from balai.foundation.events.actions import deliver
from balai.foundation.events.models import Event
from balai.modules.services.models import Application, ReturnTotal, SurveyAnswer
from balai.modules.services.tests.applicants import APPLICANT, SIGNED, apply_for_card, fill, revision_on
from balai.modules.services.tests.conftest import Hall
from balai.modules.services.tests.test_outcomes import do, finish

pytestmark = pytest.mark.django_db


def test_the_table_counts_the_work_itself(
    hall: Hall, english: Client, photo: Any, now: Any, django_assert_max_num_queries: Any
) -> None:
    kept = finish(Client(), hall, photo)
    broken = apply_for_card(Client(), photo)
    returned = do(broken, "return", hall, reason="unreadable", text="Buram")
    deliver(at=clock.now())
    now.shift(timedelta(days=3))
    assert returned.state == "returned"
    refresh_totals(at=clock.now())
    with django_assert_max_num_queries(14):
        page = english.get(reverse("services:performance"))
    text = page.content.decode()
    assert "Electronic identity card" in text
    assert ">100%<" in text.replace(" ", "") or "100%" in text.replace("\u00a0", "").replace(" ", "")
    rows = json.loads(b"".join(english.get(reverse("services:performance_json")).streaming_content))["performance"]
    row = next(row for row in rows if row["service"] == "ktp-el")
    assert (row["received"], row["ended"], row["kept"], row["open_now"], row["returned"]) == (2, 1, 1, 1, 1)
    assert row["median_days"] == 0
    lines = list(
        csv.reader(io.StringIO(b"".join(english.get(reverse("services:performance_csv")).streaming_content).decode()))
    )
    assert any("ktp-el" in line for line in lines)
    agencies = b"".join(english.get(reverse("services:performance_agencies")).streaming_content).decode()
    assert f"{hall.office.slug},1,1,1.0," in agencies
    # two months of one agency are no ground to correct anybody
    assert "Not corrected for load" in text
    with tempfile.NamedTemporaryFile(suffix=".parquet") as file, duckdb.connect() as engine:
        file.write(english.get(reverse("services:performance_parquet")).content)
        file.flush()
        table = engine.execute("SELECT * FROM read_parquet(?) WHERE service = 'ktp-el'", [file.name]).fetchall()
    assert [list(row.values())] == [list(line) for line in table]
    assert kept.on_time is True


def test_a_return_is_counted_once(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    case = apply_for_card(english, photo)
    do(case, "return", hall, reason="missing", text="Kurang")
    Event.objects.filter(kind="CaseStepped").update(delivered_at=None)
    deliver(at=clock.now())
    assert [(total.reason, total.count) for total in ReturnTotal.objects.all()] == [("missing", 1)]


def test_private_matters_count_for_no_village(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    apply_for_card(english, photo)
    deliver(at=clock.now())
    refresh_totals(at=clock.now())
    assert set(MonthTotal.objects.values_list("dimension", flat=True)) == {"all", "unit", "category"}


def test_an_officer_applies_for_somebody_without_a_telephone(
    hall: Hall, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    desk = signed_in(hall.officer)
    assert Client().get(reverse("services_desk:enter")).status_code in (302, 403)
    assert desk.post(reverse("services_desk:enter"), {"service": ""}).status_code == 422
    begun = desk.post(reverse("services_desk:enter"), {"service": "ktp-el", "on_behalf": "anak, surat kuasa"})
    code = str(begun["Location"]).rstrip("/").split("/")[-1]
    person = {key: value for key, value in APPLICANT.items() if key not in ("telepon", "surel")}
    fill(desk, code, "pemohon", **person)
    fill(desk, code, "permohonan", jenis="baru", lahir="1990-01-01", kk="3573010101900001")
    fill(desk, code, "berkas", foto_kk=photo())
    fill(desk, code, "pernyataan", **SIGNED)
    check = reverse("services:check", args=[code])
    sent = desk.post(check, {"revision": revision_on(desk.get(check))}, follow=True)
    case = Case.objects.get()
    assert case.channel == "counter"
    assert case.reference in sent.content.decode()
    application = Application.objects.get()
    assert (application.entered_by_id, application.on_behalf) == (hall.officer.pk, "anak, surat kuasa")
    # the officer's browser is not the applicant's
    assert desk.get(reverse("services:own", args=[case.reference])).status_code == 302
    assert "anak, surat kuasa" in desk.get(reverse("services_desk:case", args=[case.reference])).content.decode()
    for change in ("pass_decide", "approve_issue", "pass_issued"):
        do(case, change, hall)
    paper = reverse("services_desk:survey", args=[case.reference])
    assert desk.get(paper).status_code == 200
    desk.post(paper, {"U1": "4", "U7": "2"})
    answer = SurveyAnswer.objects.get()
    assert (answer.channel, answer.flagged, answer.entered_by_id) == ("paper", True, hall.officer.pk)


@pytest.mark.parametrize("months", ["0129999", "003" + "9" * 3000, "", "-3", "zwölf"])
def test_odd_windows_are_a_year(hall: Hall, english: Client, now: Any, months: str) -> None:
    for name in ("performance", "performance_csv", "performance_json", "performance_parquet", "performance_agencies"):
        assert english.get(reverse(f"services:{name}"), {"months": months}).status_code == 200
