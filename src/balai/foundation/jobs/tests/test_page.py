"""The page about background work."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from balai.foundation.calendar import clock
from balai.foundation.jobs import actions
from balai.foundation.jobs.models import Job

pytestmark = pytest.mark.django_db


def fail_some(count: int) -> None:
    at = clock.now()
    Job.objects.bulk_create(
        [
            Job(path="balai.x.send", status="failed", attempts=8, error=f"trace {number} <b>", run_after=at,
                created_at=at, finished_at=at - timedelta(hours=number))
            for number in range(count)
        ]
    )  # fmt: skip


def test_only_with_the_permission(sign_in: Callable[..., Client]) -> None:
    client = sign_in("messages.edit")
    assert client.get("/settings/jobs/").status_code == 403
    assert client.post("/settings/jobs/again/", {"path": "x"}).status_code == 403


@pytest.mark.parametrize(("language", "silent"), [("id", "Tidak ada yang bekerja"), ("en", "Nobody is working")])
def test_without_a_worker_it_says_so(sign_in: Callable[..., Client], language: str, silent: str) -> None:
    client = sign_in("settings.edit", language=language)
    assert silent in client.get("/settings/jobs/").content.decode()
    actions.beat(worker="w:1", at=clock.now())
    page = client.get("/settings/jobs/").content.decode()
    assert silent not in page
    assert "w:1" in page


def test_what_failed_and_again(sign_in: Callable[..., Client]) -> None:
    fail_some(3)
    client = sign_in("settings.edit")
    page = client.get("/settings/jobs/").content.decode()
    assert "x.send" in page
    assert "3 jobs" in page
    assert "trace 2 &lt;b&gt;" in page
    answer = client.post("/settings/jobs/again/", {"path": "balai.x.send"}, follow=True)
    assert "3 jobs are being tried again" in answer.content.decode()
    assert Job.objects.filter(status="ready", attempts=0).count() == 3
    assert "Nothing of this kind" in client.post("/settings/jobs/again/", {"path": "?"}, follow=True).content.decode()


def test_the_page_costs_the_same_however_much_failed(
    sign_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = sign_in("settings.edit")
    client.get("/settings/jobs/")
    fail_some(40)
    with django_assert_max_num_queries(14):
        client.get("/settings/jobs/")
