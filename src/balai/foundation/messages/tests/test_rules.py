"""Words, pauses, quiet hours: tables."""

from datetime import datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.messages.rules import (
    MOST_TRIES,
    MissingValue,
    end_of_quiet,
    fill,
    mask_address,
    names_in,
    pause_before_try,
    unknown_names,
)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("no names", ()),
        ("{code}", ("code",)),
        ("{a} and {b} and {a}", ("a", "b")),
        ("{ code }", (" code ",)),
        ("{code.__class__}", ("code.__class__",)),
        ("{0}", ("0",)),
        ("{}", ("",)),
        ("{code!r:>10}", ("code!r:>10",)),
        ("open { only", ()),
        ("{{code}}", ("code",)),
    ],
)
def test_whatever_stands_in_braces_is_a_name(text: str, names: tuple[str, ...]) -> None:
    assert names_in(text) == names


def test_unknown_names_are_named() -> None:
    assert unknown_names(text="{code} {kode} {code.x}", known=("code", "base_url")) == ("kode", "code.x")


def test_values_are_not_filled_again() -> None:
    assert fill(text="“{title}” {code}", values={"title": "a {code} %s <b>", "code": "7"}) == "“a {code} %s <b>” 7"


def test_a_missing_value_is_named() -> None:
    with pytest.raises(MissingValue) as missing:
        fill(text="{unit}", values={"title": "x"})
    assert missing.value.name == "unit"


@given(st.text())
def test_a_value_arrives_as_it_is(value: str) -> None:
    assert fill(text="{a}", values={"a": value}) == value


def test_eight_tries_take_most_of_a_day() -> None:
    pauses = [pause_before_try(attempts=number) for number in range(1, MOST_TRIES)]
    assert pauses[0] == timedelta(minutes=1)
    assert all(later > sooner for sooner, later in pairwise(pauses))
    assert timedelta(hours=16) < sum(pauses, timedelta()) < timedelta(hours=24)


@pytest.mark.parametrize(
    ("now", "end"),
    [
        ("2026-11-25 20:59", None),
        ("2026-11-25 21:00", "2026-11-26 06:30"),
        ("2026-11-25 23:59", "2026-11-26 06:30"),
        ("2026-11-26 00:00", "2026-11-26 06:30"),
        ("2026-11-26 06:29", "2026-11-26 06:30"),
        ("2026-11-26 06:30", None),
        ("2026-12-31 22:00", "2027-01-01 06:30"),
    ],
)
def test_quiet_hours_over_midnight(now: str, end: str | None) -> None:
    found = end_of_quiet(local=datetime.fromisoformat(now), quiet_from=time(21), quiet_until=time(6, 30))
    assert found == (datetime.fromisoformat(end) if end else None)


def test_quiet_hours_within_a_day() -> None:
    noon = datetime.fromisoformat("2026-11-27 12:00")
    assert end_of_quiet(local=noon, quiet_from=time(11, 30), quiet_until=time(13)) == noon.replace(hour=13)
    assert end_of_quiet(local=noon.replace(hour=14), quiet_from=time(11, 30), quiet_until=time(13)) is None


@pytest.mark.parametrize(
    ("address", "masked"), [("siti@example.org", "s…@example.org"), ("+628123456789", "…789"), ("@x", "…@x")]
)
def test_masks(address: str, masked: str) -> None:
    assert mask_address(address) == masked
