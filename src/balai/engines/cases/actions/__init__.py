"""Every write to a matter. One function applies a change, in one transaction, whoever asks."""

from balai.engines.cases.actions.change import CaseMovedOn, NotAllowed, apply_change
from balai.engines.cases.actions.climb import climb_ladders
from balai.engines.cases.actions.correct import correct_case
from balai.engines.cases.actions.kinds import publish_kinds
from balai.engines.cases.actions.open import Intake, Opened, open_case
from balai.engines.cases.actions.support import stop_following, support_case
from balai.engines.cases.actions.totals import refresh_totals
from balai.engines.cases.actions.undo import UndoRefused, undo_change

__all__ = [
    "CaseMovedOn",
    "Intake",
    "NotAllowed",
    "Opened",
    "UndoRefused",
    "apply_change",
    "climb_ladders",
    "correct_case",
    "open_case",
    "publish_kinds",
    "refresh_totals",
    "stop_following",
    "support_case",
    "undo_change",
]
