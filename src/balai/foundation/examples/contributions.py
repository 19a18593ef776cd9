"""What other rooms give to the example city."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Protocol


class NotEmpty(Exception):
    """There is data already that the example must not mix with."""


class Progress(Protocol):
    """Hears how far a part of the example is."""

    def __call__(self, done: int, total: int) -> None:
        """Take note that ``done`` of ``total`` are there."""


class Load(Protocol):
    """Fills one room. The same seed, day and size give the same data."""

    def __call__(self, *, seed: int, today: date, size: int, progress: Progress) -> None:
        """Write the room's part of the example: ``size`` reports, nothing after the beginning of ``today``."""


@dataclass(frozen=True, kw_only=True)
class ExampleData:
    """One room's part of the example city. Parts are loaded by ``order``: city 10, people 20, categories 30, work 40."""

    order: int
    label: str
    load: Load


@dataclass(frozen=True, kw_only=True)
class SignIn:
    """An account for trying things out; ``code`` is the six digits of this moment, ``secret`` makes the next ones.

    Without a secret: a matter that its number (``email``) and its code (``password``) open.
    """

    email: str
    password: str
    secret: str
    code: str
    purpose: str


@dataclass(frozen=True, kw_only=True)
class SignInList:
    """Who may sign in to the example; ``call`` returns them in a useful order."""

    call: Callable[[], list[SignIn]]
