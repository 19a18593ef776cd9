"""Why a file could not be taken, in words: what happened, what is kept, what to do."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from balai.foundation.files.rules import MAX_BYTES, MAX_PER_MATTER, megabytes

_NOT_A_PHOTO = _(
    "This file is not a photo that we can open. Your words are kept. "
    "Choose a JPEG, PNG, WebP or HEIC photo or send without a photo."
)
_SENTENCES: dict[str, str | Promise] = {
    "empty": _("The photo arrived empty. Your words are kept. Choose the photo again or send without a photo."),
    "too_large": _(
        "The photo is too large (%(size)s MB). Your words are kept. "
        "Choose a photo under %(limit)s MB or send without a photo."
    ),
    "too_many": _("There are more than %(most)s photos. Your words are kept. Choose the %(most)s that show it best."),
    "too_many_pixels": _(
        "The photo has more picture points than we can open. Your words are kept. "
        "Choose a JPEG photo under 50 megapixels or send without a photo."
    ),
    "moving": _("This is a moving picture. Your words are kept. Choose a still photo."),
    "broken": _("The photo arrived incomplete or damaged. Your words are kept. Take it again or send without a photo."),
    "lost": _("The photo was lost before it could be saved. Your words are kept. Please attach the photo again."),
    "not_a_photo": _NOT_A_PHOTO,
    "wrong_name": _NOT_A_PHOTO,
}


def describe_refusal(code: str, *, size: int = 0) -> str:
    """Return the sentence for a refusal; ``size`` in bytes."""
    limits = {"size": megabytes(size), "limit": megabytes(MAX_BYTES), "most": MAX_PER_MATTER}
    return str(_SENTENCES[code]) % limits
