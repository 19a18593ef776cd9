"""What rooms give to identity."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class CodeSender:
    """Delivers verification codes: ``send(resident=…, code=…, key=…, at=…)`` in the caller's transaction."""

    channel: str
    send: Callable[..., Any]


@dataclass(frozen=True, kw_only=True)
class LetterSender:
    """Delivers the letters of the sign-in: ``send(user=…, letter=…, link=…, at=…, expires_at=…)`` where it is asked for.

    ``letter`` is "password_link"; ``link`` opens the account, so nobody may read it where it waits or after it left.
    """

    send: Callable[..., Any]
