"""Every colour a city may choose gives a page that can be read."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from balai.foundation.web.rules.colours import NotAColour, contrast, parse_colour, report, tokens_for

ANY_COLOUR = st.integers(min_value=0, max_value=0xFFFFFF).map(lambda number: f"#{number:06x}")
KNOWN = ["#000000", "#ffffff", "#ffff00", "#ff0000", "#00ff00", "#0000ff", "#00ffff", "#ff00ff", "#808080", "#0b5e63"]


def _broken(colour: str) -> list[str]:
    return [
        f"{palette}: {check.name} on {check.on} {check.ratio:.2f} < {check.promised}"
        for palette, checks in report(tokens_for(colour))
        for check in checks
        if not check.holds
    ]


@pytest.mark.parametrize("colour", KNOWN)
def test_every_promise_holds_for_the_corners_of_the_cube(colour: str) -> None:
    assert _broken(colour) == []


@settings(max_examples=150, deadline=None)
@given(ANY_COLOUR)
def test_every_promise_holds_for_any_colour(colour: str) -> None:
    assert _broken(colour) == []


def test_a_colour_that_can_be_read_stays_as_chosen() -> None:
    assert tokens_for("#0b5e63").light["brand"] == "#0b5e63"


def test_yellow_becomes_a_dark_gold() -> None:
    brand = tokens_for("#ffff00").light["brand"]
    red, green, blue = (int(brand[i : i + 2], 16) for i in (1, 3, 5))
    assert red > green > blue
    assert contrast(brand, "#ffffff") >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("text", "colour"), [("#ABC", "#aabbcc"), ("0b5e63", "#0b5e63"), (" #0B5E63 ", "#0b5e63")])
def test_colours_are_read_in_their_usual_forms(text: str, colour: str) -> None:
    assert parse_colour(text) == colour


@pytest.mark.parametrize("text", ["", "red", "#12", "#12345g", "#1234567"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    with pytest.raises(NotAColour):
        parse_colour(text)
