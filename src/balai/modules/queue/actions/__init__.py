"""Draw, book, call, serve, miss, come back. Every change is one transaction under the hall's lock."""

from balai.modules.queue.actions._hall import MOST_ERRANDS, QueueRefused
from balai.modules.queue.actions.counters import (
    begin,
    call_again,
    call_next,
    finish,
    free_counter,
    hand_on,
    leave,
    miss,
    pause,
    sit_down,
)
from balai.modules.queue.actions.days import DAYS_SUMMED, close_days, sum_days
from balai.modules.queue.actions.drawing import (
    Drawn,
    arrive,
    book,
    cancel,
    come_back,
    draw_ticket,
    move_booking,
)

__all__ = [
    "DAYS_SUMMED",
    "MOST_ERRANDS",
    "Drawn",
    "QueueRefused",
    "arrive",
    "begin",
    "book",
    "call_again",
    "call_next",
    "cancel",
    "close_days",
    "come_back",
    "draw_ticket",
    "finish",
    "free_counter",
    "hand_on",
    "leave",
    "miss",
    "move_booking",
    "pause",
    "sit_down",
    "sum_days",
]
