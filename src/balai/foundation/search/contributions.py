"""What rooms give to search."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Source:
    """Texts of a room. ``fill()`` indexes a batch of what is missing and returns how many, 0 when nothing is.

    ``forget()`` deletes what is kept, before everything is formed anew.
    """

    name: str
    fill: Callable[[], int]
    forget: Callable[[], int]
