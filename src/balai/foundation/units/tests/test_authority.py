"""Who may do what, who is told, and where nobody is."""

from datetime import timedelta
from typing import Any

import pytest

from balai.foundation.units.actions import DeputyMissing, appoint, create_post, end_holding, set_deputy
from balai.foundation.units.models import Holding, Post
from balai.foundation.units.queries import (
    NobodyThere,
    authority_of,
    central_desk,
    holders_in,
    neglect,
    overview,
    recipients,
)
from balai.foundation.units.rules import NOBODY, Authority, Grant
from balai.foundation.units.tests.city import AT, Town, person

HANDLE = "cases.handle"


def grant(**fields: Any) -> Grant:
    return Grant(
        **{
            "post_id": 1,
            "post_title": "P",
            "level": "handler",
            "permissions": frozenset({HANDLE}),
            "unit_ids": frozenset({1}),
            **fields,
        }
    )


@pytest.mark.parametrize(
    ("fields", "asked", "may"),
    [
        ({}, {}, True),
        ({}, {"unit_id": 1}, True),
        ({}, {"unit_id": 2}, False),
        ({"unit_ids": None}, {"unit_id": 2}, True),
        ({"unit_ids": frozenset({1, 2})}, {"unit_id": 2}, True),
        ({"permissions": frozenset()}, {"unit_id": 1}, False),
        # an area narrows what is asked about a matter, not the general question
        ({"area_id": 5, "area_level": "district"}, {}, True),
        ({"area_id": 5, "area_level": "district"}, {"unit_id": 1, "district_id": 5}, True),
        ({"area_id": 5, "area_level": "district"}, {"unit_id": 1, "district_id": 6}, False),
        ({"area_id": 5, "area_level": "district"}, {"unit_id": 1}, False),
        ({"area_id": 5, "area_level": "district"}, {"unit_id": 1, "village_id": 5}, False),
        ({"area_id": 5, "area_level": "village"}, {"unit_id": 1, "district_id": 1, "village_id": 5}, True),
        ({"unit_ids": None, "area_id": 5, "area_level": "village"}, {"unit_id": 9, "village_id": 6}, False),
    ],
)
def test_what_a_grant_reaches(fields: dict[str, Any], asked: dict[str, int], may: bool) -> None:
    assert Authority(user_id=1, grants=(grant(**fields),)).may(HANDLE, **asked) is may


def test_two_grants_do_not_lend_each_other_their_reach() -> None:
    here = grant(permissions=frozenset({HANDLE}))
    there = grant(permissions=frozenset({"cases.desk"}), unit_ids=frozenset({2}))
    both = Authority(user_id=1, grants=(here, there))
    assert both.may(HANDLE)
    assert both.may("cases.desk", unit_id=2)
    assert not both.may(HANDLE, unit_id=2)
    assert both.grants_for(HANDLE) == (here,)
    assert not NOBODY.may(HANDLE)


@pytest.mark.parametrize(
    ("who", "reach"),
    [
        ("handler", {"works"}),
        ("head", {"works", "roads"}),
        ("roads", {"roads"}),
        ("desk", {"works", "roads", "desk", "top"}),
        ("mayor", {"works", "roads", "desk", "top"}),
        ("operator", set()),
    ],
)
def test_a_post_sees_its_unit_its_branch_or_the_city(town: Town, who: str, reach: set[str]) -> None:
    authority = authority_of(user=town.people[who], at=AT)
    seen = {slug for slug, unit in town.units.items() if authority.may("cases.desk", unit_id=unit.pk)}
    assert seen == reach


def test_a_post_of_an_area_sees_that_area(town: Town) -> None:
    Post.objects.filter(pk=town.posts["handler"].pk).update(area=town.areas["klojen"])
    authority = authority_of(user=town.people["handler"], at=AT)
    works = town.units["works"].pk
    assert authority.may(HANDLE, unit_id=works, district_id=town.areas["klojen"].pk)
    assert not authority.may(HANDLE, unit_id=works, district_id=town.areas["sukun"].pk)


def test_a_deputy_acts_only_while_nobody_is_there(town: Town) -> None:
    handler, roads = town.people["handler"], town.units["roads"].pk
    assert not authority_of(user=handler, at=AT).may(HANDLE, unit_id=roads)
    end_holding(post=town.posts["roads"], at=AT)
    assert authority_of(user=handler, at=AT).may(HANDLE, unit_id=roads)
    appoint(post=town.posts["roads"], user=person("New"), at=AT + timedelta(hours=1))
    assert authority_of(user=handler, at=AT + timedelta(minutes=59)).may(HANDLE, unit_id=roads)
    assert not authority_of(user=handler, at=AT + timedelta(hours=1)).may(HANDLE, unit_id=roads)


def test_a_deputy_acts_for_a_holder_whose_account_is_closed(town: Town) -> None:
    town.people["roads"].is_active = False
    town.people["roads"].save()
    assert authority_of(user=town.people["handler"], at=AT).may(HANDLE, unit_id=town.units["roads"].pk)
    assert authority_of(user=town.people["roads"], at=AT).grants == ()


def test_authority_ends_with_the_holding_and_with_the_post(town: Town) -> None:
    end_holding(post=town.posts["handler"], at=AT)
    assert authority_of(user=town.people["handler"], at=AT - timedelta(seconds=1)).may(HANDLE)
    assert not authority_of(user=town.people["handler"], at=AT).may(HANDLE)
    Post.objects.filter(pk=town.posts["head"].pk).update(active=False)
    assert authority_of(user=town.people["head"], at=AT).grants == ()


@pytest.mark.parametrize(("who", "queries"), [("handler", 1), ("desk", 1), ("head", 2)])
def test_authority_takes_few_queries(town: Town, who: str, queries: int, django_assert_num_queries: Any) -> None:
    """One; a post that sees a whole branch asks for the tree as well."""
    with django_assert_num_queries(queries):
        authority_of(user=town.people[who], at=AT)


def test_somebody_without_a_post_costs_one_query(town: Town, django_assert_num_queries: Any) -> None:
    nobody = person("Nobody")
    with django_assert_num_queries(1):
        assert authority_of(user=nobody, at=AT).grants == ()


def names(town: Town, unit: str, level: str) -> set[str]:
    return {user.name for user in recipients(unit_id=town.units[unit].pk, level=level, at=AT)}


def test_who_is_told_falls_to_the_deputy_and_then_a_level_up(town: Town) -> None:
    assert names(town, "works", "handler") == {"Handler"}
    end_holding(post=town.posts["handler"], at=AT)
    assert names(town, "works", "handler") == {"Head"}
    end_holding(post=town.posts["head"], at=AT)
    assert names(town, "works", "handler") == {"Secretary"}
    end_holding(post=town.posts["secretary"], at=AT)
    assert names(town, "works", "handler") == {"Mayor"}
    end_holding(post=town.posts["mayor"], at=AT)
    with pytest.raises(NobodyThere):
        names(town, "works", "handler")


def test_a_closed_account_is_not_told(town: Town) -> None:
    town.people["handler"].is_active = False
    town.people["handler"].save()
    assert names(town, "works", "handler") == {"Head"}
    assert [user.name for user in holders_in(unit_id=town.units["works"].pk, at=AT)] == ["Head"]


def test_the_central_desk_is_one_unit(town: Town) -> None:
    assert central_desk() == town.units["desk"]


def alarms(town: Town) -> set[tuple[str, str]]:
    return {(alarm.code, alarm.post.title.removeprefix("Post ")) for alarm in neglect(at=AT)}


def test_no_alarm_where_everybody_is(town: Town) -> None:
    assert alarms(town) == set()


def test_every_kind_of_neglect_is_an_alarm(town: Town) -> None:
    end_holding(post=town.posts["mayor"], at=AT)
    for who, fields in (
        ("secretary", {"is_active": False}),
        ("handler", {"last_seen_at": AT - timedelta(days=7, seconds=1)}),
        ("roads", {"last_seen_at": AT - timedelta(days=7)}),
    ):
        for name, value in fields.items():
            setattr(town.people[who], name, value)
        town.people[who].save()
    Post.objects.filter(pk=town.posts["desk"].pk).update(deputy=None)
    assert alarms(town) == {
        ("no_holder", "mayor"),
        ("inactive_holder", "secretary"),
        ("silent", "handler"),
        ("no_deputy", "desk"),
    }


def test_a_new_holder_has_a_week(town: Town) -> None:
    appoint(post=town.posts["handler"], user=person("New", seen=None), at=AT - timedelta(days=7))
    assert alarms(town) == set()
    appoint(post=town.posts["roads"], user=person("Old", seen=AT - timedelta(days=90)), at=AT - timedelta(days=1))
    assert alarms(town) == set()


def test_an_overview_costs_the_same_however_many_there_are(town: Town, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):
        lines = overview(at=AT)
    assert {line.unit.slug: len(line.posts) for line in lines} == {"top": 2, "works": 2, "roads": 1, "desk": 2}


def test_a_post_works_only_with_a_deputy(town: Town) -> None:
    with pytest.raises(DeputyMissing):
        create_post(unit=town.units["works"], title="Alone", level="handler", roles=[], at=AT)
    with pytest.raises(DeputyMissing):
        set_deputy(post=town.posts["head"], deputy=town.posts["head"], at=AT)


def test_one_person_at_a_time_holds_a_post(town: Town) -> None:
    new = person("New")
    appoint(post=town.posts["handler"], user=new, at=AT)
    appoint(post=town.posts["handler"], user=new, at=AT + timedelta(hours=1))
    rows = Holding.objects.filter(post=town.posts["handler"]).order_by("valid_from")
    assert [(row.user.name, row.valid_to) for row in rows] == [("Handler", AT), ("New", None)]
