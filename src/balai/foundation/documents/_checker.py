"""The process that judges an uploaded PDF. It knows pyHanko and nothing of this program.

Strangers send what they like: a file that hangs or fills the memory of a reader ends with this process. Arguments: the
file, the root certificates (PEM); the answer is one JSON object.
"""

import contextlib
import json
import resource
import sys
from datetime import datetime
from typing import Any

from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus
from pyhanko_certvalidator import ValidationContext

MEMORY_BYTES = 1024**3
CPU_SECONDS = 20
MOST_SIGNATURES = 10


def judge(path: str, roots: list[x509.Certificate]) -> dict[str, Any]:
    """Return what a file proves: ``refused`` with a code, or its signatures and the number it says it has."""
    with open(path, "rb") as file:  # noqa: PTH123 - a process with few imports starts sooner
        if b"%PDF-" not in file.read(1024):
            return {"refused": "not_pdf"}
        file.seek(0)
        try:
            reader = PdfFileReader(file, strict=False)
            if reader.encrypted:
                return {"refused": "encrypted"}
            found = reader.embedded_regular_signatures[:MOST_SIGNATURES]
            numbers = keywords(reader)
            return {"numbers": numbers, "signatures": [judge_signature(each, roots) for each in found]}
        except (PdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, OSError, RecursionError):
            return {"refused": "broken"}


def keywords(reader: PdfFileReader) -> list[str]:
    """Return the keywords of a file; ours hold the document's number."""
    try:
        said = reader.trailer["/Info"]["/Keywords"]
    except KeyError:
        return []
    return [str(said)[:80]]


def judge_signature(found: EmbeddedPdfSignature, roots: list[x509.Certificate]) -> dict[str, Any]:
    """Return what one signature proves.

    A certificate only has to have been good when the time was stamped: documents outlive the certificates of those
    who signed them.
    """
    try:
        status = validate(found, roots, None)
        stamp = status.timestamp_validity
        if not status.trusted and stamp is not None and stamp.valid and stamp.trusted:
            status = validate(found, roots, stamp.timestamp)
    except Exception as error:  # noqa: BLE001 - a signature that cannot be judged proves nothing
        return {"intact": False, "trusted": False, "whole": False, "signer": "", "error": type(error).__name__}
    subject = status.signing_cert.subject.native
    return {
        "intact": bool(status.intact and status.valid),
        "trusted": bool(status.trusted),
        "whole": status.coverage == SignatureCoverageLevel.ENTIRE_FILE,
        "signer": str(subject.get("common_name", ""))[:200],
        "signed_at": stamp.timestamp.isoformat() if stamp is not None and stamp.valid and stamp.trusted else "",
    }


def validate(found: EmbeddedPdfSignature, roots: list[x509.Certificate], moment: datetime | None) -> PdfSignatureStatus:
    """Return pyHanko's judgement at a moment; nothing is fetched from anywhere."""
    signer = ValidationContext(trust_roots=roots, moment=moment, allow_fetching=False)
    stamp = ValidationContext(trust_roots=roots, moment=moment, allow_fetching=False)
    return validate_pdf_signature(found, signer, stamp)


def main(path: str, roots_path: str) -> None:
    """Judge one file and say so."""
    # macOS knows no such limit
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with open(roots_path, "rb") as file:  # noqa: PTH123
        content = file.read()
    roots = (
        [x509.Certificate.load(der) for _kind, _headers, der in pem.unarmor(content, multiple=True)] if content else []
    )
    sys.stdout.write(json.dumps(judge(path, roots)))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
