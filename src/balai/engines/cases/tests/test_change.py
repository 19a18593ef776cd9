"""Changes: each of the complaint's, who may make them, two at once, and what they leave in the record."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from balai.engines.cases.actions import CaseMovedOn, NotAllowed, apply_change
from balai.engines.cases.events import MOVES
from balai.engines.cases.models import Case, Clock, Entry, RegisterCounter
from balai.engines.cases.rules.evolution import ChangeRefused, Given
from balai.engines.cases.rules.kinds import END_CLASSES, UnknownChange
from balai.engines.cases.tests.small_desk import EVERYTHING, MORNING, REPORTER, SmallDesk, clock_of, photo, resident
from balai.engines.cases.tests.together import run_together
from balai.engines.cases.words import is_late
from balai.foundation.events.models import Event
from balai.foundation.events.queries import find_break
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.files.actions import UploadRefused
from balai.foundation.files.models import Attachment
from balai.foundation.messages.models import OutboxMessage

LATER = MORNING + timedelta(hours=1)
# how to come to where a change may be made
WAY = {
    "received": (),
    "assigned": (),
    "working": ("start",),
    "waiting_reporter": ("ask",),
    "waiting_outside": ("wait",),
    "answered": ("answer",),
    "done_silent": ("answer", "close"),
    "done_confirmed": ("answer", "confirm"),
    "refused": ("refuse",),
    "withdrawn": ("withdraw",),
}
# change: where from, where to, by whom
CHANGES = [
    ("verify", "received", "assigned", "staff"),
    ("start", "received", "working", "staff"),
    ("start", "assigned", "working", "staff"),
    ("answer", "working", "answered", "staff"),
    ("answer", "waiting_reporter", "answered", "staff"),
    ("progress", "working", "working", "staff"),
    ("ask", "working", "waiting_reporter", "staff"),
    ("wait", "working", "waiting_outside", "staff"),
    ("resume", "waiting_outside", "assigned", "staff"),
    ("reassign", "working", "assigned", "staff"),
    ("take", "assigned", "assigned", "staff"),
    ("extend", "working", "working", "staff"),
    ("note", "done_confirmed", "done_confirmed", "staff"),
    ("note", "waiting_reporter", "waiting_reporter", "staff"),
    ("refuse", "assigned", "refused", "staff"),
    ("merge", "assigned", "merged", "staff"),
    ("close", "answered", "done_silent", "staff"),
    ("reply", "waiting_reporter", "assigned", "reporter"),
    ("add", "working", "working", "reporter"),
    ("confirm", "answered", "done_confirmed", "reporter"),
    ("confirm", "done_silent", "done_confirmed", "reporter"),
    ("reopen", "done_confirmed", "assigned", "reporter"),
    ("reopen", "answered", "assigned", "reporter"),
    ("withdraw", "working", "withdrawn", "reporter"),
    ("close_silent", "answered", "done_silent", "system"),
]


def given_for(desk: SmallDesk, name: str) -> dict[str, Any]:
    """Return what a change needs."""
    return {
        "verify": {"unit_id": desk.water.pk},
        "answer": {"text": "Sudah ditambal"},
        "progress": {"text": "Besok dikerjakan"},
        "ask": {"text": "Sebelah mana?"},
        "wait": {"text": "Menunggu provinsi"},
        "reassign": {"unit_id": desk.water.pk, "reason": "not_our_task"},
        "take": {"assignee_id": desk.budi.pk},
        "extend": {"text": "Bahan belum datang"},
        "note": {"text": "Catatan"},
        "refuse": {"text": "Bukan urusan kota", "reason": "outside_authority", "basis": "UU 25/2009"},
        "close": {"text": "Tidak ada kabar"},
        "reply": {"text": "Sebelah kanan"},
        "add": {"text": "Lebih dalam sekarang"},
        "confirm": {"rating": 4},
        "reopen": {"text": "Belum selesai"},
    }.get(name, {})


def make(desk: SmallDesk, case: Case, name: str, who: str, at: Any = LATER) -> Case:
    given = given_for(desk, name)
    if name == "merge":
        given = {"target_id": desk.open().pk}
    if who == "staff":
        return desk.change(case, name, at=at, **given)
    actor = REPORTER if who == "reporter" else SYSTEM
    return apply_change(case_id=case.pk, change=name, given=Given(**given), actor=actor, at=at)


def case_in(desk: SmallDesk, state: str) -> Case:
    case = desk.open(reporter=resident(), is_central_desk=state == "received")
    for name in WAY[state]:
        case = make(desk, case, name, "reporter" if name in ("confirm", "withdraw") else "staff", MORNING)
    assert case.state == state
    return case


@pytest.mark.parametrize(("name", "source", "target", "who"), CHANGES)
def test_each_change_of_a_complaint(desk: SmallDesk, name: str, source: str, target: str, who: str) -> None:
    case = case_in(desk, source)
    before = case.seq
    make(desk, case, name, who)
    case.refresh_from_db()
    assert case.state == target
    assert case.is_open == (case.state_class not in END_CLASSES)
    assert (case.closed_at is None) == case.is_open
    assert case.seq == before + 1
    event = Event.objects.get(stream=f"case:{case.reference}", seq=case.seq)
    assert event.kind == MOVES[name].__name__
    assert (event.data["state_from"], event.data["state_to"]) == (source, target)
    assert event.hash == case.chain_hash
    assert find_break() is None
    running = Clock.objects.filter(case=case, stopped_at__isnull=True)
    assert not (running.exists() and not case.is_open), "an ended matter has no running clock"


def test_every_change_of_the_kind_is_tried_above(desk: SmallDesk) -> None:
    from balai.engines.cases.actions.kinds import kind_at

    case = desk.open()
    assert {change.name for change in kind_at(case.kind, case.kind_version).changes} == {row[0] for row in CHANGES}


def test_what_a_change_writes_at_once(desk: SmallDesk) -> None:
    case = desk.open(reporter=resident())
    desk.change(case, "answer", at=LATER, text="Sudah. Hubungi 081234567890", attachments=[photo("proof")])
    entry = Entry.objects.get()
    assert (entry.kind, entry.audience, entry.user_id, entry.post_title) == (
        "answer",
        "public",
        desk.sari.pk,
        "Petugas",
    )
    assert "081234567890" in entry.text
    assert "081234567890" not in entry.public_text
    event = Event.objects.get(kind="CaseAnswered")
    # the record keeps the words' hash, never the words
    assert event.data["text_hash"] == entry.text_hash
    assert "Sudah" not in str(event.data)
    assert event.data["proofs"] == 1
    proof = Attachment.objects.get()
    assert (proof.owner_kind, proof.owner_id, proof.public) == ("case", case.pk, True)
    message = OutboxMessage.objects.get(template="complaint_answered")
    assert message.context["text"] == entry.text
    case.refresh_from_db()
    assert (case.first_answered_at, case.answered_in_time, case.on_time) == (LATER, True, True)


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("answer", ["text"]),
        ("refuse", ["text", "reason", "basis"]),
        ("reassign", ["unit", "reason"]),
        ("merge", ["target"]),
    ],
)
def test_what_is_missing_is_named(desk: SmallDesk, name: str, missing: list[str]) -> None:
    case = desk.open()
    with pytest.raises(ChangeRefused) as refused:
        desk.change(case, name, at=LATER, text="  ")
    assert (refused.value.code, refused.value.details["needs"]) == ("missing", missing)
    assert Case.objects.get().seq == case.seq


def test_not_from_here(desk: SmallDesk) -> None:
    case = desk.open()
    with pytest.raises(ChangeRefused) as refused:
        desk.reply(case, "reopen", at=LATER, text="Belum")
    assert refused.value.code == "not_from_here"
    with pytest.raises(UnknownChange):
        desk.change(case, "abolish", at=LATER)


def test_a_clock_that_went_back_changes_nothing(desk: SmallDesk) -> None:
    case = desk.open()
    with pytest.raises(ChangeRefused) as refused:
        desk.change(case, "start", at=MORNING - timedelta(seconds=1))
    assert refused.value.code == "clock_jump"


def test_who_may_not(desk: SmallDesk) -> None:
    case = desk.open()

    def attempt(name: str, actor: Actor, authority: Any = None) -> None:
        with pytest.raises(NotAllowed):
            apply_change(
                case_id=case.pk, change=name, given=Given(text="x"), actor=actor, authority=authority, at=LATER
            )

    officer = Actor("staff", desk.sari.pk)
    attempt("start", officer)
    attempt("start", officer, desk.authority(permissions=frozenset({"cases.desk", "cases.refuse"})))
    # the reporter's change is not the office's, nor the other way round; only the clock closes silently
    attempt("start", REPORTER, desk.authority())
    attempt("add", officer, desk.authority())
    attempt("close_silent", officer, desk.authority())
    attempt("close_silent", REPORTER)
    assert Case.objects.get().seq == case.seq


def test_a_secret_matter_is_changed_only_by_who_may_see_it(desk: SmallDesk) -> None:
    secret = desk.open(privacy="secret")
    blind = desk.authority(permissions=EVERYTHING - {"cases.see_secret"})
    officer = Actor("staff", desk.sari.pk)
    with pytest.raises(NotAllowed):
        apply_change(case_id=secret.pk, change="start", actor=officer, authority=blind, at=LATER)
    assert apply_change(case_id=desk.open().pk, change="start", actor=officer, authority=blind, at=LATER)
    assert desk.change(secret, "start", at=LATER).state == "working"


def test_the_second_of_two_officers_is_told(desk: SmallDesk) -> None:
    case = desk.open()
    desk.change(case, "take", at=LATER, assignee_id=desk.budi.pk)
    with pytest.raises(CaseMovedOn) as moved:
        apply_change(
            case_id=case.pk,
            change="start",
            actor=Actor("staff", desk.sari.pk),
            authority=desk.authority(),
            expected_seq=case.seq,
            at=LATER,
        )
    assert moved.value.case.assignee_id == desk.budi.pk


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_of_two_officers_at_once_one_wins(shared_desk: SmallDesk) -> None:
    case = shared_desk.open()

    def take(user: Any) -> Case:
        return apply_change(
            case_id=case.pk,
            change="take",
            given=Given(assignee_id=user.pk),
            actor=Actor("staff", user.pk),
            authority=shared_desk.authority(user=user),
            expected_seq=case.seq,
            at=LATER,
        )

    results = run_together([lambda: take(shared_desk.sari), lambda: take(shared_desk.budi)] * 4)
    winners = [item for item in results if isinstance(item, Case)]
    losers = [item for item in results if isinstance(item, CaseMovedOn)]
    assert (len(winners), len(losers)) == (1, 7), results
    case.refresh_from_db()
    assert case.assignee_id == winners[0].assignee_id
    assert Event.objects.filter(stream=f"case:{case.reference}").count() == 3
    assert find_break() is None


def test_register_numbers_count_by_unit_and_year(desk: SmallDesk) -> None:
    numbers = [
        desk.change(desk.open(unit_id=unit.pk), "start", at=LATER).register_number
        for unit in (desk.works, desk.works, desk.water)
    ]
    new_year = LATER.replace(month=12, day=31, hour=17, minute=30)
    numbers.append(desk.change(desk.open(), "start", at=new_year).register_number)
    assert numbers == ["000001/DPU/2026", "000002/DPU/2026", "000001/AIR/2026", "000001/DPU/2027"]


def test_a_change_that_fails_gives_its_number_back(desk: SmallDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    from balai.engines.cases.actions import change as changing

    def fail(**_: Any) -> None:
        raise IntegrityError

    case = desk.open()
    with monkeypatch.context() as patched:
        patched.setattr(changing, "store", fail)
        with pytest.raises(IntegrityError), transaction.atomic():
            desk.change(case, "start", at=LATER)
    assert desk.change(case, "start", at=LATER).register_number == "000001/DPU/2026"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_register_numbers_have_no_gap_and_no_double_at_16_threads(shared_desk: SmallDesk) -> None:
    cases = [shared_desk.open() for _ in range(16 * 4)]

    def work(share: list[Case]) -> None:
        for number, case in enumerate(share):
            shared_desk.change(case, "start", at=LATER)
            # every second thread also tries one that fails: the number must come back
            if number % 2:
                with pytest.raises(ChangeRefused):
                    shared_desk.change(case, "start", at=LATER)

    results = run_together([lambda share=cases[start::16]: work(share) for start in range(16)])
    assert results == [None] * 16
    given = sorted(Case.objects.values_list("register_number", flat=True))
    assert given == [f"{number:06d}/DPU/2026" for number in range(1, len(cases) + 1)]
    assert RegisterCounter.objects.get().value == len(cases)


def test_passing_on_takes_the_person_away(desk: SmallDesk) -> None:
    case = desk.open()
    desk.change(case, "take", at=LATER, assignee_id=desk.budi.pk)
    desk.change(case, "reassign", at=LATER, unit_id=desk.water.pk, reason="not_our_task")
    case.refresh_from_db()
    assert (case.unit_id, case.assignee_id, case.state) == (desk.water.pk, None, "assigned")
    with pytest.raises(ChangeRefused) as refused:
        desk.change(case, "reassign", at=LATER, unit_id=desk.water.pk, reason="not_our_task")
    assert refused.value.code == "same_unit"


def test_a_pause_never_brings_the_promise_forward(desk: SmallDesk) -> None:
    case = desk.open()
    promised = case.promised_at
    assert promised is not None
    desk.change(case, "ask", at=LATER, text="Sebelah mana?")
    assert clock_of(case, "solution").paused_at == LATER
    desk.reply(case, "reply", at=LATER + timedelta(days=7), text="Kanan")
    case.refresh_from_db()
    assert case.promised_at is not None
    assert case.promised_at == promised + timedelta(days=7)
    solution = clock_of(case, "solution")
    assert (solution.paused_seconds, solution.paused_at) == (7 * 86_400, None)
    assert solution.original_due_at == promised


def test_an_extension_once(desk: SmallDesk) -> None:
    case = desk.open()
    before = case.promised_at
    case = desk.change(case, "extend", at=LATER, text="Bahan belum datang")
    assert before is not None
    assert case.promised_at is not None
    assert case.promised_at > before
    event = Event.objects.get(kind="CaseExtended")
    assert event.data["due_at"] == case.promised_at.isoformat()
    with pytest.raises(ChangeRefused) as refused:
        desk.change(case, "extend", at=LATER, text="Lagi")
    assert refused.value.code == "no_extension_left"


def test_the_time_for_reopening(desk: SmallDesk) -> None:
    case = case_in(desk, "done_confirmed")
    assert case.closed_at is not None
    # a note afterwards must not make the window longer: it counts from the closing
    desk.change(case, "note", at=case.closed_at + timedelta(days=9), text="Catatan")
    with pytest.raises(ChangeRefused) as refused:
        desk.reply(case, "reopen", at=case.closed_at + timedelta(days=10, seconds=1), text="Belum")
    assert refused.value.code == "window_over"
    again = desk.reply(case, "reopen", at=case.closed_at + timedelta(days=10), text="Belum")
    assert (again.state, again.reopened_count, again.closed_at, again.rating) == ("assigned", 1, None, None)
    assert Clock.objects.filter(case=case, name="solution").count() == 2
    # the first promise was kept; the second runs, so nothing is decided
    assert again.on_time is None


def test_five_photos_for_each_side(desk: SmallDesk) -> None:
    case = desk.open(attachments=[photo() for _ in range(5)])
    desk.change(case, "progress", at=LATER, text="Mulai", attachments=[photo("proof") for _ in range(3)])
    with pytest.raises(UploadRefused) as refused:
        desk.change(case, "progress", at=LATER, text="Lagi", attachments=[photo("proof") for _ in range(3)])
    assert refused.value.code == "too_many"
    assert Entry.objects.count() == 1, "the words that came with too many photos were not kept either"
    assert Attachment.objects.count() == 8


def test_only_the_public_answer_of_a_public_matter_is_public(desk: SmallDesk) -> None:
    secret = desk.open(privacy="secret")
    desk.change(secret, "answer", at=LATER, text="Sudah", attachments=[photo("proof")])
    assert not Attachment.objects.get().public
    case = desk.open()
    desk.change(case, "ask", at=LATER, text="Sebelah mana?")
    case.refresh_from_db()
    apply_change(
        case_id=case.pk,
        change="reply",
        given=Given(text="Kanan", proofs=1),
        actor=REPORTER,
        attachments=[photo()],
        at=LATER,
    )
    own = Attachment.objects.get(owner_id=case.pk)
    assert (own.owner_kind, own.public) == ("case_entry", False)


def test_who_waits_for_the_reporter_is_not_late(desk: SmallDesk) -> None:
    case = desk.open()
    desk.change(case, "start", at=MORNING)
    asked = desk.change(case, "ask", at=MORNING, text="Di mana tepatnya?")
    assert asked.due_at is None
    assert asked.promised_at is not None
    later = MORNING + timedelta(days=90)
    assert not is_late(asked, later)
    replied = desk.reply(asked, "reply", at=later, text="Di depan pasar")
    assert replied.due_at is not None
    assert replied.due_at > later
