"""Ask a keeper of keys at an address: over HTTPS, following nobody, within limits of time and size."""

import http.client
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from balai.foundation.documents._refusal import CannotSign

TIMEOUT_SECONDS = 20
_PIECE = 65_536


class _Straight(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        """Follow nobody: a passphrase goes to the address that was set, to no other."""


def check_address(url: str) -> None:
    """Check that what is sent there cannot be read on its way.

    :raises CannotSign: if the address begins with anything but https://, unless it is this machine.
    """
    parts = urlsplit(url)
    is_local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not is_local:
        raise CannotSign("signer_unusable", "the address must begin with https://")


def post(
    *,
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    most_bytes: int,
    tell: Callable[[bytes], CannotSign | None] = lambda _answer: None,
) -> bytes:
    """Send a body and return the answer's, which took at most ``TIMEOUT_SECONDS`` and ``most_bytes``.

    ``tell`` reads the answer that came with a no; what it makes of it is raised, but where the keeper is only busy.

    :raises CannotSign: ``signer_unreachable`` if nobody answered in time, or said to come back later (429, 5xx);
        ``signer_refused`` if the answer is another no, points elsewhere or is too long.
    """
    until = time.monotonic() + TIMEOUT_SECONDS
    check_address(url)
    request = urllib.request.Request(url, data=body, headers=dict(headers))  # noqa: S310 - checked above
    try:
        with urllib.request.build_opener(_Straight).open(request, timeout=TIMEOUT_SECONDS) as answer:
            return _read(answer, most_bytes=most_bytes, until=until)
    except urllib.error.HTTPError as error:
        raise _no(error, tell=tell, until=until) from error
    except (OSError, http.client.HTTPException) as error:
        raise CannotSign("signer_unreachable", str(getattr(error, "reason", error))[:200]) from error


def _no(error: urllib.error.HTTPError, *, tell: Callable[[bytes], CannotSign | None], until: float) -> CannotSign:
    """Return what a no means. What came with it explains it; a page that is long, or breaks off, explains nothing."""
    comes_back = error.code >= 500 or error.code == 429
    try:
        with error:
            told = tell(_read(error, most_bytes=_PIECE, until=until))
    except (CannotSign, OSError, http.client.HTTPException):
        told = None
    # a server that is down may say so in words of its own, which refuse nothing for good
    if told is not None and not (comes_back and told.code == "signer_refused"):
        return told
    detail = told.detail if told is not None else f"HTTP {error.code}"
    return CannotSign("signer_unreachable" if comes_back else "signer_refused", detail)


def _read(answer: Any, *, most_bytes: int, until: float) -> bytes:
    pieces, size = [], 0
    # one piece at a time: a keeper that sends a byte a second is no answer either
    while piece := answer.read1(_PIECE):
        size += len(piece)
        if size > most_bytes:
            raise CannotSign("signer_refused", "the answer is too long")
        if time.monotonic() > until:
            raise CannotSign("signer_unreachable", "the answer took too long")
        pieces.append(piece)
    return b"".join(pieces)
