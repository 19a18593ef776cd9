"""Where somebody who reads of a service can come for it in person."""

from django.urls import reverse
from django.utils.translation import gettext as _

from balai.engines.catalogs.contributions import RecordLink
from balai.engines.catalogs.models import Record
from balai.modules.queue.models import Errand


def links_of(record: Record) -> list[RecordLink]:
    """Return the way to every hall that serves a record of the catalogue."""
    rows = Errand.objects.filter(record=record, active=True, hall__active=True).select_related("hall")
    return [
        RecordLink(
            _("Book a time at %(hall)s") % {"hall": errand.hall.name},
            f"{reverse('queue:book', args=[errand.hall.slug])}?errand={errand.pk}",
            "calendar-clock",
        )
        for errand in rows
    ]
