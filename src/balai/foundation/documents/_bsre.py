"""Sign with an e-Sign client service in the style of BSrE: the whole PDF goes out, the signed PDF comes back.

Written from what is public (manual «Petunjuk Teknis Penggunaan API Esign Client Service» 2.0 of January 2024, version 1
of the interface, and programs that use it); never run against the real service. ``POST /api/sign/pdf``, Basic
authentication, a form with ``file``, ``nik``, ``passphrase``, ``tampilan=invisible``; the answer is the PDF, or JSON
``{"error": …, "status_code": 2031}``. Whatever comes back is proved before it counts.
"""

import base64
import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from asn1crypto import x509

from balai.foundation.documents._asking import check_address, post
from balai.foundation.documents._proof import prove_signed
from balai.foundation.documents._refusal import CannotSign

PATH = "/api/sign/pdf"
# what a signature with its chain, stamp of time and proofs of revocation may add
MOST_ADDED_BYTES = 2_000_000
_PASSPHRASE_WRONG = 2031
_NOT_REGISTERED = frozenset({1110, 2011})


@dataclass(frozen=True, kw_only=True)
class Service:
    """Where the service is, who asks (``user``, ``password``) and who signs (``nik``, ``passphrase``, certificate)."""

    url: str
    user: str
    password: str
    nik: str
    passphrase: str
    certificate: x509.Certificate
    roots: Sequence[x509.Certificate]


def sign_whole(*, service: Service, content: bytes, at: datetime) -> bytes:
    """Return the PDF as the service signed it, proved to be this PDF, unchanged, signed by whom was set.

    :raises CannotSign: for whatever the service refuses, or whatever else it sends.
    """
    boundary = secrets.token_hex(16)
    access = base64.b64encode(f"{service.user}:{service.password}".encode()).decode()
    fields = {"nik": service.nik, "passphrase": service.passphrase, "tampilan": "invisible"}
    answer = post(
        url=service.url.rstrip("/") + PATH,
        body=_form(boundary, fields, content),
        headers={
            "Authorization": f"Basic {access}",
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Accept": "application/pdf, application/json",
        },
        most_bytes=len(content) + MOST_ADDED_BYTES,
        tell=_told,
    )
    if not answer.startswith(b"%PDF-"):
        raise _told(answer) or CannotSign("signer_refused", "the answer is no PDF")
    prove_signed(content=content, answer=answer, certificate=service.certificate, roots=service.roots, at=at)
    return answer


def check_service(service: Service) -> None:
    """Check what can be checked without asking.

    :raises CannotSign: ``signer_unusable`` with what is missing.
    """
    check_address(service.url)
    if not service.roots:
        raise CannotSign("signer_unusable", "trust: without roots no answer can be proved")
    if not (len(service.nik) == 16 and service.nik.isdecimal()):
        raise CannotSign("signer_unusable", "nik: 16 digits")


def _form(boundary: str, fields: dict[str, str], content: bytes) -> bytes:
    parts = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    ]
    file = 'Content-Disposition: form-data; name="file"; filename="dokumen.pdf"\r\nContent-Type: application/pdf'
    parts += [f"--{boundary}\r\n{file}\r\n\r\n".encode(), content, f"\r\n--{boundary}--\r\n".encode()]
    return b"".join(parts)


def _told(answer: bytes) -> CannotSign | None:
    """Return what the service says that went wrong, if it says anything readable."""
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not {"error", "message", "status_code"} & said.keys():
        return None
    code = _number(said.get("status_code"))
    words = " ".join(str(said.get("error") or said.get("message") or "").split())[:150]
    detail = f"{words} ({code})" if code else words
    if code == _PASSPHRASE_WRONG:
        return CannotSign("passphrase_refused", detail)
    if code in _NOT_REGISTERED:
        return CannotSign("signer_unknown", detail)
    return CannotSign("signer_refused", detail) if said.get("error") or code else None


def _number(code: object) -> int:
    """Return a code that is written as a number or as its digits; 0 for anything else."""
    text = str(code) if isinstance(code, int | str) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
