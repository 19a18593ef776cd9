"""A record's life on a real database: nothing goes live with gaps, nothing published changes, two tabs notice."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from balai.engines.catalogs import actions
from balai.engines.catalogs.models import RecordVersion
from balai.engines.catalogs.queries import due_for_review, history, in_work, live_on
from balai.engines.catalogs.tests.test_rules import GOOD, KIND
from balai.foundation.events.models import Event
from balai.foundation.events.queries import find_break
from balai.foundation.events.rules import Actor
from balai.foundation.units.tests.city import AT, Town, build_town

ACTOR = Actor("staff", 1, 1)
TODAY = date(2026, 11, 25)


@pytest.fixture
def town(db: None) -> Town:
    return build_town()


@pytest.fixture(autouse=True)
def _kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actions, "kind_named", lambda slug: KIND)


def draft(town: Town, **content: Any) -> RecordVersion:
    return actions.create_record(
        kind="thing",
        slug="chair",
        unit_id=town.units["works"].pk,
        name_id="Kursi",
        content={**GOOD, **content},
        actor=ACTOR,
        at=AT,
    )


def published(version: RecordVersion, *, since: date = TODAY) -> RecordVersion:
    actions.record_minutes(
        version_id=version.pk,
        held_on=TODAY,
        place="Balai RW 3",
        participants=20,
        points="Setuju",
        actor=ACTOR,
        at=AT,
    )
    actions.set_decree(version_id=version.pk, number="SK 1/2026", day=TODAY, actor=ACTOR, at=AT)
    return actions.publish_version(version_id=version.pk, valid_from=since, actor=ACTOR, at=AT)


def test_from_draft_to_published_and_on_to_the_next(town: Town) -> None:
    first = draft(town)
    assert list(in_work(kind="thing")) == [first]
    published(first)
    assert [version.pk for version in live_on(kind="thing", day=TODAY)] == [first.pk]
    assert not live_on(kind="thing", day=TODAY - timedelta(days=1)).exists()

    second = actions.begin_version(record_id=first.record_id, actor=ACTOR, at=AT)
    assert (second.number, second.content) == (2, first.content)
    assert actions.begin_version(record_id=first.record_id, actor=ACTOR, at=AT) == second
    published(second, since=TODAY + timedelta(days=10))
    # until then the first one counts
    for day, version in ((0, first), (9, first), (10, second), (99, second)):
        assert [each.pk for each in live_on(kind="thing", day=TODAY + timedelta(days=day))] == [version.pk]
    assert [version.number for version in history(record_id=first.record_id)] == [2, 1]
    assert [event.kind for event in Event.objects.filter(stream=f"record:{first.record_id}").order_by("seq")] == [
        "RecordDrafted",
        "MinutesRecorded",
        "VersionDecreed",
        "VersionPublished",
        "RecordDrafted",
        "MinutesRecorded",
        "VersionDecreed",
        "VersionRetired",
        "VersionPublished",
    ]
    assert find_break() is None


def test_nothing_goes_live_with_a_gap(town: Town) -> None:
    version = draft(town, needs=[])
    with pytest.raises(actions.Incomplete) as refused:
        published(version)
    assert refused.value.components == ("needs",)
    assert not live_on(kind="thing", day=TODAY).exists()


def test_no_decree_before_the_public_was_heard_and_no_publication_before_the_decree(town: Town) -> None:
    version = draft(town)
    with pytest.raises(actions.NotNow, match="no_minutes"):
        actions.set_decree(version_id=version.pk, number="SK", day=TODAY, actor=ACTOR, at=AT)
    with pytest.raises(actions.NotNow, match="not_from_here"):
        actions.publish_version(version_id=version.pk, valid_from=TODAY, actor=ACTOR, at=AT)
    for wrong in ({"participants": 0}, {"place": " "}, {"points": ""}, {"held_on": TODAY + timedelta(days=1)}):
        given: dict[str, Any] = {"held_on": TODAY, "place": "Balai", "participants": 3, "points": "x"}
        with pytest.raises(actions.NotNow, match="no_minutes"):
            actions.record_minutes(version_id=version.pk, **given | wrong, actor=ACTOR, at=AT)


def test_two_tabs_notice_each_other(town: Town) -> None:
    version = draft(town)
    saved = actions.save_draft(
        version_id=version.pk, content={**GOOD, "note": "baru"}, expected_revision=0, actor=ACTOR, at=AT
    )
    assert (saved.revision, saved.content["note"]) == (1, "baru")
    with pytest.raises(actions.MovedOn):
        actions.save_draft(version_id=version.pk, content=GOOD, expected_revision=0, actor=ACTOR, at=AT)
    # the same again is no change
    again = actions.save_draft(version_id=version.pk, content=saved.content, expected_revision=1, actor=ACTOR, at=AT)
    assert again.revision == 1
    with pytest.raises(actions.ContentRefused):
        actions.save_draft(version_id=version.pk, content={"needs": "x"}, expected_revision=1, actor=ACTOR, at=AT)


@pytest.mark.parametrize("values", [{"content": {}}, {"decree_number": "x"}, {"valid_from": date(2020, 1, 1)}])
def test_the_database_refuses_to_change_what_was_published(town: Town, values: dict[str, Any]) -> None:
    version = published(draft(town))
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        RecordVersion.objects.filter(pk=version.pk).update(**values)


def test_a_version_begins_after_the_one_before(town: Town) -> None:
    first = published(draft(town))
    second = actions.begin_version(record_id=first.record_id, actor=ACTOR, at=AT)
    with pytest.raises(actions.NotNow, match="begins_too_early"):
        published(second, since=TODAY)


def test_what_was_retired_is_not_said_any_more(town: Town) -> None:
    version = published(draft(town))
    actions.retire_version(version_id=version.pk, until=TODAY + timedelta(days=5), actor=ACTOR, at=AT)
    assert live_on(kind="thing", day=TODAY + timedelta(days=4)).exists()
    assert not live_on(kind="thing", day=TODAY + timedelta(days=5)).exists()


def test_what_should_have_been_looked_at_again_is_found(town: Town) -> None:
    version = draft(town)
    actions.open_consultation(version_id=version.pk, until=TODAY, actor=ACTOR, at=AT)
    actions.return_to_draft(version_id=version.pk, reason="Kurang jelas", actor=ACTOR, at=AT)
    published(version)
    assert not due_for_review(kind="thing", day=TODAY).exists()


def test_minutes_are_about_the_words_that_were_heard(town: Town) -> None:
    version = draft(town)
    actions.record_minutes(
        version_id=version.pk, held_on=TODAY, place="Balai", participants=3, points="Setuju", actor=ACTOR, at=AT
    )
    actions.save_draft(version_id=version.pk, content={**GOOD, "note": "lain"}, expected_revision=0, actor=ACTOR, at=AT)
    with pytest.raises(actions.NotNow, match="no_minutes"):
        actions.set_decree(version_id=version.pk, number="SK", day=TODAY, actor=ACTOR, at=AT)


def test_no_day_has_two_versions_also_after_one_was_retired_for_later(town: Town) -> None:
    first = published(draft(town))
    actions.retire_version(version_id=first.pk, until=TODAY + timedelta(days=30), actor=ACTOR, at=AT)
    second = actions.begin_version(record_id=first.record_id, actor=ACTOR, at=AT)
    with pytest.raises(actions.NotNow, match="begins_too_early"):
        published(second, since=TODAY + timedelta(days=10))
    actions.publish_version(version_id=second.pk, valid_from=TODAY + timedelta(days=30), actor=ACTOR, at=AT)
    for day in (29, 30):
        assert live_on(kind="thing", day=TODAY + timedelta(days=day)).count() == 1
