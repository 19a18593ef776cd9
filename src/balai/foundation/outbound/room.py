"""What this room gives: queues that empty themselves, looks at outside systems, pages, an interface for programs."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from balai.foundation.api.contributions import ApiRoutes, ApiScope
from balai.foundation.jobs.contributions import Drain, Periodic
from balai.foundation.outbound import actions, tasks
from balai.foundation.outbound.message_templates import TEMPLATES
from balai.foundation.registry.descriptor import Room
from balai.foundation.web.contributions import MenuItem

room = Room(
    slug="outbound",
    gives=(
        *TEMPLATES,
        ApiRoutes(prefix="webhooks", router="balai.foundation.outbound.api.router"),
        ApiScope(name="webhooks", label=_("Be told when something happens")),
        Drain(name="outbound.deliveries", call=actions.send_deliveries),
        Drain(name="outbound.hand_overs", call=actions.send_hand_overs),
        Drain(name="outbound.recalls", call=actions.send_recalls),
        Periodic(name="outbound.probe", every=timedelta(minutes=5), call=tasks.probe),
        Periodic(name="outbound.watch", every=timedelta(minutes=15), call=tasks.watch),
        MenuItem(label=_("Services of other bodies"), view="outbound:availability", audience="foot", order=60),
        MenuItem(
            label=_("Other programs"),
            view="outbound:webhooks",
            icon="share-2",
            order=96,
            audience="staff",
            permission="settings.edit",
        ),
    ),
)
