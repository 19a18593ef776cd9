"""Files to take away: whole, marked, and not read over and over by one address."""

import csv
import json
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.engines.cases.models import Case
from balai.foundation.web.exports import csv_safe
from balai.modules.complaints.actions import Submission, submit_report
from balai.modules.complaints.queries.public import RECORD, PublicFilter, every, record_row
from balai.modules.complaints.tests.small_city import IN_BARAT_DAYA, MORNING, SmallCity
from balai.modules.complaints.views import public as views

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now")]


def report(text: str = "Jalan berlubang") -> Case:
    lat, lon = IN_BARAT_DAYA
    submission = Submission(text=text, category="road", channel="web", privacy="anonymous", lat=lat, lon=lon)
    return submit_report(submission=submission, at=MORNING).case


def body(response: Any) -> str:
    return b"".join(response.streaming_content).decode()


def test_the_head_names_what_the_rows_hold(city: SmallCity) -> None:
    report()
    assert tuple(record_row(Case.objects.select_related("category", "unit", "village", "district").get())) == RECORD


def test_every_matter_is_there_once_however_many_pages_it_takes(city: SmallCity, client: Client) -> None:
    references = {report(text=f"Jalan rusak nomor {number}").reference for number in range(7)}
    found = [case.reference for case in every(PublicFilter(), at=MORNING, size=3)]
    assert (len(found), set(found)) == (7, references)
    rows = list(csv.DictReader(StringIO(body(client.get(reverse("complaints:export_csv"))))))
    assert {row["reference"] for row in rows} == references
    told = json.loads(body(client.get(reverse("complaints:export_json"))))
    assert {row["reference"] for row in told["reports"]} == references


def test_an_empty_record_is_a_head_alone(city: SmallCity, client: Client) -> None:
    assert body(client.get(reverse("complaints:export_csv"))).strip() == ",".join(RECORD)
    assert json.loads(body(client.get(reverse("complaints:export_json")))) == {"reports": []}


def test_one_address_does_not_take_the_record_over_and_over(
    city: SmallCity, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "EXPORTS_AN_HOUR", 2)
    monkeypatch.setattr(views, "SEARCHES_AN_HOUR", 1)
    codes = [client.get(reverse("complaints:export_csv")).status_code for _again in range(3)]
    assert codes == [200, 200, 429]
    assert client.get(reverse("complaints:list"), {"q": "jalan"}).status_code == 200
    refused = client.get(reverse("complaints:list"), {"q": "lampu"})
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    # without words nothing is looked for in texts
    assert client.get(reverse("complaints:list")).status_code == 200


def test_maps_of_words_and_counts_have_their_limits_too(
    city: SmallCity, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "EXPORTS_AN_HOUR", 2)
    monkeypatch.setattr(views, "SEARCHES_AN_HOUR", 2)
    counts = reverse("complaints:export_statistics")
    assert [client.get(counts).status_code for _again in range(3)] == [200, 200, 429]
    assert client.get(counts, REMOTE_ADDR="203.0.113.9").status_code == 200
    box = {"bbox": "112.0,-8.5,113.0,-7.5", "zoom": "12"}
    asked = [client.get(reverse("complaints:map"), box | {"q": "jalan"}) for _again in range(3)]
    assert [answer.status_code for answer in asked] == [200, 200, 429]
    assert int(asked[-1]["Retry-After"]) > 0
    # the plain map costs little and is asked for at every move
    assert [client.get(reverse("complaints:map"), box).status_code for _again in range(3)] == [200] * 3


@pytest.mark.parametrize("cell", ["=1+1", "+62", "-1", "@x", "\tx", "\rx"])
def test_no_cell_is_a_formula(cell: str) -> None:
    assert csv_safe(cell) == f"'{cell}"
    assert (csv_safe(-1), csv_safe("1")) == (-1, "1")


def test_pages_of_the_record_follow_one_another(city: SmallCity, django_assert_num_queries: Any) -> None:
    for number in range(5):
        report(text=f"Lampu {number}")
    with django_assert_num_queries(3):
        assert len(list(every(PublicFilter(), at=MORNING, size=2))) == 5
