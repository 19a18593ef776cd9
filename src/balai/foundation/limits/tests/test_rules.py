"""Windows: borders, lengths, waiting."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.limits.rules import line_of, seconds_until, window_end

MOMENTS = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2100, 1, 1)).map(
    lambda moment: moment.replace(tzinfo=UTC)
)


def test_a_moment_on_the_border_opens_the_next_window() -> None:
    minute = timedelta(minutes=1)
    at = datetime(2026, 11, 27, 7, 30, tzinfo=UTC)
    assert window_end(at=at, per=minute) == int(at.timestamp()) + 60
    assert window_end(at=at - timedelta(microseconds=1), per=minute) == int(at.timestamp())


@given(at=MOMENTS, seconds=st.integers(1, 10_000_000))
def test_a_window_holds_its_moment_and_waiting_leads_out_of_it(at: datetime, seconds: int) -> None:
    per = timedelta(seconds=seconds)
    end = window_end(at=at, per=per)
    assert end - seconds <= at.timestamp() < end
    wait = seconds_until(end=end, at=at)
    assert 1 <= wait <= seconds
    assert window_end(at=at + timedelta(seconds=wait), per=per) > end


@pytest.mark.parametrize("per", [timedelta(0), timedelta(seconds=-5), timedelta(milliseconds=1500)])
def test_a_window_lasts_whole_seconds(per: timedelta) -> None:
    with pytest.raises(ValueError, match="whole seconds"):
        window_end(at=datetime(2026, 1, 1, tzinfo=UTC), per=per)


@pytest.mark.parametrize(
    ("address", "line"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2::9", "2001:db8:1:2::"),
        ("2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::"),
        ("2001:db8:1:3::9", "2001:db8:1:3::"),
        ("fe80::1%eth0", "fe80::"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_all_addresses_of_one_line_are_one_caller(address: str, line: str) -> None:
    assert line_of(address) == line
