"""Taking back one's own last change."""

from datetime import timedelta

import pytest

from balai.engines.cases._rows import case_fields, matter_of
from balai.engines.cases.actions import CaseMovedOn, UndoRefused, undo_change
from balai.engines.cases.models import Case, Clock, Entry, Follower
from balai.engines.cases.rules.evolution import ChangeRefused
from balai.engines.cases.tests.small_desk import MORNING, SmallDesk, photo, resident
from balai.engines.cases.tests.together import run_together
from balai.foundation.events.models import Event
from balai.foundation.events.queries import find_break
from balai.foundation.events.rules import Actor
from balai.foundation.files.models import Attachment
from balai.foundation.messages.models import OutboxMessage

LATER = MORNING + timedelta(hours=1)
SOON = LATER + timedelta(minutes=9)


def whole(case: Case) -> dict[str, object]:
    """Return everything of a matter that a change may move, but for the moment of the last change."""
    case = Case.objects.get(pk=case.pk)
    clocks = list(Clock.objects.filter(case=case).order_by("started_at", "id"))
    return case_fields(matter_of(case, clocks)) | {
        "updated_at": None,
        "clocks": list(Clock.objects.filter(case=case).order_by("id").values()),
    }


@pytest.mark.parametrize(
    ("way", "name", "given"),
    [
        ((), "start", {}),
        ((), "answer", {"text": "Sudah ditambal"}),
        ((), "ask", {"text": "Sebelah mana?"}),
        (("ask",), "resume", {}),
        (("answer",), "close", {"text": "Tidak ada kabar"}),
        ((), "refuse", {"text": "Bukan", "reason": "incomplete", "basis": "UU 25/2009"}),
        ((), "reassign", {"unit": True, "reason": "not_our_task"}),
        ((), "take", {"assignee": True}),
    ],
)
def test_everything_is_as_before(desk: SmallDesk, way: tuple[str, ...], name: str, given: dict[str, object]) -> None:
    case = desk.open(reporter=resident())
    for step in way:
        case = desk.change(case, step, at=MORNING + timedelta(minutes=5), text="Kabar")
    before = whole(case)
    if given.pop("unit", False):
        given["unit_id"] = desk.water.pk
    if given.pop("assignee", False):
        given["assignee_id"] = desk.budi.pk
    case = desk.change(case, name, at=LATER, **given)
    assert whole(case) != before
    undone = case.seq
    undo_change(case_id=case.pk, seq=undone, actor=Actor("staff", desk.sari.pk), at=SOON)
    assert whole(case) == before
    # both stay in the record
    last = Event.objects.filter(stream=f"case:{case.reference}").order_by("seq").last()
    assert last is not None
    assert (last.kind, last.data["undone_seq"]) == ("CaseUndone", undone)
    assert find_break() is None


def test_what_came_with_it_is_hidden_and_called_back(desk: SmallDesk) -> None:
    case = desk.open(reporter=resident(), attachments=[photo()])
    case = desk.change(case, "answer", at=LATER, text="Sudah", attachments=[photo("proof")])
    assert OutboxMessage.objects.get(template="complaint_answered").state == OutboxMessage.State.QUEUED
    undo_change(case_id=case.pk, seq=case.seq, actor=Actor("staff", desk.sari.pk), at=SOON)
    assert Entry.objects.get().audience == Entry.Audience.STAFF
    called_back = OutboxMessage.objects.get(template="complaint_answered")
    assert (called_back.state, called_back.reason) == (OutboxMessage.State.SKIPPED, "undone")
    assert OutboxMessage.objects.get(template="complaint_received").state == OutboxMessage.State.QUEUED
    assert {row.purpose: row.public for row in Attachment.objects.all()} == {"photo": True, "proof": False}


def test_who_may_not_and_what_cannot(desk: SmallDesk) -> None:
    case = desk.change(desk.open(), "start", at=LATER)

    def refusal(*, actor: Actor, seq: int, at: object = SOON) -> str:
        with pytest.raises(UndoRefused) as refused:
            undo_change(case_id=case.pk, seq=seq, actor=actor, at=at)  # type: ignore[arg-type]
        return refused.value.code

    sari = Actor("staff", desk.sari.pk)
    assert refusal(actor=Actor("staff", desk.budi.pk), seq=case.seq) == "not_yours"
    assert refusal(actor=sari, seq=case.seq, at=LATER + timedelta(minutes=10, seconds=1)) == "too_late"
    case = desk.change(case, "note", at=LATER, text="Catatan")
    assert refusal(actor=sari, seq=case.seq) == "not_undoable"
    with pytest.raises(CaseMovedOn):
        undo_change(case_id=case.pk, seq=case.seq - 1, actor=sari, at=SOON)


def test_the_register_number_stays_with_its_matter(desk: SmallDesk) -> None:
    case = desk.change(desk.open(), "start", at=LATER)
    undo_change(case_id=case.pk, seq=case.seq, actor=Actor("staff", desk.sari.pk), at=SOON)
    case.refresh_from_db()
    assert case.register_number == "000001/DPU/2026"
    assert desk.change(case, "start", at=SOON).register_number == "000001/DPU/2026"
    assert desk.change(desk.open(), "start", at=SOON).register_number == "000002/DPU/2026"


def test_merged_the_reporter_learns_the_number_and_followers_go_along(desk: SmallDesk) -> None:
    target = desk.open(reporter=resident("pertama@contoh.example"))
    case = desk.open(reporter=resident())
    other = resident("ikut@contoh.example")
    Follower.objects.create(case=case, resident=other, at=MORNING)
    Follower.objects.create(case=target, resident=other, at=MORNING)
    case = desk.change(case, "merge", at=LATER, target_id=target.pk)
    assert (case.state_class, case.merged_into_id, case.is_open) == ("merged", target.pk, False)
    message = OutboxMessage.objects.get(template="complaint_merged")
    assert (message.context["target"], message.resident_id) == (target.reference, case.reporter_id)
    followers = Follower.objects.filter(case=target)
    assert set(followers.values_list("resident_id", flat=True)) == {other.pk, case.reporter_id}
    undo_change(case_id=case.pk, seq=case.seq, actor=Actor("staff", desk.sari.pk), at=SOON)
    case.refresh_from_db()
    assert (case.state, case.merged_into_id, case.is_open) == ("assigned", None, True)
    # who followed the target by themselves still does
    assert list(followers.values_list("resident_id", flat=True)) == [other.pk]
    assert Follower.objects.filter(case=case).count() == 1
    assert OutboxMessage.objects.get(template="complaint_merged").state == OutboxMessage.State.SKIPPED


@pytest.mark.parametrize("wrong", ["itself", "ended", "merged", "secret", "nothing"])
def test_where_nothing_can_go_on(desk: SmallDesk, wrong: str) -> None:
    case = desk.open()
    target = case if wrong == "itself" else desk.open(privacy="secret" if wrong == "secret" else "named")
    if wrong == "ended":
        desk.reply(target, "withdraw", at=LATER)
    if wrong == "merged":
        desk.change(target, "merge", at=LATER, target_id=desk.open().pk)
    with pytest.raises(ChangeRefused) as refused:
        desk.change(case, "merge", at=LATER, target_id=target.pk if wrong != "nothing" else 10**9)
    assert refused.value.code == "target_gone"
    case.refresh_from_db()
    assert case.is_open


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_two_merges_that_cross_one_another(shared_desk: SmallDesk) -> None:
    one, two = shared_desk.open(), shared_desk.open()
    results = run_together(
        [
            lambda: shared_desk.change(one, "merge", at=LATER, target_id=two.pk),
            lambda: shared_desk.change(two, "merge", at=LATER, target_id=one.pk),
        ]
    )
    refused = [item for item in results if isinstance(item, ChangeRefused)]
    assert [item.code for item in refused] == ["target_gone"], results
    assert Case.objects.filter(is_open=True).count() == 1
