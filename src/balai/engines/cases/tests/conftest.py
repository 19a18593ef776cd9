"""What the tests of the engine share."""

from collections.abc import Iterator

import pytest

from balai.engines.cases.actions.kinds import forget_kinds
from balai.engines.cases.tests.small_desk import SmallDesk, build_desk


@pytest.fixture(autouse=True)
def _forget_kinds() -> Iterator[None]:
    forget_kinds()
    yield
    forget_kinds()


@pytest.fixture
def desk(db: None) -> SmallDesk:
    """A small city with its desk, in a transaction that is taken back."""
    return build_desk()


@pytest.fixture
def shared_desk(transactional_db: None) -> SmallDesk:
    """The same, committed: other threads see it."""
    return build_desk()
