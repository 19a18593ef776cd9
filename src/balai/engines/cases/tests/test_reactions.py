"""What the engine does when something has happened."""

import pytest

from balai.engines.cases import reactions
from balai.foundation.calendar import clock
from balai.foundation.events.models import Event

pytestmark = pytest.mark.django_db


def test_an_event_of_a_matter_that_is_gone_is_passed_over() -> None:
    event = Event(stream="case:26-AAAA-AAAA", seq=1, kind="CaseRouted", data={"unit_id": 1}, at=clock.now())

    reactions.tell_unit(event=event)
    reactions.tell_officer(event=event)
    reactions.tell_level(event=event)
