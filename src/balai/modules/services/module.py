"""Digital public services: from a published promise to a signed result."""

from django.utils.translation import gettext_lazy as _

from balai.engines.catalogs.contributions import RecordKindOffer
from balai.foundation.examples.contributions import ExampleData
from balai.foundation.registry.descriptor import Module
from balai.foundation.web.contributions import MenuItem
from balai.modules.services.example.load import load_standards
from balai.modules.services.permissions import PERMISSIONS
from balai.modules.services.rules.standard import STANDARD

module = Module(
    slug="services",
    label=_("Services"),
    mount="services/",
    urls="balai.modules.services.urls",
    gives=(
        *PERMISSIONS,
        RecordKindOffer(kind=STANDARD),
        ExampleData(order=25, label="standards of services", load=load_standards),
        MenuItem(
            label=_("Services"),
            text=_("What you need, how long it takes, what it costs, and who is responsible."),
            view="services:list",
            icon="file-text",
            order=25,
        ),
    ),
)
