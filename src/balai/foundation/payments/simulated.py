"""The provider of demonstration and tests: it keeps books of its own and calls back signed, over HTTP, as real ones do.

It can lose a callback on purpose, so that one sees the comparison find the money. Never offered outside the demo.
"""

import hashlib
import hmac
import json
import secrets
import urllib.request
from collections.abc import Collection, Mapping
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django_tasks import task

from balai.foundation.calendar import clock
from balai.foundation.jobs.actions import enqueue
from balai.foundation.payments.actions.receipts import BadCallback
from balai.foundation.payments.models import Bill, Receipt, SimulatedPayment
from balai.foundation.payments.rules.bills import Received, is_signed, signature
from balai.foundation.payments.rules.qris import Merchant, Qris, write_qris

SLUG = "simulated"
TIMEOUT_SECONDS = 10
# names nobody: an identifier of this form is not given out
MERCHANT = Merchant(
    name="CONTOH BUKAN ASLI",
    city="KOTA CONTOH",
    postal_code="00000",
    category="9399",
    nmid="ID0000000000000",
    size="UBE",
    account_tag="26",
    account="0015EXAMPLE.INVALID0118936000000000000000",
)


def secret() -> str:
    """Return the secret that this installation shares with its simulated provider."""
    return hmac.new(settings.SECRET_KEY.encode(), b"payments.simulated", hashlib.sha256).hexdigest()


def code(bill: Bill) -> str:
    """Return the text of a bill's QRIS code; its merchant is an example and cannot be paid."""
    return write_qris(Qris(merchant=MERCHANT, amount_idr=bill.amount_idr, bill=bill.number))


def read(body: bytes, headers: Mapping[str, str], at: datetime) -> Received:
    """Return what a callback says.

    :raises BadCallback: if it is not signed with our secret, is older than five minutes, or says nothing.
    """
    given, stamp = headers.get("X-Signature", ""), headers.get("X-Timestamp", "")
    if not is_signed(secret=secret(), timestamp=stamp, body=body, given=given, at=at):
        raise BadCallback("signature")
    try:
        told = json.loads(body)
        number, reference, amount = str(told["bill"]), str(told["reference"]), told["amount_idr"]
    except (ValueError, KeyError, TypeError) as error:
        raise BadCallback("body") from error
    if not isinstance(amount, int) or isinstance(amount, bool) or amount < 0 or not reference or not number:
        raise BadCallback("body")
    return Received(number=number[:40], amount_idr=amount, reference=reference[:80])


def received(since: datetime, until: datetime) -> list[Received]:
    """Return everything in the provider's own books."""
    rows = SimulatedPayment.objects.filter(at__gte=since, at__lte=until).order_by("pk")
    return [Received(number=row.number, amount_idr=row.amount_idr, reference=row.reference) for row in rows]


@transaction.atomic
def pay(*, number: str, amount_idr: int, loses_callback: bool = False, at: datetime) -> SimulatedPayment:
    """Pay as a person with a telephone does: the provider books it, then calls back, unless it loses the call."""
    paid = SimulatedPayment.objects.create(
        reference=f"SIM-{secrets.token_hex(8)}", number=number, amount_idr=amount_idr, at=at
    )
    if not loses_callback:
        enqueue(task=call_back, arguments={"payment_id": paid.pk}, at=at)
    return paid


def unheard(numbers: Collection[str]) -> set[str]:
    """Return the bills among ``numbers`` that are paid in the provider's books while the city has not heard of it."""
    heard = Receipt.objects.filter(provider=SLUG, number__in=numbers).values("reference")
    rows = SimulatedPayment.objects.filter(number__in=numbers).exclude(reference__in=heard)
    return set(rows.values_list("number", flat=True))


def signed(payment: SimulatedPayment, *, at: datetime) -> tuple[bytes, dict[str, str]]:
    """Return the body and the headers of the callback about a payment."""
    body = json.dumps(
        {"bill": payment.number, "amount_idr": payment.amount_idr, "reference": payment.reference}
    ).encode()
    stamp = str(int(at.timestamp()))
    return body, {"X-Timestamp": stamp, "X-Signature": signature(secret=secret(), timestamp=stamp, body=body)}


@task
def call_back(*, payment_id: int) -> None:
    """Call the city's own address, as a provider outside would."""
    body, headers = signed(SimulatedPayment.objects.get(pk=payment_id), at=clock.now())
    request = urllib.request.Request(  # noqa: S310 - the installation's own address
        f"{settings.BALAI_BASE_URL}/payments/callback/{SLUG}/",
        data=body,
        headers={"Content-Type": "application/json", **headers},
    )
    urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS).close()  # noqa: S310 - the same
