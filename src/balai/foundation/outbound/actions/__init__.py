"""Tell programs, hand over, hear answers."""

from balai.foundation.outbound.actions.hand_overs import (
    AnswerRefused,
    alarm_stuck,
    enter_answer,
    forget_old,
    give_up,
    hand_over,
    hear,
    open_system,
    probe_systems,
    send_hand_overs,
    try_again,
)
from balai.foundation.outbound.actions.webhooks import (
    WebhookRefused,
    announce,
    change_secret,
    create_webhook,
    remove_webhook,
    send_again,
    send_deliveries,
    send_test,
    set_active,
)

__all__ = [
    "AnswerRefused",
    "WebhookRefused",
    "alarm_stuck",
    "announce",
    "change_secret",
    "create_webhook",
    "enter_answer",
    "forget_old",
    "give_up",
    "hand_over",
    "hear",
    "open_system",
    "probe_systems",
    "remove_webhook",
    "send_again",
    "send_deliveries",
    "send_hand_overs",
    "send_test",
    "set_active",
    "try_again",
]
