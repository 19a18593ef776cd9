"""What other rooms may put into the frame. This room reads these; the rooms only describe themselves."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

Audience = Literal["resident", "staff", "foot"]


@dataclass(frozen=True, kw_only=True)
class MenuItem:
    """One door in the menu.

    ``view`` is the name of an address that needs no arguments. ``icon`` is a name of the allow-list in
    ``vendor.toml``. ``audience``: ``resident`` = the doors of the public frame (the first four stand in the
    telephone's bottom bar), ``staff`` = the rail of the desk, ``foot`` = a link in the footer. ``permission``
    hides an item from staff who lack it. ``shortcut`` is the letter after ``g``. ``count`` is the dotted name of
    a function ``(*, request) -> int``; the rail shows the number when it is above zero. ``text`` is one line
    under the door on the home page; ``short`` is the word in the top bar and in the telephone's bottom bar where the
    label is too long.
    """

    label: Any
    view: str
    icon: str = ""
    order: int = 100
    audience: Audience = "resident"
    permission: str = ""
    shortcut: str = ""
    count: str = ""
    text: Any = ""
    short: Any = ""


@dataclass(frozen=True, kw_only=True)
class HomePanel:
    """A part of the home page: ``context`` is the dotted name of a function ``(*, request) -> dict | None``.

    None leaves the panel out. The template sees the dictionary, and the frame.
    """

    template: str
    context: str = ""
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class LookupBox:
    """The box on the home page in which a resident types a number: a GET form to ``view``."""

    label: Any
    hint: Any
    button: Any
    view: str
    parameter: str = "q"
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class SearchHit:
    """One thing that was found: where it is, and a line about it."""

    title: str
    url: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class SearchHits:
    """What a room found, best first; ``all_url`` leads to all of it where it is more (empty: this is all)."""

    hits: Sequence[SearchHit] = ()
    all_url: str = ""


@dataclass(frozen=True, kw_only=True)
class SearchSection:
    """A part of the page behind the magnifying glass.

    ``find`` is the dotted name of a function ``(*, words) -> SearchHits``: at most a handful, only what everybody may
    read, few queries.
    """

    label: Any
    find: str
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class HealthReading:
    """One line of ``/healthz`` beside the site's own: ``read(*, at) -> dict`` of plain values, a query or two."""

    name: str
    read: Callable[..., dict[str, Any]]


@dataclass(frozen=True, kw_only=True)
class DeskAlarm:
    """What staff who look after the service must see: ``context`` is a function ``(*, at) -> dict | None``.

    None: all is well. The template sees the dictionary.
    """

    template: str
    context: Callable[..., dict[str, Any] | None]
    order: int = 100


@dataclass(frozen=True, kw_only=True)
class ErrorAnswer:
    """How failures are told under addresses whose protocol has a form of its own for them.

    ``answer`` is the dotted name of a function ``(request, *, status, text) -> HttpResponse`` that reads no row: the
    database may be what broke.
    """

    prefix: str
    answer: str
