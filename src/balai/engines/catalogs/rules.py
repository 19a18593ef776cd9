"""What a described record must say, how complete it is, and how its versions live. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from balai.foundation.calendar.rules import BadTerm, Term

Kind = Literal["text", "list", "term", "fee"]
State = Literal["draft", "consultation", "decreed", "published", "retired"]
MOST_WORDS, MOST_ITEMS, MOST_ITEM = 4_000, 60, 600
MOST_IDR = 9_999_999_999
# longer than this nobody is asked; how short it may be no source says
LONGEST_CONSULTATION = timedelta(days=366)
# from → what may follow. What was published never changes: it is retired, and the next version is another row.
LIFE: dict[str, frozenset[str]] = {
    "draft": frozenset({"consultation", "decreed"}),
    "consultation": frozenset({"draft", "decreed"}),
    "decreed": frozenset({"draft", "published"}),
    "published": frozenset({"retired"}),
    "retired": frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class Component:
    """One thing that a record says. ``public`` ones stand on its page; ``required`` ones must not be empty there."""

    slug: str
    label_id: str
    label_en: str
    kind: Kind = "text"
    group_id: str = ""
    group_en: str = ""
    required: bool = True
    public: bool = True
    source: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordKind:
    """A kind of record. ``consulted`` ones need minutes of a public consultation before a decree."""

    slug: str
    label_id: str
    label_en: str
    components: tuple[Component, ...]
    consulted: bool = True

    def component(self, slug: str) -> Component | None:
        """Return the component called ``slug``, if there is one."""
        return next((each for each in self.components if each.slug == slug), None)


@dataclass(frozen=True)
class Completeness:
    """What a version says and what it leaves open, in the order of the kind's components."""

    filled: tuple[str, ...]
    missing: tuple[str, ...]

    @property
    def share(self) -> float:
        """Return the share of components that say something, from 0 to 1."""
        total = len(self.filled) + len(self.missing)
        return len(self.filled) / total if total else 1.0


def is_filled(value: Any) -> bool:
    """Return whether a component says anything."""
    if isinstance(value, Mapping):
        return any(is_filled(part) for part in value.values())
    if isinstance(value, str):
        return bool(value.strip())
    if isinstance(value, Sequence):
        return any(is_filled(part) for part in value)
    return value is not None


def completeness(*, kind: RecordKind, content: Mapping[str, Any]) -> Completeness:
    """Return which components of ``content`` say something."""
    filled = tuple(each.slug for each in kind.components if is_filled(content.get(each.slug)))
    return Completeness(filled, tuple(each.slug for each in kind.components if each.slug not in filled))


def required_gaps(*, kind: RecordKind, content: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the compulsory components that say nothing: with one of them no version goes live."""
    missing = set(completeness(kind=kind, content=content).missing)
    return tuple(each.slug for each in kind.components if each.required and each.slug in missing)


def may_become(*, state: str, target: str, kind: RecordKind, has_minutes: bool) -> bool:
    """Return whether a version may go on to ``target``; a decree of a consulted kind needs minutes first."""
    if target not in LIFE.get(state, frozenset()):
        return False
    return target != "decreed" or has_minutes or not kind.consulted


def is_asked(*, state: str, until: date | None, day: date) -> bool:
    """Return whether everybody may say on ``day`` what they think of a version; the last day counts whole."""
    return state == "consultation" and until is not None and day <= until


def consultation_gap(*, state: str, until: date | None, day: date, unanswered: int) -> str:
    """Return what is still owed to the public before a decree: ``still_asked``, ``unanswered``, or nothing.

    Who was given until a day keeps it, and what was said gets an answer first. How long the public is asked, and
    whether on a page at all, no source says: a meeting with its minutes is enough.
    Source: UU 25/2009 art. 20; PermenPANRB 16/2017.
    """
    if is_asked(state=state, until=until, day=day):
        return "still_asked"
    return "unanswered" if unanswered else ""


@dataclass(frozen=True)
class BadContent:
    """What cannot be kept of a component. ``code``: too_long, too_many, not_a_term, not_an_amount, unknown, shape."""

    component: str
    code: str


def clean_content(*, kind: RecordKind, raw: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[BadContent, ...]]:
    """Return what of ``raw`` can be kept, tidied, and everything that cannot; empty components are left out.

    ``text`` is words; ``list`` items in order; ``term`` either ``{"amount", "unit"}`` (with ``"most"`` for a range) or
    ``{"words"}`` where the source gives no figure; ``fee`` ``{"free": true}``, ``{"lines": [{label, amount_idr}]}`` or
    ``{"words"}``.
    """
    kept: dict[str, Any] = {}
    bad = [BadContent(slug, "unknown") for slug in raw if kind.component(slug) is None]
    for component in kind.components:
        value = raw.get(component.slug)
        if not is_filled(value):
            continue
        try:
            kept[component.slug] = _CLEANERS[component.kind](value)
        except _Refused as refused:
            bad.append(BadContent(component.slug, refused.code))
    return kept, tuple(bad)


class _Refused(ValueError):
    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def _words(value: Any, *, most: int = MOST_WORDS) -> str:
    if not isinstance(value, str) or "\x00" in value:
        raise _Refused("shape")
    tidy = "\n".join(line.strip() for line in value.strip().splitlines())
    if len(tidy) > most:
        raise _Refused("too_long")
    return tidy


def _items(value: Any) -> list[str]:
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise _Refused("shape")
    items = [item for item in (_words(each, most=MOST_ITEM) for each in value) if item]
    if len(items) > MOST_ITEMS:
        raise _Refused("too_many")
    return items


def _term(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _Refused("shape")
    if value.get("amount") in (None, ""):
        return {"words": _words(value.get("words", ""), most=MOST_ITEM)}
    try:
        term = Term(amount=int(value["amount"]), unit=value.get("unit", ""))
        most = int(value["most"]) if value.get("most") not in (None, "") else term.amount
    except (BadTerm, TypeError, ValueError, OverflowError) as error:
        raise _Refused("not_a_term") from error
    if most < term.amount:
        raise _Refused("not_a_term")
    words = _words(value.get("words", "") or "", most=MOST_ITEM)
    return {
        "amount": term.amount,
        "unit": term.unit,
        **({"most": most} if most != term.amount else {}),
        **({"words": words} if words else {}),
    }


def _fee(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _Refused("shape")
    if value.get("free"):
        return {"free": True}
    lines = value.get("lines") or []
    if not isinstance(lines, Sequence) or isinstance(lines, str) or len(lines) > MOST_ITEMS:
        raise _Refused("shape")
    kept = []
    for line in lines:
        amount = line.get("amount_idr") if isinstance(line, Mapping) else None
        if not isinstance(amount, int) or isinstance(amount, bool) or not 0 <= amount <= MOST_IDR:
            raise _Refused("not_an_amount")
        kept.append({"label": _words(line.get("label", ""), most=MOST_ITEM), "amount_idr": amount})
    words = _words(value.get("words", "") or "", most=MOST_ITEM)
    return {**({"lines": kept} if kept else {}), **({"words": words} if words else {})}


_CLEANERS: dict[str, Callable[[Any], Any]] = {"text": _words, "list": _items, "term": _term, "fee": _fee}


def term_of(value: Mapping[str, Any] | None) -> Term | None:
    """Return the term that a ``term`` component promises, the longest of a range; None where it has words only."""
    if not value or "amount" not in value:
        return None
    return Term(amount=int(value.get("most", value["amount"])), unit=value["unit"])


def changed_components(*, kind: RecordKind, before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the components that two versions say differently, in the kind's order."""
    return tuple(each.slug for each in kind.components if before.get(each.slug) != after.get(each.slug))


@dataclass(frozen=True)
class Span:
    """When a version is valid: from its first day on, until the day before ``until`` (None: for good)."""

    since: date
    until: date | None = None

    def covers(self, day: date) -> bool:
        """Return whether a day lies in it."""
        return self.since <= day and (self.until is None or day < self.until)


def followed_by(*, running: Span | None, since: date) -> Span | None:
    """Return the running version's span once another begins at ``since``; no day has two.

    :raises ValueError: if the next one would begin before, or on the day on which, the running one began.
    """
    if running is None:
        return None
    if since <= running.since:
        raise ValueError("a version begins after the one that it follows")
    return Span(running.since, since if running.until is None or since < running.until else running.until)
