"""What every test begins with: nothing remembered in this process from the test before."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from balai.foundation.web.queries import forget_city_face


@pytest.fixture(autouse=True)
def _forget_what_this_process_remembers() -> Iterator[None]:
    """Make the number of queries the same whatever ran before, and leave no language behind."""
    forget_city_face()
    yield
    forget_city_face()
    translation.activate("id")
