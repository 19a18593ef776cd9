"""What is kept is read once, gets old, and can be dropped."""

import pytest

from balai.foundation.memory import kept as room
from balai.foundation.memory.kept import Kept, forget_everything


class Source:
    """Says how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __call__(self) -> int:
        self.asked += 1
        return self.asked


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Return a clock of one hand, to be turned by the test."""
    hand = [100.0]
    monkeypatch.setattr(room.time, "monotonic", lambda: hand[0])
    return hand


def test_a_value_is_read_once_until_it_is_old(now: list[float]) -> None:
    kept, source = Kept[str, int](fresh_for=3), Source()
    assert [kept.get("a", source), kept.get("a", source)] == [1, 1]
    now[0] += 2.9
    assert kept.get("a", source) == 1
    now[0] += 0.2
    assert kept.get("a", source) == 2


def test_the_age_counts_from_before_the_reading(now: list[float]) -> None:
    kept, source = Kept[str, int](fresh_for=3), Source()

    def slow() -> int:
        now[0] += 5
        return source()

    kept.get("a", slow)
    assert kept.get("a", source) == 2


def test_what_could_not_be_read_is_not_kept() -> None:
    kept, source = Kept[str, int](), Source()

    def fails() -> int:
        raise LookupError

    with pytest.raises(LookupError):
        kept.get("a", fails)
    assert kept.get("a", source) == 1


def test_anew_reads_and_keeps_whatever_was_there() -> None:
    kept, source = Kept[str, int](), Source()
    kept.get("a", source)
    assert kept.anew("a", source) == 2
    assert kept.get("a", source) == 2


def test_one_key_is_forgotten_or_all() -> None:
    kept, source = Kept[str, int](), Source()
    kept.get("a", source)
    kept.get("b", source)
    kept.forget("a")
    assert [kept.get("b", source), kept.get("a", source)] == [2, 3]
    forget_everything()
    assert kept.get("b", source) == 4


def test_what_was_being_read_while_it_was_dropped_is_not_kept() -> None:
    kept, source = Kept[str, int](), Source()

    def overtaken() -> int:
        kept.forget("a")
        return 0

    assert kept.get("a", overtaken) == 0
    assert kept.get("a", source) == 1


def test_no_more_is_kept_than_was_said() -> None:
    kept, source = Kept[str, int](most=2), Source()
    for key in "abc":
        kept.get(key, source)
    assert kept.get("c", source) == 3
    assert kept.get("a", source) == 4
