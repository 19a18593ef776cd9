"""Routing: the first rule that holds, never to nobody; drafts are tried before they are switched on."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.events.models import Event
from balai.foundation.events.rules import SYSTEM
from balai.modules.complaints.actions import Submission, submit_report
from balai.modules.complaints.actions.rules import (
    NewRule,
    NotADraft,
    NotTried,
    RulesMovedOn,
    activate_rules,
    draft_rules,
    dry_run,
    replace_rules,
)
from balai.modules.complaints.models import RuleSet
from balai.modules.complaints.queries import set_up as set_up_room
from balai.modules.complaints.queries.set_up import load_set_up, set_up
from balai.modules.complaints.rules.routing import (
    BadCondition,
    RoutingRule,
    Subject,
    check_conditions,
    matches,
    route,
)
from balai.modules.complaints.tests.small_city import IN_BARAT_DAYA, MORNING, SmallCity

SUBJECT = Subject(
    category="road",
    kind="complaint",
    channel="web",
    text="Aspal BERLUBANG di depan pasar",
    area_codes=("35.73.01.1001", "35.73.01"),
    minute=10 * 60,
    in_hours=True,
)


def subject(**changes: Any) -> Subject:
    """Return the usual report, with changes."""
    return Subject(**(vars(SUBJECT) | changes))


@pytest.mark.parametrize(
    ("conditions", "changes", "holds"),
    [
        ({}, {}, True),
        ({"category": ["road"]}, {}, True),
        ({"category": ["lamp", "road"]}, {}, True),
        ({"category": ["lamp"]}, {}, False),
        ({"kind": ["aspiration"]}, {}, False),
        ({"channel": ["call", "web"]}, {}, True),
        ({"area": ["35.73.01"]}, {}, True),
        ({"area": ["35.73"]}, {}, True),
        ({"area": ["35.73.01.1001"]}, {}, True),
        ({"area": ["35.73.0"]}, {}, False),
        ({"area": ["35.73.02"]}, {}, False),
        ({"area": ["35.73.01"]}, {"area_codes": ()}, False),
        ({"words": ["berlubang"]}, {}, True),
        ({"words": ["banjir"]}, {}, False),
        ({"hours": ["open"]}, {}, True),
        ({"hours": ["closed"]}, {}, False),
        ({"hours": ["closed"]}, {"in_hours": False}, True),
        ({"hours": ["07:00-16:00"]}, {}, True),
        ({"hours": ["07:00-10:00"]}, {}, False),
        ({"hours": ["10:00-10:01"]}, {}, True),
        ({"hours": ["22:00-05:00"]}, {"minute": 23 * 60}, True),
        ({"hours": ["22:00-05:00"]}, {"minute": 5 * 60 - 1}, True),
        ({"hours": ["22:00-05:00"]}, {"minute": 5 * 60}, False),
        ({"category": ["road"], "channel": ["call"]}, {}, False),
    ],
)
def test_conditions(conditions: dict[str, Any], changes: dict[str, Any], holds: bool) -> None:
    check_conditions(conditions)
    assert matches(RoutingRule(id=1, unit_id=1, conditions=conditions), subject(**changes)) is holds


@pytest.mark.parametrize(
    ("conditions", "code"),
    [
        ({"colour": ["red"]}, "unknown_key"),
        ({"category": "road"}, "not_a_list"),
        ({"category": []}, "not_a_list"),
        ({"category": [1]}, "not_a_list"),
        ({"hours": ["pagi"]}, "bad_hours"),
        ({"hours": ["25:00-26:00"]}, "bad_hours"),
        ({"hours": ["07:00"]}, "bad_hours"),
    ],
)
def test_conditions_that_cannot_be_read(conditions: dict[str, Any], code: str) -> None:
    with pytest.raises(BadCondition) as refused:
        check_conditions(conditions)
    assert refused.value.code == code


def test_the_first_rule_wins_then_the_category_then_the_central_desk() -> None:
    rules = [
        RoutingRule(id=7, unit_id=70, conditions={"words": ["banjir"]}),
        RoutingRule(id=8, unit_id=80, conditions={"category": ["road"]}),
        RoutingRule(id=9, unit_id=90),
    ]
    found = route(rules=rules, subject=SUBJECT, category_unit_id=5, central_desk_id=1)
    assert (found.unit_id, found.because) == (80, "rule:8")
    found = route(rules=rules[:1], subject=SUBJECT, category_unit_id=5, central_desk_id=1)
    assert (found.unit_id, found.because) == (5, "category")
    found = route(rules=[], subject=SUBJECT, category_unit_id=None, central_desk_id=1)
    assert (found.unit_id, found.because) == (1, "central")


@given(
    units=st.lists(st.integers(2, 9)),
    words=st.text(max_size=40),
    minute=st.integers(0, 1439),
    category_unit=st.none() | st.integers(2, 9),
)
def test_never_to_nobody(units: list[int], words: str, minute: int, category_unit: int | None) -> None:
    conditions: list[dict[str, Any]] = [{"words": ["a"]}, {"hours": ["22:00-05:00"]}, {"category": ["road"]}]
    rules = [
        RoutingRule(id=number, unit_id=unit, conditions=conditions[number % 3]) for number, unit in enumerate(units)
    ]
    found = route(
        rules=rules,
        subject=subject(text=words, minute=minute, category="x"),
        category_unit_id=category_unit,
        central_desk_id=1,
    )
    assert found.unit_id in {*units, category_unit, 1} - {None}


def report(
    *, text: str = "Jalan berlubang.", category: str = "road", privacy: str = "anonymous", at: Any = MORNING
) -> Any:
    """Take in a report at ``at``."""
    lat, lon = IN_BARAT_DAYA
    return submit_report(
        submission=Submission(
            text=text, category=category, channel="web", privacy=privacy, lat=lat, lon=lon, answers={"pole": "1"}
        ),
        at=at,
    ).case


@pytest.mark.usefixtures("now")
def test_a_draft_is_tried_then_switched_on_for_new_reports_only(city: SmallCity) -> None:
    old = report(text="Banjir di jalan.")
    report(at=MORNING - timedelta(hours=1))
    report(text="Banjir lama.", at=MORNING - timedelta(days=91))
    draft = draft_rules(user=city.head, at=MORNING)
    assert list(draft.rules.values_list("name", flat=True)) == ["Lampu di Timur"]
    replace_rules(
        draft=draft,
        rules=[
            NewRule(name="Banjir", unit_id=city.desk.pk, conditions={"words": ["banjir"]}),
            NewRule(name="Sisanya", unit_id=city.works.pk),
        ],
    )
    result = dry_run(draft=draft, at=MORNING)
    assert (result["tried"], result["moved"]) == (2, 1), "the last 90 days, and only what goes elsewhere"
    assert sum(row["after"] for row in result["units"]) == sum(row["before"] for row in result["units"]) == 2
    assert result["examples"][0]["reference"] == old.reference
    assert report(text="Banjir lagi.").unit_id == city.works.pk, "a trial changes nothing"

    activate_rules(draft=draft, actor=SYSTEM, at=MORNING)
    assert list(RuleSet.objects.filter(active=True)) == [draft]
    assert report(text="Banjir baru.").unit_id == city.desk.pk
    old.refresh_from_db()
    assert old.unit_id == city.works.pk
    assert Event.objects.filter(stream="complaints:rules").count() == 1


@pytest.mark.usefixtures("now")
def test_rules_count_from_the_commit_whatever_others_read_before(
    city: SmallCity, django_capture_on_commit_callbacks: Any
) -> None:
    draft = draft_rules(user=city.head, at=MORNING)
    before = set_up().rules
    replace_rules(draft=draft, rules=[NewRule(name="Semua", unit_id=city.desk.pk)])
    with django_capture_on_commit_callbacks(execute=True):
        activate_rules(draft=draft, actor=SYSTEM, at=MORNING, untried=True)
        # somebody else's page, which does not see the new rules yet
        set_up_room._kept.get(None, lambda: replace(load_set_up(), rules=before))
        assert set_up().rules == before
    assert [rule.name for rule in set_up().rules] == ["Semua"]


@pytest.mark.usefixtures("now", "city")
def test_what_was_switched_on_is_never_changed_again(city: SmallCity) -> None:
    draft = draft_rules(user=city.head, at=MORNING)
    # what another officer still has on the screen from before
    stale = RuleSet.objects.get(pk=draft.pk)
    dry_run(draft=draft, at=MORNING)
    activate_rules(draft=draft, actor=SYSTEM, at=MORNING)
    kept = RuleSet.objects.filter(pk=draft.pk).values().get()

    def is_refused(rules: RuleSet) -> None:
        with pytest.raises(NotADraft):
            activate_rules(draft=rules, actor=SYSTEM, at=MORNING)
        with pytest.raises(NotADraft):
            replace_rules(draft=rules, rules=[])
        with pytest.raises(NotADraft):
            dry_run(draft=rules, at=MORNING + timedelta(days=1))
        assert [row.name for row in draft.rules.all()] == ["Lampu di Timur"]

    is_refused(stale)
    assert RuleSet.objects.filter(pk=draft.pk).values().get() == kept
    # nor once it is an older version
    following = draft_rules(user=city.head, at=MORNING)
    activate_rules(draft=following, actor=SYSTEM, at=MORNING, untried=True)
    is_refused(stale)
    assert RuleSet.objects.filter(pk=draft.pk).values().get() == kept | {"active": False}


@pytest.mark.usefixtures("now")
def test_only_what_was_tried_is_switched_on(city: SmallCity, monkeypatch: pytest.MonkeyPatch) -> None:
    report()
    draft = draft_rules(user=city.head, at=MORNING)
    with pytest.raises(NotTried):
        activate_rules(draft=draft, actor=SYSTEM, at=MORNING)
    other = [NewRule(name="Sisanya", unit_id=city.desk.pk)]

    def write_meanwhile(**given: Any) -> Any:
        monkeypatch.undo()
        replace_rules(draft=RuleSet.objects.get(pk=draft.pk), rules=other)
        return route(**given)

    monkeypatch.setattr("balai.modules.complaints.actions.rules.route", write_meanwhile)
    with pytest.raises(RulesMovedOn):
        dry_run(draft=draft, at=MORNING)
    with pytest.raises(NotTried):
        activate_rules(draft=draft, actor=SYSTEM, at=MORNING)
    dry_run(draft=draft, at=MORNING)
    replace_rules(draft=RuleSet.objects.get(pk=draft.pk), rules=other)
    with pytest.raises(NotTried):
        # its object still remembers the trial
        activate_rules(draft=draft, actor=SYSTEM, at=MORNING)


@pytest.mark.usefixtures("now")
def test_a_bad_condition_leaves_the_draft_as_it_was(city: SmallCity) -> None:
    draft = draft_rules(user=None, at=MORNING)
    with pytest.raises(BadCondition):
        replace_rules(draft=draft, rules=[NewRule(name="x", unit_id=city.desk.pk, conditions={"hours": ["pagi"]})])
    assert draft.rules.count() == 1
