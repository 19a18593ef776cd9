"""What rooms give to this one: who takes payments, who may see whose bill, and what it is for."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from balai.foundation.payments.models import Bill
from balai.foundation.payments.rules.bills import Purpose, Received


def _unheard_of(_numbers: Collection[str]) -> Collection[str]:
    """Return what a provider knows that says nothing before it is asked outside: no bill."""
    return ()


@dataclass(frozen=True, kw_only=True)
class PaymentProvider:
    """A payment provider. ``code(bill)`` returns the text of its QRIS code; ``read(body, headers, at)`` what a callback
    says, raising ``BadCallback`` for anything that is not its own; ``received(since, until)`` all that came, for the
    comparison that finds lost callbacks. ``unheard(numbers)`` returns which of some bills are paid in its books while
    we have not heard of it yet; pages ask, so it answers without going outside, or not at all. ``is_real`` is False
    for the simulated one, which pages say aloud.
    """

    slug: str
    label: Any
    code: Callable[[Bill], str]
    read: Callable[[bytes, Mapping[str, str], datetime], Received]
    received: Callable[[datetime, datetime], list[Received]]
    unheard: Callable[[Collection[str]], Collection[str]] = _unheard_of
    is_real: bool = True


@dataclass(frozen=True, kw_only=True)
class BillGuard:
    """Decides who may see the bills of an owner of ``owner_kind``; a kind without a guard is closed to everybody."""

    owner_kind: str
    may_see: Callable[[HttpRequest, Bill], bool]


def _no_page(_request: HttpRequest, _owner_id: int) -> str:
    """Return the page of an owner that has none."""
    return ""


@dataclass(frozen=True, kw_only=True)
class BillOwner:
    """Says what the bills of ``owner_kind`` are for. ``names(owner_ids)`` returns the purpose of each owner's, in one
    statement; ``find(words)`` the owners that a number which somebody typed means; ``page(request, owner_id)`` the
    address where this visitor reads of the owner, empty for somebody who may not.
    """

    owner_kind: str
    names: Callable[[Collection[int]], Mapping[int, Purpose]]
    find: Callable[[str], Collection[int]]
    page: Callable[[HttpRequest, int], str] = _no_page
