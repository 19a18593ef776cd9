"""What jobs give: carrying the record to its listeners, sealing it, cleaning up, and the page about all this."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from balai.foundation.events.actions import deliver
from balai.foundation.jobs import queries, tasks
from balai.foundation.jobs.contributions import Drain, Periodic
from balai.foundation.registry.descriptor import Room
from balai.foundation.web.contributions import DeskAlarm, HealthReading, MenuItem

room = Room(
    slug="jobs",
    gives=(
        # events stand below this room and cannot know it
        Drain(name="events.deliver", call=deliver),
        Periodic(name="events.seal", every=timedelta(minutes=5), call=tasks.seal),
        Periodic(name="jobs.clean", every=timedelta(hours=1), call=tasks.clean_up),
        HealthReading(name="worker", read=queries.worker_reading),
        HealthReading(name="events", read=queries.events_reading),
        DeskAlarm(template="jobs/_silent.html", context=queries.silent_alarm, order=10),
        MenuItem(
            label=_("Background work"),
            view="jobs:work",
            icon="list-todo",
            order=940,
            audience="staff",
            permission="settings.edit",
        ),
    ),
)
