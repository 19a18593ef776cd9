"""One matter with all that happened to it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from balai.engines.cases.events import stream_of
from balai.engines.cases.models import Case, Clock, Entry
from balai.engines.cases.queries.kept import post_titles
from balai.foundation.events.models import Event

Reader = Literal["public", "reporter", "staff"]
AUDIENCES: dict[str, tuple[str, ...]] = {
    "public": ("public",),
    "reporter": ("public", "reporter"),
    "staff": ("public", "reporter", "staff"),
}


@dataclass(frozen=True)
class TimelineItem:
    """One thing that happened. ``who`` is a post's title, never a person's name; empty for reporter and system."""

    event: Event
    entry: Entry | None
    who: str
    undone: bool

    @property
    def words(self) -> str:
        """Return the words written with it, as they may be read by everybody who sees the item."""
        return "" if self.entry is None else self.entry.text


def timeline(*, case: Case, reader: Reader) -> list[TimelineItem]:
    """Return what happened to a matter, newest first, as far as ``reader`` may know it. Two statements."""
    events = list(Event.objects.filter(stream=stream_of(case.reference)).order_by("seq"))
    entries = {entry.seq: entry for entry in Entry.objects.filter(case=case, audience__in=AUDIENCES[reader])}
    undone = {event.data.get("undone_seq") for event in events if event.kind == "CaseUndone"}
    shown = [event for event in events if _may_read(event, reader, entries)]
    titles = post_titles({event.post_id for event in shown if event.post_id is not None})
    return [
        TimelineItem(event, entries.get(event.seq), titles.get(event.post_id or 0, ""), event.seq in undone)
        for event in reversed(shown)
    ]


def _may_read(event: Event, reader: Reader, entries: dict[int, Entry]) -> bool:
    return reader == "staff" or event.public or (reader == "reporter" and event.seq in entries)


def was_said(*, case: Case, text_hash: str) -> bool:
    """Return whether these very words were said to the person or to everybody already, and stand. Two statements."""
    return any(
        item.entry is not None and item.entry.text_hash == text_hash and item.entry.user_id and not item.undone
        for item in timeline(case=case, reader="reporter")
    )


def clocks_of(*, case: Case) -> list[Clock]:
    """Return a matter's clocks in order of start."""
    return list(Clock.objects.filter(case=case).order_by("started_at", "id"))


def running_clocks(*, case: Case, names: Collection[str]) -> frozenset[str]:
    """Return which of the clocks called ``names`` still run for a matter; one query."""
    rows = Clock.objects.filter(case=case, name__in=names, stopped_at__isnull=True)
    return frozenset(rows.values_list("name", flat=True))


def is_promise_broken(*, case: Case, name: str) -> bool:
    """Return whether the newest clock called ``name`` of a matter is broken; one query."""
    newest = (
        Clock.objects.filter(case=case, name=name).order_by("started_at", "id").values_list("met", flat=True).last()
    )
    return newest is False


def is_answered(*, case: Case, names: Collection[str], promise: str) -> bool:
    """Return whether a clock of ``names`` has ended that began after the newest one called ``promise``; two queries."""
    rows = Clock.objects.filter(case=case)
    since = rows.filter(name=promise).order_by("started_at", "id").values_list("started_at", flat=True).last()
    ended = rows.filter(name__in=names, stopped_at__isnull=False)
    return since is not None and ended.filter(started_at__gt=since).exists()
