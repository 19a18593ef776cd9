"""A small city that may call programs on this machine, and one such program."""

from collections.abc import Iterator
from typing import Any

import pytest

from balai.foundation.calendar.models import CalendarVersion
from balai.foundation.outbound.contributions import WebhookTopic
from balai.foundation.outbound.tests.receiver import Receiver, receiver
from balai.foundation.units.tests.city import Town, build_town

TOPIC = WebhookTopic(name="thing.moved", label="Thing", text="A thing moved.")


@pytest.fixture
def town(db: None, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Town:
    settings.BALAI_OUTBOUND_LOCAL = True
    monkeypatch.setattr("balai.foundation.outbound.queries.contributions", lambda kind: [TOPIC])
    CalendarVersion.objects.get_or_create(defaults={"time_zone": "Asia/Jakarta"})
    return build_town()


@pytest.fixture
def other() -> Iterator[Receiver]:
    with receiver() as running:
        yield running
