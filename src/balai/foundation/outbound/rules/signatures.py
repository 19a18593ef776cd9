"""Signatures of the Standard Webhooks convention (standardwebhooks.com, specification 1.0)."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Iterable
from datetime import datetime, timedelta

PREFIX = "whsec_"
# how far the sender's clock may be from ours; beyond it an old message could be sent again
TOLERANCE = timedelta(minutes=5)


class BadSignature(ValueError):
    """A message is not from whom it says. ``reason``: no_signature, bad_time, too_old, wrong."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def key_of(secret: str) -> bytes:
    """Return the key inside a secret such as ``whsec_…`` (base 64).

    :raises ValueError: if it is none.
    """
    try:
        return base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("no secret") from error


def sign(*, secret: str, message_id: str, at: datetime, body: bytes) -> str:
    """Return one signature, ``v1,`` and base 64 of HMAC-SHA256 over ``id.seconds.body``."""
    signed = f"{message_id}.{int(at.timestamp())}.".encode() + body
    digest = hmac.new(key_of(secret), signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def sign_with_all(secrets: Iterable[str], *, message_id: str, at: datetime, body: bytes) -> str:
    """Return the signatures of several secrets as one header's value: a receiver needs to know only one of them."""
    return " ".join(sign(secret=secret, message_id=message_id, at=at, body=body) for secret in secrets)


def check(
    *, secrets: Iterable[str], message_id: str, timestamp: str, signatures: str, body: bytes, at: datetime
) -> None:
    """Prove a message that came in: one of its signatures is made with one of the secrets, not long ago.

    :raises BadSignature: otherwise.
    """
    given = signatures.split()
    if not message_id or not given:
        raise BadSignature("no_signature")
    if not timestamp.isdecimal() or len(timestamp) > 12:
        raise BadSignature("bad_time")
    try:
        sent = datetime.fromtimestamp(int(timestamp), tz=at.tzinfo)
    except (ValueError, OverflowError, OSError) as error:
        raise BadSignature("bad_time") from error
    if abs(at - sent) > TOLERANCE:
        raise BadSignature("too_old")
    made = [sign(secret=secret, message_id=message_id, at=sent, body=body) for secret in secrets if secret]
    if not any(hmac.compare_digest(one.encode(), other.encode()) for one in made for other in given):
        raise BadSignature("wrong")
