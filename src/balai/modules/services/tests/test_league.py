"""The league compares agencies at the same load, and only by what is certain."""

from math import log2
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.modules.services.rules.league import AgencyMonth, Corrected, Effect, corrected, effect_of_load


def month(unit: int, *, load: float, share: float, officers: int = 4, promised: int = 200) -> AgencyMonth:
    received = round(load * officers)
    return AgencyMonth(unit=unit, promised=promised, kept=round(share * promised), received=received, officers=officers)


def year(*, fall: float, noise: float = 0.0, seed: int = 1, units: int = 4, months: int = 12) -> list[AgencyMonth]:
    """Return months in which every doubling of the load costs ``fall``; agency 0 is usually busiest."""
    dice = Random(seed)
    found = []
    for unit in range(units):
        usual = 80 / 2**unit
        for _ in range(months):
            load = usual * 2 ** dice.uniform(-1, 1)
            found.append(month(unit, load=load, share=0.9 - fall * log2(load / 20) + dice.gauss(0, noise)))
    return found


def test_a_real_fall_is_found_and_taken_out() -> None:
    months = year(fall=0.06, noise=0.02)
    effect = effect_of_load(months)
    assert effect.per_doubling == pytest.approx(-0.06, abs=0.012)
    assert effect.months == 48
    moved = corrected(months, effect=effect)
    # without the correction the busiest is far behind; with it all four are alike
    shares = {
        unit: sum(each.kept for each in months if each.unit == unit)
        / sum(each.promised for each in months if each.unit == unit)
        for unit in range(4)
    }
    assert max(shares.values()) - min(shares.values()) > 0.12
    level = [shares[unit] + moved[unit].by for unit in range(4)]
    assert max(level) - min(level) < 0.04
    assert moved[0].by > 0 > moved[3].by
    assert moved[0].load == pytest.approx(80, rel=0.25)


def test_slow_and_busy_is_no_excuse() -> None:
    """The busy agency keeps less whatever it has to do: within itself load changes nothing, so nothing is corrected."""
    dice = Random(4)
    months = [
        month(unit, load=usual * 2 ** dice.uniform(-1, 1), share=share + dice.gauss(0, 0.02))
        for unit, (usual, share) in enumerate(((80, 0.6), (20, 0.95)))
        for _ in range(15)
    ]
    assert effect_of_load(months).per_doubling == 0
    assert {each.by for each in corrected(months, effect=effect_of_load(months)).values()} == {0}


@pytest.mark.parametrize("seed", range(20))
def test_chance_moves_nobody(seed: int) -> None:
    effect = effect_of_load(year(fall=0.0, noise=0.05, seed=seed))
    # one in forty may seem certain by chance; it stays small
    assert effect.per_doubling == 0 or abs(effect.per_doubling) < 0.04


def test_nobody_loses_for_having_little_to_do() -> None:
    assert effect_of_load(year(fall=-0.06, noise=0.01)) == Effect(0.0, 48)


def test_a_few_months_say_nothing() -> None:
    assert effect_of_load(year(fall=0.1, units=2, months=6)).per_doubling == 0
    assert effect_of_load([]) == Effect(0.0, 0)
    assert corrected([], effect=Effect(-0.1, 30)) == {}
    alone = month(7, load=10, share=0.5, officers=0)
    assert corrected([alone], effect=Effect(-0.1, 30)) == {}
    # one month of an agency compares with nothing
    assert effect_of_load([month(unit, load=10 + unit, share=0.5) for unit in range(40)]).per_doubling == 0


@given(
    st.lists(
        st.builds(
            AgencyMonth,
            unit=st.integers(0, 5),
            promised=st.integers(0, 500),
            kept=st.integers(0, 0),
            received=st.integers(0, 10_000),
            officers=st.integers(0, 50),
        ),
        max_size=60,
    ),
    st.floats(-1, 0),
)
def test_corrections_even_out(months: list[AgencyMonth], slope: float) -> None:
    """Weighted by promises the corrections of a city come to nothing: what one gains another gives."""
    moved = corrected(months, effect=Effect(slope, 60))
    counted = [each for each in months if each.load is not None and each.promised]
    whole = sum(each.promised * moved[each.unit].by for each in counted)
    assert whole == pytest.approx(0, abs=1e-6 * (1 + sum(each.promised for each in counted)))
    assert set(moved) == {each.unit for each in counted}
    assert all(isinstance(each, Corrected) for each in moved.values())
