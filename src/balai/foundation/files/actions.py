"""Take files in, give them to their owner, look into evidence, and clear away what nobody claimed."""

import hashlib
import json
import uuid
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import IO, Any, cast

from django.core import signing
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from balai.foundation.files import _documents, _pictures, rules
from balai.foundation.files.models import Attachment
from balai.foundation.files.rules import Evidence, Unfit
from balai.foundation.files.tasks import process_attachments
from balai.foundation.files.words import describe_refusal
from balai.foundation.identity.actions import record_access
from balai.foundation.identity.models import User
from balai.foundation.jobs.actions import enqueue
from balai.foundation.rows.insert import insert_objects

# How long bytes wait for a matter to claim them, and how long a photo may wait for its job before it is asked again.
UNCLAIMED_AFTER = timedelta(days=1)
WAITING_AFTER = timedelta(hours=1)
_SWEEP_BATCH = 500
_JOB_BATCH = 10
_TICKET_SALT = "balai.files.ticket"


class UploadRefused(Exception):
    """A file was not taken. ``code`` is a word for programs, ``message`` a sentence for people.

    ``needed`` is the sentence where nothing goes on without the file.
    """

    def __init__(self, code: str, message: str, *, needed: str = "") -> None:
        self.code = code
        self.message = message
        self.needed = needed or message
        super().__init__(message)


class NothingToSee(Exception):
    """A photo holds no position and no time."""


def _refusal(unfit: Unfit) -> UploadRefused:
    message, needed = (
        describe_refusal(unfit.code, size=unfit.size, is_needed=is_needed) for is_needed in (False, True)
    )
    return UploadRefused(unfit.code, message, needed=needed)


def receive_upload(*, upload: File[bytes], purpose: str = "photo", for_later: bool = False, at: datetime) -> Attachment:
    """Check a photo or PDF by content and name and return an UNSAVED row that has its bytes, or names them.

    Give the row to :func:`save_attachments` in the transaction of the matter. A small file is part of its row, so
    that one commit keeps both; a larger one goes to the file storage under a random name, as does every file that is
    ``for_later``: kept for a form that may have to be redone (:func:`give_ticket`). Call this outside the transaction.
    Bytes in the storage that no row claims are deleted after a day.

    :raises UploadRefused: if the file is empty, too large, not a photo, damaged or a bomb.
    """
    try:
        rules.check_name(name=upload.name or "")
        if upload.size is not None:
            rules.check_size(size=upload.size)
        size, sha256 = _measure(upload)
        seen = _look(upload, size)
    except Unfit as unfit:
        raise _refusal(unfit) from unfit
    upload.seek(0)
    in_row = size <= rules.MAX_BYTES_IN_ROW and not for_later
    return Attachment(
        key=uuid.uuid4(),
        received=upload.read() if in_row else None,
        incoming="" if in_row else default_storage.save(rules.incoming_name(random_hex=uuid.uuid4().hex), upload),
        size=size,
        sha256=sha256,
        created_at=at,
        **({"purpose": purpose} | seen),
    )


def _look(upload: File[bytes], size: int) -> dict[str, Any]:
    """Return what the bytes say about themselves; a PDF is a document whatever it was meant for."""
    # what lies below Django's file: each read through it asks for the one below anew
    file, name = cast("IO[bytes]", upload.file), upload.name or ""
    file.seek(0)
    content_type = rules.content_type_of(head=file.read(rules.HEAD_BYTES))
    if content_type is not None:
        rules.check_name_fits(name=name, content_type=content_type)
    if content_type == rules.DOCUMENT_TYPE:
        _documents.check_document(file=file)
        return {"content_type": content_type, "purpose": "document", "name": rules.document_name(name=name)}
    header = _pictures.read_header(file=file, size=size)
    return {"content_type": header.content_type, "width": header.width, "height": header.height}


def _measure(upload: File[bytes]) -> tuple[int, str]:
    """Return (bytes, SHA-256), reading in pieces and stopping at the limit whatever the sender promised."""
    digest = hashlib.sha256()
    size = 0
    for chunk in upload.chunks():
        size += len(chunk)
        if size > rules.MAX_BYTES:
            raise Unfit("too_large", size=size)
        digest.update(chunk)
    rules.check_size(size=size)
    return size, digest.hexdigest()


def copy_of(*, attachment: Attachment, at: datetime) -> Attachment:
    """Return an UNSAVED copy of a file with bytes of its own, for an owner who sends the same paper twice.

    Call this outside the transaction, as :func:`receive_upload`. What a camera wrote into a photo stays with the first.

    :raises UploadRefused: if the bytes are no longer good. :raises FileNotFoundError: if they are gone.
    """
    with _open_bytes(attachment) as kept:
        return receive_upload(upload=File(kept, name=attachment.name), purpose=attachment.purpose, at=at)


def _open_bytes(attachment: Attachment) -> IO[bytes]:
    if not attachment.stored:
        try:
            return attachment.open_received()
        except FileNotFoundError:
            # made anew at this moment?
            ready = Attachment.objects.filter(pk=attachment.pk).exclude(stored="").first()
            if ready is None:
                raise
            attachment = ready
    return cast("IO[bytes]", default_storage.open(attachment.stored))


def save_attachments(
    *,
    attachments: Sequence[Attachment],
    owner_kind: str,
    owner_id: int,
    public: bool,
    at: datetime,
    already: int = 0,
) -> list[Attachment]:
    """Give received files to their owner and have them processed: one INSERT for the rows, one for the job.

    ``already`` is how many files the matter has; the limit counts them.

    :raises UploadRefused: ``too_many`` beyond five.
    """
    if not attachments:
        return []
    try:
        rules.check_count(count=already + len(attachments))
    except Unfit as unfit:
        raise _refusal(unfit) from unfit
    for attachment in attachments:
        attachment.owner_kind, attachment.owner_id = owner_kind, owner_id
        # letters and certificates are full of names: only photos are ever shown to everybody
        attachment.public = public and not attachment.is_document
        attachment.created_at = at
    # the caller's transaction is the one that counts: a savepoint would be two more statements
    with transaction.atomic(savepoint=False):
        insert_objects(attachments)
        _enqueue_processing(ids=[attachment.pk for attachment in attachments], at=at)
    return list(attachments)


def _enqueue_processing(*, ids: list[int], at: datetime, unique_key: str | None = None) -> None:
    enqueue(task=process_attachments, arguments={"attachment_ids": ids}, unique_key=unique_key, at=at)


@transaction.atomic
def delete_files(*, owner_kind: str, owner_ids: Sequence[int], keys: Collection[uuid.UUID] | None = None) -> int:
    """Delete files of some owners, rows and bytes, and return how many; bytes go when the commit is safe.

    ``keys`` are those to delete; None: all of them.
    """
    files = Attachment.objects.filter(owner_kind=owner_kind, owner_id__in=owner_ids)
    rows = list(files if keys is None else files.filter(key__in=keys))
    names = [name for row in rows for name in (row.incoming, row.stored, row.thumbnail) if name]
    Attachment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for name in names:
        transaction.on_commit(partial(default_storage.delete, name))
    return len(rows)


def set_public(*, owner_kind: str, owner_id: int, public: bool) -> int:
    """Show or hide all files of one owner and return how many changed; documents are never shown to everybody."""
    files = Attachment.objects.filter(owner_kind=owner_kind, owner_id=owner_id).exclude(public=public)
    if public:
        files = files.exclude(content_type=rules.DOCUMENT_TYPE)
    return files.update(public=public)


@transaction.atomic
def see_evidence(
    *,
    attachment: Attachment,
    user: User,
    post_title: str = "",
    resident_id: int | None = None,
    reason: str,
    at: datetime,
) -> Evidence:
    """Return where and when the camera says a photo was taken, and record who looked and why.

    The caller checks the permission; nobody reads the column any other way.

    :raises NothingToSee: if the photo held neither; nothing is recorded then.
    """
    if not attachment.evidence or attachment.owner_id is None:
        raise NothingToSee
    record_access(
        user=user,
        post_title=post_title,
        resident_id=resident_id,
        subject_kind=attachment.owner_kind,
        subject_id=attachment.owner_id,
        what="evidence",
        reason=reason,
        at=at,
    )
    return Evidence(**json.loads(attachment.evidence))


def give_ticket(*, attachment: Attachment) -> str:
    """Return a signed text that stands for a received, unsaved file, to be carried by a form that has to be redone.

    :raises ValueError: if the file was not received ``for_later``: its bytes end with this request.
    """
    if not attachment.incoming:
        raise ValueError("receive it for_later")
    return signing.dumps(
        {
            "incoming": attachment.incoming,
            "purpose": attachment.purpose,
            "name": attachment.name,
            "content_type": attachment.content_type,
            "width": attachment.width,
            "height": attachment.height,
            "size": attachment.size,
            "sha256": attachment.sha256,
        },
        salt=_TICKET_SALT,
    )


def take_ticket(*, ticket: str, at: datetime) -> Attachment:
    """Return the unsaved row that a ticket stands for; the photo need not be sent again.

    :raises UploadRefused: ``lost`` if the ticket is not ours, is too old, or was used before.
    """
    try:
        fields: dict[str, Any] = signing.loads(ticket, salt=_TICKET_SALT, max_age=UNCLAIMED_AFTER / 2)
    except signing.BadSignature as error:
        raise _refusal(Unfit("lost")) from error
    claimed = Attachment.objects.filter(incoming=fields["incoming"], state=Attachment.State.PENDING).exists()
    if claimed or not default_storage.exists(fields["incoming"]):
        raise _refusal(Unfit("lost"))
    return Attachment(key=uuid.uuid4(), created_at=at, **fields)


def sweep(*, at: datetime) -> int:
    """Delete bytes that no row claimed within a day, ask again for photos that wait too long; return how many."""
    try:
        _folders, names = default_storage.listdir("incoming")
    except FileNotFoundError:  # nothing was ever received
        names = []
    old = [
        f"incoming/{name}"
        for name in names
        if default_storage.get_modified_time(f"incoming/{name}") < at - UNCLAIMED_AFTER
    ]
    waiting = Attachment.objects.filter(state=Attachment.State.PENDING)
    claimed = set(waiting.filter(incoming__in=old).values_list("incoming", flat=True)) if old else set()
    unclaimed = [name for name in old if name not in claimed]
    for name in unclaimed:
        default_storage.delete(name)
    late = list(
        waiting.filter(created_at__lt=at - WAITING_AFTER).order_by("id").values_list("id", flat=True)[:_SWEEP_BATCH]
    )
    for start in range(0, len(late), _JOB_BATCH):
        ids = late[start : start + _JOB_BATCH]
        _enqueue_processing(ids=ids, at=at, unique_key=f"files.again:{ids[0]}@{at:%Y%m%d%H}")
    return len(unclaimed) + len(late)
