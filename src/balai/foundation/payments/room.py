"""What payments give: a provider to try with, terms that pass, comparisons, pages for whoever holds the money."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from balai.foundation.jobs.contributions import Periodic
from balai.foundation.payments import simulated, tasks
from balai.foundation.payments.contributions import PaymentProvider
from balai.foundation.payments.permissions import PERMISSIONS
from balai.foundation.registry.descriptor import Room
from balai.foundation.web.contributions import MenuItem

SIMULATED = PaymentProvider(
    slug=simulated.SLUG,
    label=_("Simulated provider"),
    code=simulated.code,
    read=simulated.read,
    received=simulated.received,
    unheard=simulated.unheard,
    is_real=False,
)

room = Room(
    slug="payments",
    gives=(
        *PERMISSIONS,
        *((SIMULATED,) if settings.BALAI_DEMO else ()),
        Periodic(name="payments.expire", every=timedelta(minutes=1), call=tasks.expire),
        Periodic(name="payments.compare", every=timedelta(minutes=3), call=tasks.compare),
        MenuItem(
            label=_("Payments"),
            view="payments:overview",
            icon="banknote",
            order=60,
            audience="staff",
            permission="payments.collect",
        ),
    ),
)
