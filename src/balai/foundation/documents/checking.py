"""Judge a PDF that somebody sends: whether it is ours, whole and unchanged, and whether it still counts."""

import hashlib
import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Literal

from asn1crypto import pem
from django.core.files.base import File

from balai.foundation.documents.queries import Check, check_file, knows_number
from balai.foundation.documents.signing import trust_roots

MOST_BYTES = 50 * 1024 * 1024
TIME_LIMIT_SECONDS = 25
# so many are judged at once; who waits longer than this is asked to come back
MOST_AT_ONCE = 2
WAIT_SECONDS = 10.0
_turns = BoundedSemaphore(MOST_AT_ONCE)
_SCRIPT = Path(__file__).with_name("_checker.py")

# genuine: ours, to the last bit · changed: says it is ours and is not what was issued · foreign: signed by somebody we
# know nothing of · trusted: not issued here, but signed by somebody we believe · unsigned: nobody signed it
Verdict = Literal["genuine", "changed", "trusted", "foreign", "unsigned"]


class CannotJudge(Exception):
    """The file was not judged. ``code``: empty, too_large, not_pdf, encrypted, broken, too_slow, busy."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class SignatureSeen:
    """What one signature in the file proves. Of a broken one ``trusted`` says nothing: no certificate is looked at."""

    intact: bool
    trusted: bool
    whole: bool
    signer: str
    signed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PdfCheck:
    """What an uploaded file is. ``check`` says more of a genuine one."""

    verdict: Verdict
    number: str = ""
    check: Check | None = None
    signatures: tuple[SignatureSeen, ...] = field(default=())


def check_pdf(*, file: File[bytes], at: datetime) -> PdfCheck:
    """Return what a file proves; its bytes are deleted before this returns.

    :raises CannotJudge: if it is empty, larger than 50 MB, no PDF, encrypted, broken, or takes too long to read; or if
        too many others wait.
    """
    with tempfile.TemporaryDirectory(prefix="balai-check-") as folder:
        path = Path(folder) / "sent.pdf"
        sha256 = _keep(file, path)
        said = _judge(path, Path(folder) / "roots.pem")
    if "refused" in said:
        raise CannotJudge(said["refused"])
    signatures = tuple(_seen(each) for each in said["signatures"])
    check = check_file(sha256=sha256, at=at)
    number = next(iter(said["numbers"]), "")
    return PdfCheck(
        verdict=_verdict(
            signatures, is_issued=check is not None, is_known=bool(number) and knows_number(number=number)
        ),
        number=check.document.number if check else number,
        check=check,
        signatures=signatures,
    )


def _verdict(signatures: tuple[SignatureSeen, ...], *, is_issued: bool, is_known: bool) -> Verdict:
    if is_issued:
        # the very bytes that were issued: a hash needs no certificate to be believed
        return "genuine"
    if is_known or any(not each.intact or (each.trusted and not each.whole) for each in signatures):
        return "changed"
    if not signatures:
        return "unsigned"
    return "trusted" if all(each.trusted for each in signatures) else "foreign"


def _seen(said: dict[str, Any]) -> SignatureSeen:
    moment = said.get("signed_at", "")
    return SignatureSeen(
        intact=said["intact"],
        trusted=said["trusted"],
        whole=said["whole"],
        signer=said["signer"],
        signed_at=datetime.fromisoformat(moment) if moment else None,
    )


def _keep(file: File[bytes], path: Path) -> str:
    """Write what was sent beside, and return its hash, stopping at the limit whatever the sender promised."""
    digest, size = hashlib.sha256(), 0
    with path.open("wb") as kept:
        for chunk in file.chunks():
            size += len(chunk)
            if size > MOST_BYTES:
                raise CannotJudge("too_large")
            digest.update(chunk)
            kept.write(chunk)
    if not size:
        raise CannotJudge("empty")
    return digest.hexdigest()


def _judge(path: Path, roots: Path) -> dict[str, Any]:
    roots.write_bytes(b"".join(pem.armor("CERTIFICATE", der) for der in trust_roots()))
    if not _turns.acquire(timeout=WAIT_SECONDS):
        raise CannotJudge("busy")
    try:
        done = subprocess.run(
            [sys.executable, "-I", str(_SCRIPT), str(path), str(roots)],
            capture_output=True,
            timeout=TIME_LIMIT_SECONDS,
            check=False,
            env={},
            cwd="/",
        )
    except subprocess.TimeoutExpired as error:
        raise CannotJudge("too_slow") from error
    finally:
        _turns.release()
    if done.returncode:
        # it ran out of memory or of time; whatever it is, it is no document of ours
        raise CannotJudge("broken")
    found: dict[str, Any] = json.loads(done.stdout)
    return found
