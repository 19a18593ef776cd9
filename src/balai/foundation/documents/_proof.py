"""Prove that a PDF which somebody else signed is ours, with a good signature added and nothing else."""

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pikepdf
from asn1crypto import x509
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko_certvalidator import ValidationContext

from balai.foundation.documents._refusal import CannotSign

# what a signature may say at the top of a file, and in its form
_ROOT_KEYS = frozenset({"/AcroForm", "/Perms", "/Extensions", "/DSS", "/Version", "/Metadata"})
_FORM_KEYS = frozenset({"/Fields", "/SigFlags", "/DR", "/DA"})


def prove_signed(
    *, content: bytes, answer: bytes, certificate: x509.Certificate, roots: Sequence[x509.Certificate], at: datetime
) -> None:
    """Prove that an answer is the PDF that was sent, as it was, with one good signature of a certificate.

    :raises CannotSign: ``signer_refused`` with what is wrong.
    """
    if not answer.startswith(content):
        raise CannotSign("signer_refused", "the answer is another document, or was written anew")
    try:
        signatures = PdfFileReader(io.BytesIO(answer)).embedded_signatures
        if len(signatures) != 1:
            raise CannotSign("signer_refused", "the answer does not hold one signature")
        _prove_signature(signatures[0], certificate, roots, at)
        with pikepdf.open(io.BytesIO(content)) as before, pikepdf.open(io.BytesIO(answer)) as after:
            if not _only_signed(before, after):
                raise CannotSign("signer_refused", "more than a signature was added")
    except (
        PdfError,
        pikepdf.PdfError,
        SignatureValidationError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
    ) as error:
        raise CannotSign("signer_refused", f"the answer cannot be read: {type(error).__name__}") from error


def _prove_signature(
    found: EmbeddedPdfSignature, certificate: x509.Certificate, roots: Sequence[x509.Certificate], at: datetime
) -> None:
    context = ValidationContext(trust_roots=list(roots), moment=at, allow_fetching=False)
    status: Any = validate_pdf_signature(found, context, context)
    if not (status.intact and status.valid):
        raise CannotSign("signer_refused", "the signature is broken")
    if status.coverage != SignatureCoverageLevel.ENTIRE_FILE:
        raise CannotSign("signer_refused", "the signature does not cover the whole file")
    if found.signer_cert.dump() != certificate.dump():
        raise CannotSign("signer_refused", "another certificate signed than the one that was set")
    if not status.trusted:
        raise CannotSign("signer_refused", "the roots in trust do not vouch for the certificate")
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid and stamp.trusted):
        raise CannotSign("signer_refused", "the roots in trust do not vouch for the stamp of time")


def _only_signed(before: pikepdf.Pdf, after: pikepdf.Pdf) -> bool:
    """Return whether the later file shows what the earlier one shows; both say each thing under the same number."""
    pages = {page.obj.objgen for page in before.pages}
    lists = {page.obj.Annots.objgen for page in before.pages if "/Annots" in page.obj} - {(0, 0)}
    root, said = before.Root.objgen, before.Root.Metadata.objgen
    may_change = {root, said, before.docinfo.objgen, *pages, *lists}
    for number in range(1, len(before.objects) + 1):
        old, new = before.get_object(number, 0), after.get_object(number, 0)
        if (number, 0) not in may_change and _whole(old) != _whole(new):
            return False
    return (
        after.Root.objgen == root
        and _same_but(before.Root, after.Root, _ROOT_KEYS)
        and after.Root.get("/AcroForm", {}).keys() <= _FORM_KEYS
        and all(map(_same_page, before.pages, after.pages))
        and _conformance(before) == _conformance(after)
    )


def _same_page(before: pikepdf.Page, after: pikepdf.Page) -> bool:
    """Return whether a page is the same, but for signatures that show nothing."""
    old, new = list(before.obj.get("/Annots", [])), list(after.obj.get("/Annots", []))
    return (
        _same_but(before.obj, after.obj, frozenset({"/Annots"}))
        and [_told(each) for each in new[: len(old)]] == [_told(each) for each in old]
        and all(each.get("/FT") == "/Sig" and _is_flat(each.get("/Rect", [])) for each in new[len(old) :])
    )


def _is_flat(rect: Any) -> bool:
    left, bottom, right, top = (float(each) for each in rect)
    return left == right or bottom == top


def _same_but(old: Any, new: Any, keys: frozenset[str]) -> bool:
    return {key: _told(old[key]) for key in old.keys() - keys} == {key: _told(new[key]) for key in new.keys() - keys}


def _told(value: Any) -> bytes:
    """Return what a value says; of what it points at, only the number."""
    return bytes(value.unparse()) if isinstance(value, pikepdf.Object) else repr(value).encode()


def _whole(thing: pikepdf.Object) -> bytes:
    """Return everything that stands under a number."""
    content = thing.read_raw_bytes() if isinstance(thing, pikepdf.Stream) else b""
    return bytes(thing.unparse(resolved=True) + content)


def _conformance(pdf: pikepdf.Pdf) -> tuple[str, str]:
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
        return str(said.get("pdfaid:part")), str(said.get("pdfaid:conformance"))
