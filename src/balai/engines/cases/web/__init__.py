"""Fragments of the desk that every module with matters shares: inbox, case page, changes, undo, saved filters.

A module's own views choose the addresses and the frame; everything an officer sees of a matter comes from here.
"""

from balai.engines.cases.web.bulk import bulk_take
from balai.engines.cases.web.changes import contact, make_change, undo
from balai.engines.cases.web.desk import HOUR, Desk, access_case, deciding_grant, note_look, require_desk
from balai.engines.cases.web.filters import Tab, filters
from balai.engines.cases.web.inbox import RowView, counts_of, inbox_context, row_views
from balai.engines.cases.web.late import late_count
from balai.engines.cases.web.looks import LooksOfDay, looks_by_day
from balai.engines.cases.web.offers import allowed_changes, offer_part
from balai.engines.cases.web.page import case_context
from balai.engines.cases.web.timeline import ClockView, clock_views, progress_steps, timeline_views
from balai.engines.cases.words import label_of, listed_title
from balai.foundation.web.words import is_english

__all__ = [
    "HOUR",
    "ClockView",
    "Desk",
    "LooksOfDay",
    "RowView",
    "Tab",
    "access_case",
    "allowed_changes",
    "bulk_take",
    "case_context",
    "clock_views",
    "contact",
    "counts_of",
    "deciding_grant",
    "filters",
    "inbox_context",
    "is_english",
    "label_of",
    "late_count",
    "listed_title",
    "looks_by_day",
    "make_change",
    "note_look",
    "offer_part",
    "progress_steps",
    "require_desk",
    "row_views",
    "timeline_views",
    "undo",
]
