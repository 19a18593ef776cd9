"""Charts begin at zero, and what was not measured is a gap."""

import pytest

from balai.foundation.web.rules import geometry


@pytest.mark.parametrize(
    ("values", "maximum"), [([467.0], 500), ([1.0], 1), ([11.0], 20), ([0.0], 1), ([], 1), ([24.0], 25), ([0.03], 0.04)]
)
def test_the_axis_ends_at_a_round_number(values: list[float], maximum: float) -> None:
    assert geometry.nice_maximum(values) == pytest.approx(maximum)


def test_lengths_are_shares_of_the_whole_and_stay_inside() -> None:
    assert geometry.per_cent(1, 4) == "25%"
    assert geometry.per_cent(9, 4) == "100%"
    assert geometry.per_cent(-1, 4) == "0%"
    assert geometry.per_cent(1, 0) == "0%"
    assert geometry.from_top(1, 4) == "75%"


def test_a_gap_has_no_column_and_breaks_the_line() -> None:
    shapes = geometry.columns(values=[10, None, 5], maximum=10)
    assert [shape.height for shape in shapes] == ["100%", "", "50%"]
    assert geometry.line(values=[10, None, 5, 5], maximum=10).count("M") == 2


def test_the_last_label_is_always_there() -> None:
    assert geometry.spread(count=12, most=6) == {1, 3, 5, 7, 9, 11}
    assert geometry.spread(count=3, most=6) == {0, 1, 2}
    assert geometry.spread(count=0, most=6) == set()
