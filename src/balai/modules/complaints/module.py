"""Complaints: from the street to "confirmed fixed"."""

from django.utils.translation import gettext_lazy as _

from balai.engines.cases.contributions import KindOffer
from balai.foundation.examples.contributions import ExampleData, SignInList
from balai.foundation.registry.descriptor import Module
from balai.foundation.web.contributions import MenuItem
from balai.modules.complaints.case_kinds import KINDS
from balai.modules.complaints.message_templates import TEMPLATES
from balai.modules.complaints.example.categories import load_categories
from balai.modules.complaints.example.load import load, sign_ins
from balai.modules.complaints.permissions import PERMISSIONS

module = Module(
    slug="complaints",
    label=_("Complaints"),
    mount="complaints/",
    urls="balai.modules.complaints.urls",
    doors=(
        ("desk/complaints/", "balai.modules.complaints.desk_urls"),
        ("open311/", "balai.modules.complaints.api.open311_urls"),
    ),
    gives=(
        *PERMISSIONS,
        ExampleData(order=30, label="categories and rules", load=load_categories),
        ExampleData(order=40, label="a year of reports", load=load),
        SignInList(call=sign_ins),
        *TEMPLATES,
        *(
            KindOffer(
                kind=kind,
                module="complaints",
                page="complaints_desk:case",
                public_page="complaints:case",
                conversation="complaints:conversation",
            )
            for kind in KINDS
        ),
        MenuItem(label=_("Report a problem"), view="complaints:new", icon="megaphone", order=10),
        MenuItem(label=_("Follow a report"), view="complaints:find", icon="search", order=20),
        MenuItem(label=_("All reports"), view="complaints:list", icon="map", order=30),
        MenuItem(label=_("Statistics"), view="complaints:statistics", icon="chart-column", order=40),
        MenuItem(
            label=_("Reports"),
            view="complaints_desk:inbox",
            icon="inbox",
            order=10,
            audience="staff",
            permission="cases.desk",
            shortcut="i",
            count="balai.modules.complaints.queries.desk.late_count",
        ),
        MenuItem(
            label=_("Enter a report"),
            view="complaints_desk:enter",
            icon="square-pen",
            order=20,
            audience="staff",
            permission="complaints.enter",
            shortcut="n",
        ),
        MenuItem(
            label=_("Routing rules"),
            view="complaints_desk:rules",
            icon="route",
            order=80,
            audience="staff",
            permission="complaints.rules",
        ),
    ),
)
