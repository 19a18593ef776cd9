"""Web server and worker as processes, killed again and again: nothing acknowledged is lost, nothing is sent twice."""

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from django.db import connection

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.models import Case, Clock, Entry
from balai.foundation.api.actions import create_key
from balai.foundation.calendar import clock
from balai.foundation.events.models import Event
from balai.foundation.events.rules import SYSTEM
from balai.foundation.jobs.tests.installation import Installation
from balai.foundation.messages.actions.deliver import settle_uncertain
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.messages.tests.conftest import MailServer
from balai.modules.complaints.queries.set_up import forget_set_up
from balai.modules.complaints.tests.small_city import IN_BARAT_DAYA, SmallCity, build_city
from tests.flows.conftest import WebServer

REPORTS = 500
SENDERS = 4
KILLS_OF_WORKER = 4
State = OutboxMessage.State


@dataclass
class Crowd:
    """Sends reports from several threads. A report without an answer is sent again with the same key."""

    url: str
    token: str
    acknowledged: dict[int, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    again: int = 0
    _numbers: Iterator[int] = field(default_factory=lambda: iter(range(REPORTS)))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send_all(self) -> None:
        threads = [threading.Thread(target=self._send) for _ in range(SENDERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _send(self) -> None:
        while True:
            with self._lock:
                number = next(self._numbers, None)
            if number is None:
                return
            for _try in range(60):
                try:
                    reference = self._post(number)
                except HTTPError as error:
                    if error.code < 500:
                        self.refused.append(f"{number}: {error.code} {error.read()[:300]!r}")
                        return
                except (OSError, HTTPException):
                    pass
                else:
                    self.acknowledged[number] = reference
                    break
                self.again += 1
                time.sleep(0.25)

    def _post(self, number: int) -> str:
        lat, lon = IN_BARAT_DAYA
        fields = {
            "api_key": self.token,
            "service_code": "road",
            "description": f"Laporan nomor {number}: jalan berlubang.",
            "lat": f"{lat:.6f}",
            "long": f"{lon:.6f}",
        }
        if number % 2:
            fields |= {"first_name": "Pelapor", "last_name": str(number), "email": f"pelapor{number}@warga.example"}
        request = Request(
            f"{self.url}/open311/v2/requests.json",
            data=urlencode(fields).encode(),
            headers={"Idempotency-Key": f"report-{number}"},
        )
        with urlopen(request, timeout=30) as answer:
            return str(json.load(answer)[0]["service_request_id"])


@pytest.fixture
def city(installation: Installation) -> Iterator[SmallCity]:
    forget_set_up()
    kind_at.cache_clear()
    yield build_city()
    forget_set_up()
    kind_at.cache_clear()


def test_nothing_is_lost_and_nothing_is_sent_twice(
    installation: Installation, web_server: WebServer, mail_server: MailServer, city: SmallCity
) -> None:
    made = create_key(name="Crowd", scopes=["open311"], per_minute=100_000, actor=SYSTEM, at=clock.now())
    web_server.start()
    crowd = Crowd(web_server.url, made.token)
    sending = threading.Thread(target=crowd.send_all)
    sending.start()
    for kill in range(1, KILLS_OF_WORKER + 1):
        worker = installation.start("--lease", "2")
        enough = len(mail_server.received) + 40
        installation.wait(lambda enough=enough: len(mail_server.received) >= enough)
        worker.kill()
        worker.wait()
        _let_claims_run_out()
        if kill == 2:
            web_server.kill()
            web_server.start()
    installation.start("--lease", "2")
    sending.join()

    assert crowd.refused == []
    assert len(crowd.acknowledged) == REPORTS
    _every_report_is_whole(crowd, city)
    installation.wait(lambda: not Event.objects.filter(delivered_at__isnull=True).exists(), seconds=60)
    _everybody_was_told_once(installation, mail_server, city)


def _let_claims_run_out() -> None:
    """Bring back at once what a killed worker had claimed and not handed over; by itself it comes in five minutes."""
    claimed = OutboxMessage.objects.filter(state=State.QUEUED, sending_since__isnull=True)
    claimed.filter(next_try_at__gt=clock.now()).update(next_try_at=clock.now())


def _every_report_is_whole(crowd: Crowd, city: SmallCity) -> None:
    references = set(crowd.acknowledged.values())
    # each has its own number, and what was sent a second time opened nothing new
    assert len(references) == REPORTS
    cases = {case.reference: case for case in Case.objects.all()}
    assert set(cases) == references
    for number, reference in crowd.acknowledged.items():
        case = cases[reference]
        assert case.text == f"Laporan nomor {number}: jalan berlubang."
        assert (case.unit_id, case.state) == (city.works.pk, "assigned")
        assert case.promised_at is not None
        assert (case.reporter_id is not None) == bool(number % 2)
    ids = {case.pk for case in cases.values()}
    clocks = Counter(Clock.objects.filter(case_id__in=ids, stopped_at__isnull=True).values_list("case_id", "name"))
    assert set(clocks) == {(pk, name) for pk in ids for name in ("verification", "first_answer", "solution")}
    assert max(clocks.values()) == 1
    happened: dict[str, list[str]] = {}
    for stream, kind in (
        Event.objects.filter(stream__startswith="case:").order_by("stream", "seq").values_list("stream", "kind")
    ):
        happened.setdefault(stream.removeprefix("case:"), []).append(kind)
    assert happened == {reference: ["CaseReceived", "CaseRouted"] for reference in references}
    assert not Entry.objects.exclude(case_id__in=ids).exists()


def _everybody_was_told_once(installation: Installation, mail_server: MailServer, city: SmallCity) -> None:
    waiting = OutboxMessage.objects.filter(state=State.QUEUED, sending_since__isnull=True)
    installation.wait(lambda: not waiting.exists(), seconds=60)
    # what was in the hands of a killed worker is shown after ten minutes; nobody tries it again
    settle_uncertain(at=clock.now() + timedelta(minutes=11))
    rows = dict(OutboxMessage.objects.values_list("dedupe_key", "state"))
    officers = OutboxMessage.objects.filter(user_id=city.handler.pk, template="case_new_for_unit")
    reporters = OutboxMessage.objects.filter(resident_id__isnull=False)
    assert (officers.count(), reporters.count()) == (REPORTS, REPORTS // 2)
    assert len(rows) == REPORTS + REPORTS // 2

    uncertain = set(OutboxMessage.objects.filter(state=State.FAILED).values_list("pk", flat=True))
    reasons = OutboxMessage.objects.filter(pk__in=uncertain).values_list("reason", flat=True)
    assert all(reason.startswith("uncertain") for reason in reasons)
    # a worker has one message in hand at a time
    assert len(uncertain) <= KILLS_OF_WORKER
    assert set(rows.values()) <= {State.SENT, State.FAILED}

    arrived = Counter(str(mail["Message-ID"]) for mail in mail_server.mails)
    assert max(arrived.values()) == 1
    recipients = Counter((str(mail["To"]), str(mail["Subject"])) for mail in mail_server.mails)
    assert max(recipients.values()) == 1
    sent = OutboxMessage.objects.filter(state=State.SENT).count()
    assert sent == len(rows) - len(uncertain)
    assert sent <= len(arrived) <= sent + len(uncertain)
    connection.close()
