"""Every write of messages."""

from balai.foundation.messages.actions.deliver import note_receipt, send_queued, settle_uncertain
from balai.foundation.messages.actions.people import (
    UnknownMessage,
    UnknownNames,
    change_words,
    check_words,
    find_template,
    forget_contents,
    reset_words,
    send_again,
    send_all_again,
    send_test,
)
from balai.foundation.messages.actions.queue import Draft, UnknownChannel, cancel_queued, channels, queue_messages

__all__ = [
    "Draft",
    "UnknownChannel",
    "UnknownMessage",
    "UnknownNames",
    "cancel_queued",
    "change_words",
    "channels",
    "check_words",
    "find_template",
    "forget_contents",
    "note_receipt",
    "queue_messages",
    "reset_words",
    "send_again",
    "send_all_again",
    "send_queued",
    "send_test",
    "settle_uncertain",
]
