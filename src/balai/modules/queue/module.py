"""Halls and counters: appointments, tickets, calls, and waiting told honestly."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from balai.engines.catalogs.contributions import RecordLinks
from balai.foundation.examples.contributions import ExampleData
from balai.foundation.jobs.contributions import Periodic
from balai.foundation.registry.descriptor import Module
from balai.foundation.web.contributions import MenuItem
from balai.modules.queue import links, tasks
from balai.modules.queue.example import load_days, load_halls
from balai.modules.queue.message_templates import TEMPLATES
from balai.modules.queue.permissions import PERMISSIONS

module = Module(
    slug="queue",
    label=_("Queue"),
    mount="queue/",
    urls="balai.modules.queue.urls",
    doors=(("desk/queue/", "balai.modules.queue.desk_urls"),),
    gives=(
        *PERMISSIONS,
        *TEMPLATES,
        RecordLinks(call=links.links_of),
        ExampleData(order=30, label="halls and counters", load=load_halls),
        ExampleData(order=50, label="ten days in the halls", load=load_days),
        Periodic(name="queue.days", every=timedelta(minutes=30), call=tasks.days),
        MenuItem(
            label=_("Queue"),
            text=_("Book a time, or see how long you would wait now."),
            view="queue:list",
            icon="calendar-clock",
            order=35,
        ),
        MenuItem(
            label=_("Counters"),
            view="queue_desk:halls",
            icon="users",
            order=28,
            audience="staff",
            permission="queue.serve",
        ),
    ),
)
