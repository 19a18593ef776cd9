"""The hidden key of a form: one submission, once; and the code on its way to the page that shows it."""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

FORM_LIVES = timedelta(days=3)
# nobody reads five questions and answers them in this time
LEAST_SECONDS = 2
RECEIPT_COOKIE = "balai_receipt"
AGAIN_COOKIE = "balai_receipt_again"
RECEIPT_LIVES = timedelta(minutes=30)
_FORM_SALT = "balai.cases.form"
_RECEIPT_SALT = "balai.cases.receipt"


@dataclass(frozen=True)
class FormKey:
    """What the hidden key says: which submission, and how many seconds ago the form was opened."""

    submission: str
    age: float


@dataclass(frozen=True)
class Receipt:
    """Which matter was just taken in; ``code`` is empty when the same form was sent twice."""

    reference: str
    code: str


def new_form_key(*, at: datetime) -> str:
    """Return a signed key for a fresh form."""
    return signing.dumps({"k": uuid.uuid4().hex, "t": at.timestamp()}, salt=_FORM_SALT)


def read_form_key(text: str, *, at: datetime) -> FormKey | None:
    """Return what a key says, or None when it is not ours or older than three days."""
    try:
        found = signing.loads(text, salt=_FORM_SALT)
    except signing.BadSignature:
        return None
    age = at.timestamp() - found["t"]
    return FormKey(f"web:{found['k']}", age) if age < FORM_LIVES.total_seconds() else None


def key_problem(key: FormKey | None) -> str:
    """Return why a form with this key is not taken in yet, in words; empty where it is good."""
    if key is None:
        return _("This form was open for more than three days. Everything is kept: press the button again.")
    if key.age < LEAST_SECONDS:
        return _("This came faster than a person can write. Everything is kept: press the button again.")
    return ""


def hand_receipt(response: HttpResponse, *, receipt: Receipt, secure: bool) -> None:
    """Give the number and the code to this browser alone, for half an hour.

    One without a code has a place of its own: a form that arrives twice must not wipe out the code of the first time.
    """
    response.set_cookie(
        RECEIPT_COOKIE if receipt.code else AGAIN_COOKIE,
        signing.dumps([receipt.reference, receipt.code], salt=_RECEIPT_SALT),
        max_age=int(RECEIPT_LIVES.total_seconds()),
        httponly=True,
        samesite="Lax",
        secure=secure,
    )
    if receipt.code:
        response.delete_cookie(AGAIN_COOKIE, samesite="Lax")


def _read(request: HttpRequest, name: str) -> Receipt | None:
    try:
        reference, code = signing.loads(request.COOKIES.get(name, ""), salt=_RECEIPT_SALT, max_age=RECEIPT_LIVES)
    except (signing.BadSignature, ValueError):
        return None
    return Receipt(reference, code)


def read_receipt(request: HttpRequest) -> Receipt | None:
    """Return what was just taken in from this browser, if anything; with its code wherever the browser has it."""
    first, again = _read(request, RECEIPT_COOKIE), _read(request, AGAIN_COOKIE)
    if first is None or again is None:
        return again or first
    return first if first.reference == again.reference else again
