"""Whole histories at once say the same as the live path, word for word."""

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from balai.engines.cases.actions import climb_ladders
from balai.engines.cases.bulk import PastStep, write_histories
from balai.engines.cases.models import Case, Clock, Entry
from balai.engines.cases.rules.evolution import Given
from balai.engines.cases.tests.past import NOW, random_histories
from balai.engines.cases.tests.small_desk import MORNING, REPORTER, ZONE, SmallDesk, photo
from balai.foundation.events.models import Event
from balai.foundation.events.queries import find_break
from balai.foundation.events.rules import Actor

LATER = MORNING + timedelta(days=1)


def test_many_random_pasts_hold(desk: SmallDesk) -> None:
    keys = write_histories(
        random_histories(desk, count=50, seed=11), time_zone=ZONE, random=Random(1).randrange, delivered_at=NOW
    )
    assert sorted(keys) == sorted(Case.objects.values_list("pk", flat=True))
    assert find_break() is None
    for case in Case.objects.all():
        last = Event.objects.filter(stream=f"case:{case.reference}").order_by("-seq")[0]
        assert (last.seq, last.hash) == (case.seq, case.chain_hash)
        running = Clock.objects.filter(case=case, stopped_at__isnull=True)
        assert case.is_open or not running.exists()
    # nobody is told about the past
    assert not Event.objects.filter(delivered_at__isnull=True).exists()


def test_the_past_equals_the_present(desk: SmallDesk) -> None:
    """The same steps, live and told: the same events, clocks, words and columns."""
    sari = Actor("staff", desk.sari.pk, 1)
    steps = [
        PastStep(at=LATER, change="take", actor=sari, given=Given(assignee_id=desk.budi.pk)),
        PastStep(at=LATER, change="ask", actor=sari, given=Given(text="Sebelah mana?"), post_title="Petugas"),
        PastStep(at=LATER + timedelta(days=3), change="reply", actor=REPORTER, given=Given(text="Kanan")),
        PastStep(
            at=LATER + timedelta(days=4), change="extend", actor=sari, given=Given(text="Hujan"), post_title="Petugas"
        ),
        PastStep(
            at=LATER + timedelta(days=5),
            change="answer",
            actor=sari,
            given=Given(text="Sudah", proofs=1),
            post_title="Petugas",
        ),
    ]
    end = LATER + timedelta(days=40)
    live = desk.open()
    for step in steps:
        while climb_ladders(at=step.at):
            pass
        attachments = [photo("proof")] if step.given.proofs else []
        if step.actor == REPORTER:
            live = desk.reply(live, step.change, at=step.at, text=step.given.text)
        else:
            live = desk.change(
                live,
                step.change,
                at=step.at,
                text=step.given.text,
                assignee_id=step.given.assignee_id,
                attachments=attachments,
            )
    solution = Clock.objects.get(case=live, name="confirmation")
    while climb_ladders(at=solution.due_at):
        pass
    live.refresh_from_db()

    history = replace(
        random_histories(desk, count=1, seed=1)[0],
        category_id=desk.road.pk,
        unit_id=desk.works.pk,
        is_central_desk=False,
        received_at=MORNING,
        text=live.text,
        channel="web",
        privacy="named",
        village_id=live.village_id,
        district_id=live.district_id,
        lat=live.lat,
        lon=live.lon,
        steps=steps,
        until=end,
    )
    told = Case.objects.get(pk=write_histories([history], time_zone=ZONE, delivered_at=NOW)[0])

    def columns(case: Case) -> dict[str, Any]:
        own = {"id", "reference", "code_hash", "chain_hash", "submission_key"}
        return {
            field.attname: getattr(case, field.attname)
            for field in Case._meta.local_concrete_fields
            if field.attname not in own
        }

    assert columns(told) == columns(live)
    assert told.state == "done_silent"

    def rows(case: Case, model: Any) -> list[dict[str, Any]]:
        own = {"id", "case_id", "stream", "hash", "previous_hash", "delivered_at"}
        found = (
            model.objects.filter(stream=f"case:{case.reference}") if model is Event else model.objects.filter(case=case)
        )
        values = [{name: value for name, value in row.items() if name not in own} for row in found.values()]
        for row in values:
            if model is Event:
                # what undo needs is kept for live changes only: nobody takes back the past
                row["data"].pop("before", None)
        return sorted(values, key=lambda row: (row.get("seq", 0), row.get("name", "")))

    assert rows(told, Clock) == rows(live, Clock)
    assert rows(told, Entry) == rows(live, Entry)
    assert rows(told, Event) == rows(live, Event)


def test_what_staff_wrote_down_was_brought_by_staff(desk: SmallDesk) -> None:
    history = random_histories(desk, count=1, seed=2)[0]
    write_histories(
        [history, replace(history, channel="counter", actor=Actor("staff", desk.sari.pk, 1))],
        time_zone=ZONE,
        delivered_at=NOW,
    )
    received = Event.objects.filter(kind="CaseReceived").order_by("id")
    assert list(received.values_list("actor_kind", "actor_id")) == [("resident", None), ("staff", desk.sari.pk)]


def test_no_two_matters_bear_one_number(desk: SmallDesk) -> None:
    """Among many matters of a year the same letters are drawn twice; then others are drawn."""
    dice, same = Random(1), iter([0] * 28)

    def draw(count: int) -> int:
        return next(same, dice.randrange(count))

    first = random_histories(desk, count=1, seed=1)
    year = first[0].received_at.year
    others = [history for history in random_histories(desk, count=30, seed=5) if history.received_at.year == year][:3]
    for histories in (first, others):
        write_histories(histories, time_zone=ZONE, random=draw, delivered_at=NOW)
    assert next(same, None) is None
    references = list(Case.objects.values_list("reference", flat=True))
    assert len(set(references)) == len(references) == 4
    assert find_break() is None
