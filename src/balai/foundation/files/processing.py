"""Make a received file anew, in the background."""

import json
from dataclasses import asdict
from typing import IO, Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction

from balai.foundation.files import _documents, _pictures, rules
from balai.foundation.files.models import Attachment
from balai.foundation.files.rules import Unfit


def process_attachment(*, attachment_id: int) -> str:
    """Make one photo or document anew, or refuse it, and return its state. Safe to run twice, even after a kill.

    The decoding is outside any transaction; the row changes only if nobody was quicker.
    """
    # with its bytes: read later they might be gone
    attachment = Attachment.objects.defer(None).filter(pk=attachment_id).first()
    if attachment is None or attachment.state != Attachment.State.PENDING:
        return attachment.state if attachment else ""
    make = _document if attachment.is_document else _photo
    try:
        with attachment.open_received() as file:
            made = make(attachment, file)
    except FileNotFoundError:
        return _finish(attachment, {"state": Attachment.State.REFUSED, "reason": "lost"})
    except Unfit as unfit:
        return _finish(attachment, {"state": Attachment.State.REFUSED, "reason": unfit.code})
    return _finish(attachment, {"state": Attachment.State.READY, **made})


def _photo(attachment: Attachment, file: IO[bytes]) -> dict[str, Any]:
    clean = _pictures.make_anew(file=file)
    key_hex = attachment.key.hex
    stored = rules.stored_name(key_hex=key_hex, content_type=clean.content_type, kind="photos")
    thumbnail = rules.stored_name(key_hex=key_hex, content_type=clean.content_type, kind="thumbnails")
    return {
        "stored": _overwrite(stored, clean.picture),
        "thumbnail": _overwrite(thumbnail, clean.thumbnail),
        "content_type": clean.content_type,
        "width": clean.width,
        "height": clean.height,
        "evidence": "" if clean.evidence.is_empty() else json.dumps(asdict(clean.evidence)),
    }


def _document(attachment: Attachment, file: IO[bytes]) -> dict[str, Any]:
    clean = _documents.make_document_anew(file=file)
    stored = rules.stored_name(key_hex=attachment.key.hex, content_type=rules.DOCUMENT_TYPE, kind="documents")
    return {"stored": _overwrite(stored, clean.content)}


def _finish(attachment: Attachment, changes: dict[str, Any]) -> str:
    """Write the outcome and delete the bytes as received: those in the row with it, those in the storage after."""
    incoming = attachment.incoming
    Attachment.objects.filter(pk=attachment.pk, state=Attachment.State.PENDING).update(
        **changes, incoming="", received=None
    )
    if incoming:
        transaction.on_commit(lambda: default_storage.delete(incoming))
    return str(changes["state"])


def _overwrite(name: str, content: bytes) -> str:
    default_storage.delete(name)
    return default_storage.save(name, ContentFile(content))
