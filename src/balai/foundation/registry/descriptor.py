"""What a room says about itself. A newcomer reads a room's descriptor first and knows the room."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Room:
    """A foundation room or an engine: only the little it gives (permissions, schedules, subscriptions)."""

    slug: str
    gives: tuple[Any, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Module(Room):
    """A public module.

    ``mount`` is the path under which ``urls`` (a dotted name) appears, ending in a slash; ``label`` is a lazy
    translation; ``gives`` holds contributions, each a frozen dataclass owned by the room that reads it.
    """

    label: Any
    mount: str
    urls: str = ""
    # further doors: (path, dotted urls), for protocols whose address is fixed by others
    doors: tuple[tuple[str, str], ...] = field(default=())
