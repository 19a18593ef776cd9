"""What everybody says of a draft: taken in until a day, masked, answered before the decree."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from balai.engines.catalogs import actions
from balai.engines.catalogs.actions import CommentRefused, NotNow
from balai.engines.catalogs.models import PublicComment, RecordVersion
from balai.engines.catalogs.queries import asked_about, comments_on, consulted, unanswered
from balai.engines.catalogs.rules import consultation_gap, is_asked
from balai.engines.catalogs.tests.test_rules import GOOD, KIND
from balai.foundation.events.models import Event
from balai.foundation.events.rules import Actor
from balai.foundation.units.tests.city import AT, Town, build_town

STAFF, RESIDENT = Actor("staff"), Actor("resident")
TODAY = date(2026, 11, 25)
UNTIL = TODAY + timedelta(days=14)
COMPONENT = KIND.components[0].slug


@pytest.fixture
def version(db: None, monkeypatch: pytest.MonkeyPatch) -> RecordVersion:
    town: Town = build_town()
    monkeypatch.setattr(actions, "kind_named", lambda slug: KIND)
    made = actions.create_record(
        kind="thing",
        slug="chair",
        unit_id=town.units["works"].pk,
        name_id="Kursi",
        content=GOOD,
        actor=STAFF,
        at=AT,
    )
    return actions.open_consultation(version_id=made.pk, until=UNTIL, actor=STAFF, at=AT)


def say(version: RecordVersion, *, at: datetime = AT, **changed: Any) -> PublicComment:
    given = {"component": COMPONENT, "words": "Terlalu lama.", "name": "", "submission_key": "web:1", **changed}
    return actions.say_comment(version_id=version.pk, **given, actor=RESIDENT, at=at)


def decree(version: RecordVersion, at: datetime) -> RecordVersion:
    minutes = {"held_on": TODAY, "place": "Balai RW 3", "participants": 20, "points": "Setuju"}
    actions.record_minutes(version_id=version.pk, **minutes, actor=STAFF, at=at)  # type: ignore[arg-type]
    return actions.set_decree(version_id=version.pk, number="SK 1/2026", day=TODAY, actor=STAFF, at=at)


@pytest.mark.parametrize(
    ("state", "day", "asked"),
    [("consultation", UNTIL, True), ("consultation", UNTIL + timedelta(days=1), False), ("draft", TODAY, False)],
)
def test_the_last_day_counts_whole(state: str, day: date, asked: bool) -> None:
    assert is_asked(state=state, until=UNTIL, day=day) is asked
    assert (consultation_gap(state=state, until=UNTIL, day=day, unanswered=0) == "still_asked") is asked


def test_said_masked_answered_and_then_set_by_decree(version: RecordVersion) -> None:
    after = datetime(2026, 12, 10, 3, 0, tzinfo=UTC)
    comment = say(version, words="Hubungi saya di 0812 3456 7890 saja.", name="Rina rina@warga.example")
    assert "0812" not in comment.words
    assert "@" not in comment.name
    assert unanswered(kind="thing") == {version.record_id: 1}
    assert asked_about(kind="thing", day=UNTIL).get() == version
    # whoever was given until a day keeps it, and what was said gets an answer
    with pytest.raises(NotNow, match="still_asked"):
        decree(version, AT)
    with pytest.raises(NotNow, match="unanswered"):
        decree(version, after)
    actions.answer_comment(comment_id=comment.pk, outcome="taken", answer="Menjadi dua hari.", actor=STAFF, at=after)
    assert unanswered(kind="thing") == {}
    assert decree(version, after).state == "decreed"
    # what was answered stays as it was decided on
    with pytest.raises(NotNow):
        actions.answer_comment(comment_id=comment.pk, outcome="not_taken", answer="Tidak.", actor=STAFF, at=after)
    assert not asked_about(kind="thing", day=TODAY).exists()
    assert consulted(kind="thing", slug="chair") == version
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert [kind.rpartition(".")[2] for kind in kinds if "Comment" in kind] == ["CommentMade", "CommentAnswered"]
    assert "Hubungi" not in str(list(Event.objects.values_list("data", flat=True)))


def test_the_same_form_twice_is_one_comment(version: RecordVersion) -> None:
    assert say(version) == say(version, at=AT + timedelta(days=30))
    assert comments_on(version).count() == 1


@pytest.mark.parametrize(
    ("changed", "code"),
    [({"words": " \n "}, "empty"), ({"component": "nothing"}, "unknown"), ({"at": AT + timedelta(days=15)}, "closed")],
)
def test_what_cannot_be_a_comment(version: RecordVersion, changed: dict[str, Any], code: str) -> None:
    with pytest.raises(CommentRefused, match=code):
        say(version, **changed)
    assert not comments_on(version).exists()


def test_an_answer_says_something(version: RecordVersion) -> None:
    comment = say(version)
    for outcome, answer in (("taken", "  "), ("", "Baik."), ("perhaps", "Baik.")):
        with pytest.raises(CommentRefused):
            actions.answer_comment(comment_id=comment.pk, outcome=outcome, answer=answer, actor=STAFF, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        PublicComment.objects.filter(pk=comment.pk).update(outcome="taken")


@pytest.mark.parametrize("until", [TODAY - timedelta(days=1), TODAY + timedelta(days=400)])
def test_nobody_is_asked_for_no_time_or_for_ever(version: RecordVersion, until: date) -> None:
    actions.return_to_draft(version_id=version.pk, reason="Kurang jelas", actor=STAFF, at=AT)
    with pytest.raises(CommentRefused, match="closed"):
        say(version)
    with pytest.raises(NotNow, match="bad_until"):
        actions.open_consultation(version_id=version.pk, until=until, actor=STAFF, at=AT)
