"""What documents give: pages, and a look after work that was lost."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from balai.foundation.api.contributions import ApiRoutes
from balai.foundation.documents import queries, tasks
from balai.foundation.documents.permissions import PERMISSIONS
from balai.foundation.jobs.contributions import Periodic
from balai.foundation.registry.descriptor import Room
from balai.foundation.web.contributions import DeskAlarm, HealthReading, MenuItem

room = Room(
    slug="documents",
    gives=(
        *PERMISSIONS,
        Periodic(name="documents.look_after", every=timedelta(hours=1), call=tasks.look_after),
        ApiRoutes(prefix="documents", router="balai.foundation.documents.api.router"),
        HealthReading(name="documents", read=queries.failed_reading),
        DeskAlarm(template="documents/_failed.html", context=queries.failed_alarm, order=30),
        MenuItem(
            label=pgettext_lazy("papers", "Documents"),
            view="documents:templates",
            icon="file-text",
            order=915,
            audience="staff",
            permission="documents.edit",
        ),
        MenuItem(label=_("Check a document"), view="documents:verify", icon="shield-check", order=60, audience="foot"),
    ),
)
