"""Where somebody who reads of a service can come for it in person."""

from django.urls import reverse
from django.utils.translation import gettext as _

from balai.engines.catalogs.contributions import RecordLink
from balai.engines.catalogs.models import Record
from balai.modules.queue.models import Errand
from balai.modules.queue.rules.slots import takes_appointments


def links_of(record: Record) -> list[RecordLink]:
    """Return the way to every hall that serves a record of the catalogue."""
    rows = Errand.objects.filter(record=record, active=True, hall__active=True).select_related("hall")
    return [_link(errand) for errand in rows]


def _link(errand: Errand) -> RecordLink:
    hall = errand.hall
    if not takes_appointments(walk_in_share=hall.walk_in_share):
        return RecordLink(
            _("How many wait now at %(hall)s") % {"hall": hall.name}, reverse("queue:hall", args=[hall.slug]), "users"
        )
    return RecordLink(
        _("Book a time at %(hall)s") % {"hall": hall.name},
        f"{reverse('queue:book', args=[hall.slug])}?errand={errand.pk}",
        "calendar-clock",
    )
