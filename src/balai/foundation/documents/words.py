"""Words for states, verdicts and problems."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

# what Typst says when PDF/A would hold an empty box instead of a letter
_NO_FACE = "could not be displayed with font"

# standing → (class of the mark, word)
STANDINGS: dict[str, tuple[str, Any]] = {
    "valid": ("good", gettext_lazy("Valid")),
    "expired": ("attention", gettext_lazy("Expired")),
    "revoked": ("late", pgettext_lazy("document", "Revoked")),
}

# state of making it → (class of the mark, word)
ISSUE_STATES: dict[str, tuple[str, Any]] = {
    "pending": ("info", gettext_lazy("is being made")),
    "issued": ("good", gettext_lazy("issued")),
    "failed": ("late", gettext_lazy("could not be made")),
    "revoked": ("late", gettext_lazy("revoked")),
}

REFUSALS: dict[str, Any] = {
    "empty": gettext_lazy("The file is empty. Choose the PDF again."),
    "too_large": gettext_lazy(
        "The file is larger than 50 MB. Our documents are far smaller; choose the original file."
    ),
    "not_pdf": gettext_lazy(
        "This is not a PDF. A photo or a scan of a paper cannot be checked here: type the code that stands on the paper."
    ),
    "encrypted": gettext_lazy("This PDF is locked with a password. Our documents never are; choose the original file."),
    "broken": gettext_lazy("This PDF is damaged and cannot be read. Download it again and try once more."),
    "too_slow": gettext_lazy(
        "Reading this PDF took too long. Our documents are read in a moment; this is not one of them."
    ),
    "busy": gettext_lazy("Many files are being checked at the moment. Try again in a minute."),
}

# verdict → (class of the notice, title, text)
VERDICTS: dict[str, tuple[str, Any, Any]] = {
    "genuine": (
        "good",
        gettext_lazy("Genuine: this is the file that was issued"),
        gettext_lazy("Not one byte was changed since it was signed."),
    ),
    "changed": (
        "late",
        gettext_lazy("Not genuine: this file was changed"),
        gettext_lazy("It is not the file that was issued. Do not rely on it; ask its holder for the original file."),
    ),
    "trusted": (
        "attention",
        gettext_lazy("Signed with a certificate that we trust, but not issued here"),
        gettext_lazy("The signature is whole. We do not keep this document, so we cannot say whether it still counts."),
    ),
    "foreign": (
        "attention",
        gettext_lazy("Not ours: signed by somebody whom we do not know"),
        gettext_lazy("This city did not issue the document. Ask whoever issued it."),
    ),
    "unsigned": (
        "attention",
        gettext_lazy("Not ours: nobody signed this file"),
        gettext_lazy("Every document of ours carries an electronic signature. A printed and scanned one loses it."),
    ),
}


def describe_problem(problem: str) -> str:
    """Return in words why a document could not be made."""
    code, _colon, detail = problem.partition(": ")
    line, _rest, message = detail.partition(": ")
    sentences = {
        "certificate_expired": _(
            "The certificate of the signer ran out on %(detail)s. Set a new one up, then try again."
        ),
        "signer_missing": _("No signer is set up. Set one up in city.toml, then try again."),
        "signer_unusable": _("The key of the signer cannot be used (%(detail)s)."),
        "signer_refused": _("The remote signer refused (%(detail)s)."),
        "signer_unreachable": _("The remote signer did not answer (%(detail)s)."),
        "signer_unknown": _(
            "The signing service does not know the NIK in city.toml (%(detail)s). Ask whoever keeps the service to "
            "register it, then try again."
        ),
        "passphrase_refused": _(
            "The signing service refused the passphrase (%(detail)s). It is not sent again, so that the account is not "
            "locked: set BALAI_SIGNER_PASSWORD right, start web and worker again, then try again."
        ),
        "pin_refused": _(
            "The device refused the PIN (%(detail)s). It is not tried again, so that the device does not lock itself: "
            "set BALAI_SIGNER_PASSWORD right, start web and worker again, then try again."
        ),
        "device_away": _("The device with the key is not there (%(detail)s). Plug it in and look whether it is ready."),
        "too_slow": _("The template took too long. Look for a repetition that never ends."),
        "too_large": _("The document became larger than 20 MB."),
        "died": _("The template needed too much memory."),
        "busy": _("Many documents are being made at the moment. Try again in a minute."),
        "stuck": _("The work on it was lost. Try again."),
    }
    if code == "template" and _NO_FACE in detail:
        return _(
            "No font has a letter of this document (%(message)s). Put a font that has it into the folder fonts."
        ) % {"message": detail}
    if code == "template":
        if line.isdecimal():
            return _("Line %(line)s of the template: %(message)s") % {"line": line, "message": message}
        return _("The template: %(message)s") % {"message": detail}
    return sentences.get(code, problem) % {"detail": detail}
