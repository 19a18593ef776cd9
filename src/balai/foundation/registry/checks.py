"""Prove the descriptors when the program starts: linters cannot see what an object is."""

from collections import Counter
from importlib.util import find_spec
from typing import Any

from django.core.checks import CheckMessage, Error, register

from balai.foundation.registry.discover import modules, rooms


@register()
def check_descriptors(**kwargs: Any) -> list[CheckMessage]:
    """Return an error for each doubled slug, bad mount or missing address file."""
    problems: list[CheckMessage] = [
        Error(f"Two rooms are called {slug!r}.", hint="Give one of them another slug.", id="balai.E001")
        for slug, count in Counter(room.slug for room in rooms()).items()
        if count > 1
    ]
    for module in modules():
        if not module.mount.endswith("/") or module.mount.startswith("/"):
            problems.append(
                Error(f"Module {module.slug}: mount {module.mount!r} must be relative and end in '/'.", id="balai.E002")
            )
        problems.extend(
            Error(f"Module {module.slug}: no addresses at {dotted!r}.", id="balai.E003")
            for dotted in (module.urls, *(urls for _, urls in module.doors))
            if dotted and find_spec(dotted) is None
        )
    return problems
