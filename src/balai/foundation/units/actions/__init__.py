"""Every write to agencies, posts and holders."""

from balai.foundation.units.actions.changes import (
    DeputyMissing,
    appoint,
    create_post,
    create_unit,
    end_holding,
    set_deputy,
)
from balai.foundation.units.actions.typical import create_offices, load_typical

__all__ = [
    "DeputyMissing",
    "appoint",
    "create_offices",
    "create_post",
    "create_unit",
    "end_holding",
    "load_typical",
    "set_deputy",
]
