"""What jobs give: carrying the record to its listeners, sealing it, cleaning up."""

from datetime import timedelta

from balai.foundation.events.actions import deliver
from balai.foundation.jobs import tasks
from balai.foundation.jobs.contributions import Drain, Periodic
from balai.foundation.registry.descriptor import Room

room = Room(
    slug="jobs",
    gives=(
        Drain(name="events.deliver", call=deliver),
        Periodic(name="events.seal", every=timedelta(minutes=5), call=tasks.seal),
        Periodic(name="jobs.clean", every=timedelta(hours=1), call=tasks.clean_up),
    ),
)
