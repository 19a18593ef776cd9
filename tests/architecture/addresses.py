"""Every address of the site, with arguments that lead nowhere."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from typing import Any

from django.urls import NoReverseMatch, URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import IntConverter, UUIDConverter

# Tried in turn for arguments whose converter is a room's own, or a regular expression.
CANDIDATES: tuple[Any, ...] = ("x", "json", "2026", "aaaaaaaa", "id", 7, date(2026, 11, 27))


@dataclass(frozen=True)
class Address:
    """One pattern of the site: its full name, a path that fits it, and the function behind it."""

    name: str
    path: str
    view: Any
    arguments: tuple[str, ...] = ()

    @property
    def is_ours(self) -> bool:
        return bool(getattr(self.view, "__module__", "").startswith("balai."))

    @property
    def is_public(self) -> bool:
        return getattr(self.view, "login_required", True) is False


def addresses() -> list[Address]:
    """Return every address of the site that has a name."""
    found = {}
    for namespaces, pattern in _walk(get_resolver(), ()):
        if pattern.name:
            name = ":".join((*namespaces, pattern.name))
            found[name] = Address(name, _path(name, pattern), pattern.callback, tuple(_names(pattern)))
    return [found[name] for name in sorted(found)]


def paths_of(address: Address, known: Mapping[str, Sequence[Any]]) -> list[str]:
    """Return the address with every combination of the values that are known for its arguments.

    An address with an argument that is not known has its one path that leads nowhere.
    """
    if not address.arguments or any(name not in known for name in address.arguments):
        return [address.path]
    found = []
    for values in product(*(known[name] for name in address.arguments)):
        try:
            found.append(reverse(address.name, kwargs=dict(zip(address.arguments, values, strict=True))))
        except (NoReverseMatch, AttributeError, ValueError):
            continue
    return list(dict.fromkeys(found)) or [address.path]


def _names(pattern: URLPattern) -> list[str]:
    return list(pattern.pattern.converters) or list(pattern.pattern.regex.groupindex)


def _walk(resolver: URLResolver, namespaces: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], URLPattern]]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, (*namespaces, pattern.namespace) if pattern.namespace else namespaces)
        else:
            yield namespaces, pattern


def _path(name: str, pattern: URLPattern) -> str:
    converters = pattern.pattern.converters
    names = _names(pattern)
    for candidate in CANDIDATES:
        arguments = {key: _value(converters.get(key), candidate) for key in names}
        try:
            return reverse(name, kwargs=arguments)
        except (NoReverseMatch, AttributeError, ValueError):
            # a converter of a room's own may ask the value what only a day can answer
            continue
    raise AssertionError(f"no arguments fit {name}: add a candidate")


def _value(converter: Any, candidate: Any) -> Any:
    if isinstance(converter, IntConverter):
        return 7
    if isinstance(converter, UUIDConverter):
        return uuid.UUID(int=7)
    return candidate
