"""Links: the same figure everywhere, and nothing of a link may move."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.events.rules import SYSTEM, Actor, Head, Link, first_break, link, link_hash, seal_hash

AT = datetime(2026, 11, 25, 3, 0, 0, 123456, tzinfo=UTC)
# what a JSON column keeps: PostgreSQL refuses U+0000 and half of a surrogate pair
words = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(words, inner, max_size=4),
    max_leaves=8,
)
actors = st.builds(
    Actor,
    st.sampled_from(["staff", "resident", "api", "system"]),
    st.none() | st.integers(1, 2**40),
    st.none() | st.integers(1, 2**40),
)
moments = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def hashed(**changes: Any) -> str:
    given_: dict[str, Any] = {
        "stream": "case:26-K7QX-M3RT",
        "seq": 1,
        "at": AT,
        "kind": "CaseReceived",
        "actor": Actor("staff", 3, 4),
        "public": True,
        "data": {"unit_id": 5, "share": 1.25, "words": "“Saya juga” – ümlaut"},
        "previous_hash": "",
    }
    return link_hash(**given_ | changes)


def test_the_figure_of_today_is_the_figure_of_tomorrow() -> None:
    """Whatever is changed in the code, records of years ago must still prove."""
    assert hashed() == "38a051e22e80ee4e148f350deffc712771710df732af89f60e815d926329f352"


@given(moments, st.dictionaries(words, values, max_size=5), actors, st.integers(-14 * 60, 14 * 60))
def test_neither_zone_nor_order_nor_storage_moves_it(
    at: datetime, data: dict[str, Any], actor: Actor, minutes: int
) -> None:
    first = hashed(at=at, data=data, actor=actor)
    elsewhere = at.astimezone(timezone(timedelta(minutes=minutes)))
    turned = dict(reversed(json.loads(json.dumps(data)).items()))
    assert hashed(at=elsewhere, data=turned, actor=actor) == first
    assert len(first) == 64


@pytest.mark.parametrize(
    "change",
    [
        {"stream": "case:other"},
        {"seq": 2},
        {"at": AT + timedelta(microseconds=1)},
        {"kind": "CaseRouted"},
        {"actor": Actor("staff", 3, 5)},
        {"actor": Actor("staff", 4, 4)},
        {"actor": Actor("api", 3, 4)},
        {"public": False},
        {"data": {}},
        {"previous_hash": "0" * 64},
    ],
)
def test_everything_is_in_it(change: dict[str, Any]) -> None:
    assert hashed(**change) != hashed()


def chain(length: int) -> list[Link]:
    links: list[Link] = []
    head = Head()
    for number in range(length):
        links.append(
            link(
                stream="s",
                after=head,
                at=AT + timedelta(minutes=number),
                kind="K",
                actor=SYSTEM,
                public=False,
                data={"n": number},
            )
        )
        head = Head(links[-1].seq, links[-1].hash)
    return links


@given(st.integers(1, 12), st.data())
def test_a_chain_holds_until_something_is_done_to_it(length: int, data: st.DataObject) -> None:
    links = chain(length)
    assert first_break(links) is None
    where = data.draw(st.integers(0, length - 1))
    changed = [*links]
    changed[where] = replace(links[where], data={"n": -1})
    found = first_break(changed)
    assert found is not None
    assert (found.seq, found.reason) == (where + 1, "was changed")
    if where < length - 1:
        gone = first_break(links[:where] + links[where + 1 :])
        assert gone is not None
        assert (gone.seq, gone.reason) == (where + 1, "missing")


def test_a_link_changed_with_its_hash_breaks_the_next() -> None:
    links = chain(3)
    forged = link(stream="s", after=Head(), at=AT, kind="K", actor=SYSTEM, public=False, data={"n": 99})
    found = first_break([forged, *links[1:]])
    assert found is not None
    assert (found.seq, found.reason) == (2, "does not follow the link before it")


def test_a_seal_holds_order_range_and_number() -> None:
    plain = {"previous_hash": "", "first_id": 1, "last_id": 2, "hashes": ["a" * 64, "b" * 64]}
    first = seal_hash(**plain)  # type: ignore[arg-type]
    for change in ({"hashes": ["b" * 64, "a" * 64]}, {"hashes": ["a" * 64]}, {"last_id": 3}, {"previous_hash": "x"}):
        assert seal_hash(**{**plain, **change}) != first  # type: ignore[arg-type]
