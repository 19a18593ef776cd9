"""The files of an application: taken in for a question, copied from an earlier one, dropped when no answer names them."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import QuerySet

from balai.foundation.files.actions import UploadRefused, copy_of, delete_files, receive_upload, save_attachments
from balai.foundation.files.models import Attachment
from balai.foundation.files.rules import MAX_PER_MATTER
from balai.foundation.forms.rules.schema import Field
from balai.modules.services.models import Application, ApplicationDocument
from balai.modules.services.queries.applications import OWNER, answers_of, corrected_of

MOST_FILES = 30
_WRONG_KINDS = frozenset({"not_a_photo", "wrong_name"})
UNUSED_SPARED = timedelta(minutes=10)


class FileRefused(Exception):
    """An upload does not fit the question. ``code``: wrong_kind, too_large, too_many; ``limit`` in bytes or pieces.

    ``kinds`` are what a question takes to which the wrong kind was sent.
    """

    def __init__(self, code: str, limit: int = 0, *, kinds: Sequence[str] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.limit = limit
        self.kinds = tuple(kinds)


def keep_upload(*, application: Application, field: Field, upload: UploadedFile[bytes], at: datetime) -> Attachment:
    """Keep one file for a question of a draft.

    :raises FileRefused: if it is not what the question asks for; :raises UploadRefused: if it is no good file.
    """
    if _files_of(application).count() >= MOST_FILES:
        drop_unused(application, at=at)
        if _files_of(application).count() >= MOST_FILES:
            raise FileRefused("too_many", MOST_FILES)
    attachment = receive_for(field=field, upload=upload, at=at)
    save_attachments(attachments=[attachment], owner_kind=OWNER, owner_id=application.pk, public=False, at=at)
    return attachment


def _files_of(application: Application) -> QuerySet[Attachment]:
    return Attachment.objects.filter(owner_kind=OWNER, owner_id=application.pk)


def drop_unused(application: Application, *, at: datetime, spared: timedelta = UNUSED_SPARED) -> int:
    """Delete files that no answer names any more; those that just came may be on a page that is not sent yet."""
    named = {*_tokens(answers_of(application)), *_tokens(corrected_of(application))}
    # what an officer looked at stays with what was said of it
    judged = ApplicationDocument.objects.filter(application_id=application.pk).values_list("tokens", flat=True)
    named |= {token for tokens in judged for token in tokens}
    old = _files_of(application).filter(created_at__lte=at - spared)
    return delete_files(
        owner_kind=OWNER, owner_ids=[application.pk], keys=[file.key for file in old if str(file.key) not in named]
    )


def _tokens(value: Any) -> Iterator[str]:
    """Yield every text in an answer: a token is one of them."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _tokens(each)
    elif isinstance(value, list):
        for each in value:
            yield from _tokens(each)


def keep_copies(*, application: Application, files: Sequence[Attachment], at: datetime) -> list[str]:
    """Keep copies of files of another application, with bytes of their own, and return their tokens.

    None of them where one is no longer good: the person sends it once more.

    :raises FileRefused: if the application has too many files already.
    """
    if _files_of(application).count() + len(files) > MOST_FILES:
        raise FileRefused("too_many", MOST_FILES)
    try:
        copies = [copy_of(attachment=file, at=at) for file in files]
    except (UploadRefused, FileNotFoundError):
        return []
    keep_files(owner_id=application.pk, files=copies, at=at)
    return [str(copy.key) for copy in copies]


def keep_files(*, owner_id: int, files: Sequence[Attachment], owner_kind: str = OWNER, at: datetime) -> None:
    """Give received files to an application, or to another owner, in pieces that the room of files takes at once."""
    for start in range(0, len(files), MAX_PER_MATTER):
        piece = files[start : start + MAX_PER_MATTER]
        save_attachments(attachments=piece, owner_kind=owner_kind, owner_id=owner_id, public=False, at=at)


def receive_for(*, field: Field, upload: UploadedFile[bytes], at: datetime) -> Attachment:
    """Take one file for a question in and return its UNSAVED row, as :func:`receive_upload`.

    :raises FileRefused: if it is not what the question asks for; :raises UploadRefused: if it is no good file.
    """
    if field.max_bytes and upload.size is not None and upload.size > field.max_bytes:
        raise FileRefused("too_large", field.max_bytes)
    try:
        attachment = receive_upload(upload=upload, purpose="document", at=at)
    except UploadRefused as refused:
        # the room of files names all kinds that it takes; this question may take one of them only
        if refused.code in _WRONG_KINDS and len(field.file_kinds) == 1:
            raise FileRefused("wrong_kind", kinds=field.file_kinds) from refused
        raise
    if ("pdf" if attachment.is_document else "photo") not in field.file_kinds:
        raise FileRefused("wrong_kind", kinds=field.file_kinds)
    return attachment
