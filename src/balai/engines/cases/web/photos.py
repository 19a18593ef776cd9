"""Photos of a form that may have to be shown again: received once, carried along as signed tickets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from balai.foundation.files.actions import UploadRefused, give_ticket, receive_upload, take_ticket
from balai.foundation.files.models import Attachment
from balai.foundation.files.rules import MAX_PER_MATTER
from balai.foundation.files.words import describe_refusal


@dataclass(frozen=True)
class Kept:
    """A photo that has arrived, with the ticket that stands for it in the form."""

    attachment: Attachment
    ticket: str

    @property
    def kilobytes(self) -> int:
        """Return its size as it was sent."""
        return max(1, round(self.attachment.size / 1024))


@dataclass
class Photos:
    """What arrived, and what is wrong with what did not."""

    kept: list[Kept] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def attachments(self) -> list[Attachment]:
        """Return the unsaved rows."""
        return [item.attachment for item in self.kept]


def read_photos(request: HttpRequest, *, uploads: Sequence[UploadedFile], at: datetime) -> Photos:
    """Return the photos that came earlier and were not dropped, and those that came now."""
    photos = Photos()
    dropped = set(request.POST.getlist("drop"))
    for ticket in dict.fromkeys(request.POST.getlist("ticket")):
        if ticket in dropped:
            continue
        try:
            photos.kept.append(Kept(take_ticket(ticket=ticket, at=at), ticket))
        except UploadRefused as refused:
            photos.errors.append(refused.message)
    for upload in uploads:
        if len(photos.kept) >= MAX_PER_MATTER:
            photos.errors.append(describe_refusal("too_many"))
            break
        try:
            attachment = receive_upload(upload=upload, purpose="photo", for_later=True, at=at)
        except UploadRefused as refused:
            photos.errors.append(refused.message)
        else:
            photos.kept.append(Kept(attachment, give_ticket(attachment=attachment)))
    return photos


def photo_view(photo: Attachment | None) -> dict[str, str] | None:
    """Return what a page shows of a photo."""
    if photo is None:
        return None
    address = reverse("files:photo", args=[photo.key])
    return {"url": address, "thumbnail_url": address, "alt": _("Photo of the place")}
