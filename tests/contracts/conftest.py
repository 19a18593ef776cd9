"""What tests of published standards share: the small city, its clock, a key."""

from datetime import datetime

import pytest

from balai.conftest import _forget_what_this_process_remembers
from balai.foundation.api.actions import create_key
from balai.foundation.events.rules import SYSTEM
from balai.modules.complaints.tests.conftest import city, moment, now, photo
from balai.modules.complaints.tests.small_city import MORNING, SmallCity

__all__ = ["_forget_what_this_process_remembers", "city", "key", "moment", "now", "photo"]


@pytest.fixture
def key(city: SmallCity) -> str:
    """Return a key that may send in reports."""
    return make_key()


def make_key(*, scopes: tuple[str, ...] = ("open311",), per_minute: int = 1_000, at: datetime = MORNING) -> str:
    """Return the token of a new key."""
    return create_key(name="Uji", scopes=scopes, per_minute=per_minute, actor=SYSTEM, at=at).token
