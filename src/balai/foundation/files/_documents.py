"""Look into a PDF, and make it anew without anything that acts, hides or tells who wrote it."""

from dataclasses import dataclass
from io import BytesIO
from typing import IO, Any, BinaryIO, cast

import pikepdf

from balai.foundation.files.rules import MAX_BYTES, MAX_OBJECTS, MAX_PAGES, Unfit

# What the parser raises when it is fed broken or hostile bytes.
_PARSER_ERRORS = (
    pikepdf.PdfError,
    OSError,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    RuntimeError,
    RecursionError,
    OverflowError,
    MemoryError,
)
# Keys by which a document acts by itself, carries other files, or says more than its pages.
_DROPPED = frozenset(
    {
        "/AA", "/OpenAction", "/JS", "/JavaScript", "/EmbeddedFiles", "/EF", "/AF", "/Collection", "/XFA",
        "/RichMediaContent", "/RichMediaSettings", "/Metadata", "/PieceInfo", "/Perms", "/Requirements",
    }
)  # fmt: skip
# Links inside the document and to the web stay; whatever else a document may do is taken out.
_ACTIONS_KEPT = frozenset({"/GoTo", "/URI", "/Named"})
# Named here too, because an action need not say that it is one.
_ACTIONS_DROPPED = frozenset(
    {
        "/JavaScript", "/Launch", "/GoToR", "/GoToE", "/GoTo3DView", "/GoToDp", "/Thread", "/Sound", "/Movie", "/Hide",
        "/SubmitForm", "/ResetForm", "/ImportData", "/SetOCGState", "/Rendition", "/Trans", "/RichMediaExecute",
    }
)  # fmt: skip
_WEB = ("http://", "https://", "mailto:", "tel:")
# Notes that hold files, films or programs.
_NOTES_DROPPED = frozenset({"/FileAttachment", "/RichMedia", "/Screen", "/Movie", "/Sound", "/3D"})
_DEEPEST = 50
# A table of objects may unpack to this much, and no array or dictionary holds more; else it is a bomb.
pikepdf.settings.set_qpdf_limits(flate_max_memory=64 * 2**20, parser_max_container_size=200_000)


@dataclass(frozen=True, kw_only=True)
class CleanDocument:
    """A document made anew."""

    content: bytes
    pages: int


def check_document(*, file: IO[bytes]) -> None:
    """Accept a whole PDF without password, within the limits; no page is drawn.

    :raises Unfit: ``broken_document``, ``locked``, ``too_many_pages`` or ``too_complex``.
    """
    with _open(file) as pdf:
        _check(pdf)


def make_document_anew(*, file: IO[bytes]) -> CleanDocument:
    """Return the pages stored anew: no scripts, no actions but links, no files inside, no author.

    :raises Unfit: as :func:`check_document`, and ``too_large`` if it would grow beyond the limit.
    """
    out = BytesIO()
    with _open(file) as pdf:
        _check(pdf)
        try:
            for each in list(pdf.objects):
                _scrub(each, _DEEPEST)
            if "/Info" in pdf.trailer:
                del pdf.trailer["/Info"]
            pages = len(pdf.pages)
            # unreachable objects, such as what was cut off above, are not written
            pdf.save(out, object_stream_mode=pikepdf.ObjectStreamMode.generate, deterministic_id=True)
        except _PARSER_ERRORS as error:
            raise Unfit("broken_document") from error
    content = out.getvalue()
    if len(content) > 2 * MAX_BYTES:
        raise Unfit("too_large", size=len(content))
    return CleanDocument(content=content, pages=pages)


def _open(file: IO[bytes]) -> pikepdf.Pdf:
    file.seek(0)
    try:
        pdf = pikepdf.open(cast("BinaryIO", file), suppress_warnings=True)
    except pikepdf.PasswordError as error:
        raise Unfit("locked") from error
    except _PARSER_ERRORS as error:
        raise Unfit("broken_document") from error
    if pdf.is_encrypted:
        # opens without a password, but forbids things: its owner did not want it stored anew
        pdf.close()
        raise Unfit("locked")
    return pdf


def _check(pdf: pikepdf.Pdf) -> None:
    try:
        objects, pages = len(pdf.objects), len(pdf.pages)
    except _PARSER_ERRORS as error:
        raise Unfit("broken_document") from error
    if objects > MAX_OBJECTS:
        raise Unfit("too_complex")
    if pages > MAX_PAGES:
        raise Unfit("too_many_pages")
    if pages == 0:
        raise Unfit("broken_document")


def _scrub(each: Any, deeper: int) -> None:
    """Take what acts out of one object and what stands directly inside it; references are visited on their own."""
    if deeper == 0:
        raise Unfit("too_complex")
    if isinstance(each, pikepdf.Array):
        for index in range(len(each) - 1, -1, -1):
            if _is_dropped(each[index]):
                del each[index]
            elif not _is_reference(each[index]):
                _scrub(each[index], deeper - 1)
    elif isinstance(each, pikepdf.Dictionary | pikepdf.Stream):
        for key in list(each.keys()):
            value = each[key]
            if key in _DROPPED or _is_dropped(value):
                del each[key]
            elif not _is_reference(value):
                _scrub(value, deeper - 1)


def _is_reference(value: Any) -> bool:
    return bool(getattr(value, "is_indirect", False))


def _is_dropped(value: Any) -> bool:
    """Return whether an object is an action that is not kept, or a note that holds something."""
    if not isinstance(value, pikepdf.Dictionary):
        return False
    kind = _name(value, "/S")
    if kind in _ACTIONS_DROPPED or (_name(value, "/Type") == "/Action" and kind not in _ACTIONS_KEPT):
        return True
    if kind == "/URI" and not str(value.get("/URI", "")).strip().lower().startswith(_WEB):
        return True
    return _name(value, "/Subtype") in _NOTES_DROPPED


def _name(value: Any, key: str) -> str:
    found = value.get(key)
    return str(found) if isinstance(found, pikepdf.Name) else ""
