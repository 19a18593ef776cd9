"""Prove what rooms put into the frame when the program starts: a door must lead somewhere."""

import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.urls import NoReverseMatch, reverse
from django.utils.module_loading import import_string

from balai.foundation.registry.discover import contributions
from balai.foundation.web.contributions import HomePanel, LookupBox, MenuItem, SearchSection

VENDOR_LIST = Path(__file__).with_name("vendor.toml")


@cache
def allowed_icons() -> frozenset[str]:
    """Return the names of the icons that set-up fetches."""
    return frozenset(tomllib.loads(VENDOR_LIST.read_text("utf-8"))["icons"]["names"])


@register()
def check_contributions(**kwargs: Any) -> list[CheckMessage]:
    """Return an error for each door without an address, unknown icon, doubled key or missing function."""
    problems: list[CheckMessage] = []
    items = contributions(MenuItem)
    views = [item.view for item in (*items, *contributions(LookupBox))]
    problems += [
        Error(f"The frame is to lead to {view!r}, which has no address.", id="balai.E010")
        for view in views
        if not _has_address(view)
    ]
    problems += [
        Error(f"Icon {item.icon!r} is not in vendor.toml.", hint="Add its name to [icons].", id="balai.E011")
        for item in items
        if item.icon and item.icon not in allowed_icons()
    ]
    keys = Counter(item.shortcut for item in items if item.audience == "staff" and item.shortcut)
    problems += [
        Error(f"Two doors of the desk have the key g {key}.", id="balai.E012")
        for key, count in keys.items()
        if count > 1
    ]
    dotted = [
        *(item.count for item in items),
        *(panel.context for panel in contributions(HomePanel)),
        *(section.find for section in contributions(SearchSection)),
    ]
    problems += [
        Error(f"The frame is to call {name!r}, which is not there.", id="balai.E013")
        for name in dotted
        if name and not _is_there(name)
    ]
    return problems


def _has_address(view: str) -> bool:
    try:
        reverse(view)
    except NoReverseMatch:
        return False
    return True


def _is_there(name: str) -> bool:
    try:
        import_string(name)
    except ImportError:
        return False
    return True
