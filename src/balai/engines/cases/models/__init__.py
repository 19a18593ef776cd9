"""Rows of the case engine. Only ``actions`` writes them."""

from balai.engines.cases.models.case import Case, Clock, Entry, Follower, RegisterCounter, Support
from balai.engines.cases.models.catalogue import Category, KindVersion
from balai.engines.cases.models.desk import SavedFilter
from balai.engines.cases.models.totals import DirtyMonth, MonthDuration, MonthTotal

__all__ = [
    "Case",
    "Category",
    "Clock",
    "DirtyMonth",
    "Entry",
    "Follower",
    "KindVersion",
    "MonthDuration",
    "MonthTotal",
    "RegisterCounter",
    "SavedFilter",
    "Support",
]
