"""The yearly report on information requests is counted from what happened."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.engines.cases.actions import refresh_totals
from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.modules.services.queries.information_report import information_report
from balai.modules.services.rules.information_report import Request, Step, yearly_report
from balai.modules.services.tests.applicants import APPLICANT, SIGNED, begin, fill, send
from balai.modules.services.tests.conftest import Hall
from balai.modules.services.tests.test_outcomes import do
from balai.modules.services.views import information_report as views

ADDRESSES = ("services:information_report", "services:information_report_csv")


def ask(client: Client) -> Case:
    code = begin(client, "informasi-publik")
    fill(client, code, "pemohon", **APPLICANT)
    fill(client, code, "informasi", rincian="Anggaran taman", tujuan="Ingin tahu", cara="salinan")
    fill(client, code, "pernyataan", **SIGNED)
    return send(client, code)


def test_what_became_of_each_request() -> None:
    refused = Step(change="refuse", state_to="refused", reason="forbidden_here", days=4)
    report = yearly_report(
        [
            Request(state="issued", on_time=True, steps=(Step(change="pass", state_to="issued", days=2),)),
            Request(state="refused", on_time=True, steps=(refused,)),
            Request(
                state="issued",
                on_time=False,
                steps=(
                    refused,
                    Step(change="object", state_to="objection", days=5),
                    Step(change="grant_objection", state_to="decide", days=9),
                    Step(change="pass", state_to="issued", days=10),
                ),
            ),
            Request(
                state="refused_finally",
                on_time=True,
                steps=(
                    refused,
                    Step(change="object", state_to="objection"),
                    Step(change="refuse_finally", state_to="refused_finally"),
                ),
            ),
            Request(state="verify", on_time=None),
            Request(state="withdrawn", on_time=None),
        ]
    )
    assert (report.received, report.granted, report.refused, report.withdrawn, report.still_open) == (6, 2, 2, 1, 1)
    assert (report.in_term, report.late, report.average_days) == (3, 1, 3.5)
    assert report.reasons == {"forbidden_here": 2}
    assert (report.objections, report.objections_granted, report.objections_refused, report.objections_open) == (
        2,
        1,
        1,
        0,
    )
    assert yearly_report([]).average_days is None


@pytest.mark.django_db
def test_the_report_counts_the_work_itself(
    hall: Hall, english: Client, now: Any, django_assert_max_num_queries: Any
) -> None:
    granted, refused, _open = ask(Client()), ask(english), ask(Client())
    now.shift(timedelta(days=2))
    for case in (granted, refused):
        do(case, "pass_decide", hall)
    do(granted, "approve_issue", hall)
    do(granted, "pass_issued", hall)
    refused = do(refused, "refuse", hall, reason="forbidden_here", text="Dikecualikan.", basis="UU 14/2008 pasal 17")
    english.post(
        reverse("services:own_change", args=[refused.reference, "object"]),
        {"seq": str(refused.seq), "reason": "excluded", "text": "Saya keberatan: informasi ini terbuka."},
    )
    report = information_report(year=2026)
    assert (report.received, report.granted, report.refused, report.still_open) == (3, 1, 0, 2)
    assert (report.in_term, report.late, report.average_days) == (2, 0, 2.0)
    assert (report.objections, report.objections_open) == (1, 1)
    refused.refresh_from_db()
    do(refused, "refuse_finally", hall, text="Tetap dikecualikan.", basis="UU 14/2008 pasal 17")
    with django_assert_max_num_queries(14):
        page = english.get(reverse("services:information_report"))
    text = page.content.decode()
    assert "because: Not allowed at this place" in text
    assert "Siti" not in text
    lines = b"".join(english.get(reverse("services:information_report_csv")).streaming_content).decode()
    assert "2026,objections_refused,Objections refused,1" in lines
    assert english.get(reverse("services:information_report"), {"year": "1999"}).status_code == 404
    refresh_totals(at=clock.now())
    assert reverse("services:information_report") in english.get(reverse("services:performance")).content.decode()
    empty = information_report(year=2020)
    assert empty.received == 0


def read(client: Client, address: str = ADDRESSES[0]) -> str:
    answer = client.get(reverse(address))
    assert answer.status_code == 200
    return b"".join(answer).decode()


@pytest.mark.django_db
def test_a_report_is_counted_at_most_every_ten_minutes_and_says_when(
    hall: Hall, english: Client, now: Any, django_assert_max_num_queries: Any
) -> None:
    ask(english)
    first = read(english)
    assert "Counted on Wednesday, 25 November 2026, 10:00" in first
    ask(Client())
    now.shift(timedelta(minutes=9))
    assert read(english) == first
    assert "2026,received,Requests received,1" in read(english, ADDRESSES[1])
    # the figures are kept, not the words
    assert "Dihitung pada Rabu, 25 November 2026" in read(Client())
    with django_assert_max_num_queries(9):
        read(english)
    now.shift(timedelta(minutes=2))
    assert "2026,received,Requests received,2" in read(english, ADDRESSES[1])
    assert "10:11" in read(english)


@pytest.mark.django_db
def test_one_address_asks_so_often_an_hour(
    hall: Hall, client: Client, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(views, "LOOKS_AN_HOUR", 3)
    codes = [client.get(reverse(address)).status_code for address in ADDRESSES * 2]
    assert codes == [200, 200, 200, 429]
    assert client.get(reverse(ADDRESSES[0]), REMOTE_ADDR="203.0.113.9").status_code == 200
