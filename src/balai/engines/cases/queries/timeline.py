"""One matter with all that happened to it."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from balai.engines.cases.events import stream_of
from balai.engines.cases.models import Case, Clock, Entry
from balai.foundation.events.models import Event
from balai.foundation.events.queries import stream_events
from balai.foundation.units.models import Post

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
    """Return what happened to a matter, newest first, as far as ``reader`` may know it. Three statements."""
    events = stream_events(stream=stream_of(case.reference))
    entries = {entry.seq: entry for entry in Entry.objects.filter(case=case, audience__in=AUDIENCES[reader])}
    titles = _titles({event.post_id for event in events if event.post_id is not None})
    undone = {event.data.get("undone_seq") for event in events if event.kind == "CaseUndone"}
    shown = [event for event in events if _may_read(event, reader, entries)]
    return [
        TimelineItem(event, entries.get(event.seq), titles.get(event.post_id or 0, ""), event.seq in undone)
        for event in reversed(shown)
    ]


def _may_read(event: Event, reader: Reader, entries: dict[int, Entry]) -> bool:
    return reader == "staff" or event.public or (reader == "reporter" and event.seq in entries)


def _titles(ids: Collection[int]) -> dict[int, str]:
    return dict(Post.objects.filter(pk__in=ids).values_list("pk", "title")) if ids else {}


def clocks_of(*, case: Case) -> list[Clock]:
    """Return a matter's clocks in order of start."""
    return list(Clock.objects.filter(case=case).order_by("started_at", "id"))
