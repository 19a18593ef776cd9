"""The photos of a matter, whichever of its two owners they belong to."""

from balai.foundation.files.models import Attachment

# "case": what the public may see unless the matter is secret; "case_entry": what reporter and staff sent one another
OWNERS = ("case", "case_entry")


def photos_of(*, case_id: int) -> list[Attachment]:
    """Return all photos of a matter, oldest first, in one query; the encrypted evidence is not read."""
    rows = Attachment.objects.filter(owner_kind__in=OWNERS, owner_id=case_id)
    return list(rows.defer("evidence").order_by("id"))


def photo_count(*, case_id: int, purpose: str) -> int:
    """Return how many photos a matter has that serve ``purpose`` ("photo": the reporter's, "proof": the agency's)."""
    return Attachment.objects.filter(owner_kind__in=OWNERS, owner_id=case_id, purpose=purpose).count()
