"""What rooms give to identity."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class CodeSender:
    """Delivers verification codes: ``send(resident=…, code=…, key=…, at=…)`` in the caller's transaction."""

    channel: str
    send: Callable[..., Any]
