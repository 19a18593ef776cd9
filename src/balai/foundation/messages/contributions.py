"""What rooms give to messages: words and ways to deliver them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time


@dataclass(frozen=True, kw_only=True)
class MessageTemplate:
    """The words of one message before staff edit them.

    ``variables``: the names that ``{name}`` may use; ``base_url`` is always known. ``urgent``: somebody waits for it
    now, so it goes before all others and does not mind quiet hours.
    """

    slug: str
    channel: str
    subject_id: str
    subject_en: str
    body_id: str
    body_en: str
    variables: tuple[str, ...] = ()
    urgent: bool = False


@dataclass(frozen=True, kw_only=True)
class Channel:
    """A way to deliver.

    ``address(resident=, user=)`` returns where to, or nothing. ``send(address=, subject=, body=, key=, locale=)``
    returns the provider's id within a time-out of its own, or raises ``TemporaryTrouble``, ``ServerAway`` or
    ``PermanentTrouble`` (of ``messages.channels``) when it is certain that nothing has left; any other exception counts
    as uncertain, and a person decides. Between ``quiet_from`` and ``quiet_until``, city time, nothing is sent.
    """

    slug: str
    address: Callable[..., str]
    send: Callable[..., str]
    quiet_from: time | None = None
    quiet_until: time | None = None
