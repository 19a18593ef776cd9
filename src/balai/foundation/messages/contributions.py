"""What rooms give to messages: words and ways to deliver them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class MessageTemplate:
    """The words of one message before staff edit them. ``variables``: the names that ``{name}`` may use."""

    slug: str
    channel: str
    subject_id: str
    subject_en: str
    body_id: str
    body_en: str
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A way to deliver. ``address(resident, user)`` may be empty; ``send(address=, subject=, body=, key=)``
    returns the provider's id and raises ``TemporaryTrouble`` or ``PermanentTrouble``."""

    slug: str
    address: Callable[..., str]
    send: Callable[..., str]
