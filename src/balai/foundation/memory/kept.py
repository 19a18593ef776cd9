"""What a process reads once and keeps for a few seconds: set-up that every request needs and that rarely changes."""

import time
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakSet

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")

# how long a process may go on with what it knows, where another one has changed it; seconds
FRESH_FOR = 3.0
_every: "WeakSet[Kept]" = WeakSet()


class Kept(Generic[Key, Value]):
    """Values by key, read when asked for and at most ``fresh_for`` seconds old; no more than ``most`` of them.

    Values are shared by every thread of the process: nobody changes them. What differs from person to person has the
    person in its key, or is not kept.
    """

    def __init__(self, *, fresh_for: float = FRESH_FOR, most: int = 500) -> None:
        self._fresh_for = fresh_for
        self._most = most
        self._values: dict[Key, tuple[float, Value]] = {}
        self._lock = Lock()
        # how often values were dropped
        self._dropped = 0
        _every.add(self)

    def get(self, key: Key, read: Callable[[], Value]) -> Value:
        """Return the value of ``key``; read if there is none, or it is too old.

        :raises: what reading raises; nothing is kept then.
        """
        found = self._values.get(key)
        if found is not None and time.monotonic() - found[0] < self._fresh_for:
            return found[1]
        return self.anew(key, read)

    def anew(self, key: Key, read: Callable[[], Value]) -> Value:
        """Read the value of ``key`` now, whatever is kept, and keep it."""
        # its age counts from before the reading: what changed meanwhile is not kept for longer
        at, dropped = time.monotonic(), self._dropped
        value = read()
        with self._lock:
            if self._dropped != dropped:
                # somebody edited while it was being read: it may be what was there before
                return value
            if len(self._values) >= self._most and key not in self._values:
                self._values.clear()
            self._values[key] = (at, value)
        return value

    def forget(self, key: Key | None = None) -> None:
        """Drop one value, or without ``key`` all: whoever edits does, so that their next page shows it.

        In a transaction drop it again ``on_commit``: until then others read, and keep, what was there before.
        """
        with self._lock:
            self._dropped += 1
            if key is None:
                self._values.clear()
            else:
                self._values.pop(key, None)


def forget_everything() -> None:
    """Drop all that this process keeps; between tests, where each has a city of its own."""
    for kept in list(_every):
        kept.forget()
