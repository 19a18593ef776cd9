"""Why a file could not be taken, in words: what happened, what is kept, what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from balai.foundation.files.rules import MAX_BYTES, MAX_PAGES, MAX_PER_MATTER, megabytes

_NOT_A_PHOTO = _(
    "This file is neither a photo nor a PDF that we can open. Your words are kept. "
    "Choose a JPEG, PNG, WebP or HEIC photo, a PDF, or send without it."
)
_SENTENCES: dict[str, str | Promise] = {
    "empty": _("The file arrived empty. Your words are kept. Choose it again or send without it."),
    "too_large": _(
        "The file is too large (%(size)s MB). Your words are kept. Choose one under %(limit)s MB or send without it."
    ),
    "too_many": _("There are more than %(most)s files. Your words are kept. Choose the %(most)s that show it best."),
    "too_many_pixels": _(
        "The photo has more picture points than we can open. Your words are kept. "
        "Choose a JPEG photo under 50 megapixels or send without a photo."
    ),
    "moving": _("This is a moving picture. Your words are kept. Choose a still photo."),
    "broken": _("The photo arrived incomplete or damaged. Your words are kept. Take it again or send without a photo."),
    "lost": _("The file was lost before it could be saved. Your words are kept. Please attach it again."),
    "locked": _(
        "The PDF is locked with a password or against changes. Your words are kept. "
        "Save it without a lock, or photograph its pages."
    ),
    "broken_document": _(
        "The PDF arrived incomplete or damaged. Your words are kept. Choose it again, or photograph its pages."
    ),
    "too_many_pages": _("The PDF has more than %(pages)s pages. Your words are kept. Choose the pages that matter."),
    "too_complex": _(
        "The PDF is too complicated to be checked. Your words are kept. Photograph the pages that matter."
    ),
    "not_a_photo": _NOT_A_PHOTO,
    "wrong_name": _NOT_A_PHOTO,
}
# where nothing goes on without the file nobody is told to leave it out
_NEEDED_PHOTO = _(
    "This file is neither a photo nor a PDF that we can open. Your words are kept. "
    "Choose a JPEG, PNG, WebP or HEIC photo, or a PDF."
)
_NEEDED: dict[str, str | Promise] = {
    "empty": _("The file arrived empty. Your words are kept. Choose it again."),
    "too_large": _("The file is too large (%(size)s MB). Your words are kept. Choose one under %(limit)s MB."),
    "too_many_pixels": _(
        "The photo has more picture points than we can open. Your words are kept. "
        "Choose a JPEG photo under 50 megapixels."
    ),
    "broken": _("The photo arrived incomplete or damaged. Your words are kept. Take it again."),
    "not_a_photo": _NEEDED_PHOTO,
    "wrong_name": _NEEDED_PHOTO,
}
# by whether photos are taken, PDFs are, and several files
_ACCEPTED: dict[tuple[bool, bool, bool], str | Promise] = {
    (True, True, False): _("A photo (JPEG, PNG, WebP, HEIC) or a PDF, at most %(limit)s MB."),
    (True, False, False): _("A photo (JPEG, PNG, WebP, HEIC), at most %(limit)s MB."),
    (False, True, False): _("A PDF, at most %(limit)s MB."),
    (True, True, True): _("Photos (JPEG, PNG, WebP, HEIC) or PDFs, at most %(most)s of %(limit)s MB each."),
    (True, False, True): _("Photos (JPEG, PNG, WebP, HEIC), at most %(most)s of %(limit)s MB each."),
    (False, True, True): _("PDFs, at most %(most)s of %(limit)s MB each."),
}


def describe_refusal(code: str, *, size: int = 0, is_needed: bool = False) -> str:
    """Return the sentence for a refusal; ``size`` in bytes, ``is_needed`` where nothing goes on without the file."""
    limits = {"size": megabytes(size), "limit": megabytes(MAX_BYTES), "most": MAX_PER_MATTER, "pages": MAX_PAGES}
    sentences = {**_SENTENCES, **_NEEDED} if is_needed else _SENTENCES
    return str(sentences[code]) % limits


def accepted_words(*, photo: bool, pdf: bool, most_bytes: int = 0, most: int = 1) -> str:
    """Return in a sentence what may be chosen, before somebody chooses: kinds, size and, if several, how many."""
    facts = {"limit": megabytes(min(most_bytes or MAX_BYTES, MAX_BYTES)), "most": most}
    return str(_ACCEPTED[photo, pdf, most > 1]) % facts
