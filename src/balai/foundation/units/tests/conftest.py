"""What the tests of this room share."""

import pytest

from balai.foundation.units.tests.city import Town, build_town


@pytest.fixture
def town(db: None) -> Town:
    """A small city in which everybody is there."""
    return build_town()
