"""Every write to agencies, posts and holders."""

from balai.foundation.units.actions.changes import (
    DeputyMissing,
    appoint,
    create_post,
    create_unit,
    end_holding,
    rename_unit,
    set_deputy,
)
from balai.foundation.units.actions.sheet import BadSheet, import_units
from balai.foundation.units.actions.typical import create_offices, load_typical

__all__ = [
    "BadSheet",
    "DeputyMissing",
    "appoint",
    "create_offices",
    "create_post",
    "create_unit",
    "end_holding",
    "import_units",
    "load_typical",
    "rename_unit",
    "set_deputy",
]
