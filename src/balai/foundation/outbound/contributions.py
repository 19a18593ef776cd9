"""What rooms give to this one: what programs can be told of."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True)
class WebhookTopic:
    """Something that programs can be told of. ``name`` as ``matter.moved``; ``label`` and ``text`` lazy translations.

    The room announces it itself (:func:`outbound.actions.announce`), from its subscription to an event.
    """

    name: str
    label: Any
    text: Any
