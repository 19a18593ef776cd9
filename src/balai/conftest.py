"""What every test begins with: nothing remembered in this process from the test before."""

from collections.abc import Iterator

import pytest
from django.utils import translation

from balai.engines.cases.actions.kinds import forget_kinds
from balai.engines.cases.queries.kept import forget_kept
from balai.engines.cases.web.late import forget_late
from balai.foundation.forms.queries import forget_forms
from balai.foundation.web.queries import forget_city_face
from balai.modules.complaints.queries.set_up import forget_set_up
from balai.modules.services.queries.applications import forget_services


@pytest.fixture(autouse=True)
def _forget_what_this_process_remembers() -> Iterator[None]:
    """Make the number of queries the same whatever ran before, and leave no language behind."""
    _forget()
    yield
    _forget()
    translation.activate("id")


def _forget() -> None:
    forget_city_face()
    forget_set_up()
    forget_kinds()
    forget_kept()
    forget_forms()
    forget_late()
    forget_services()
