"""Complaints: from the street to "confirmed fixed"."""

from django.utils.translation import gettext_lazy as _

from balai.engines.cases.contributions import KindFamily, KindOffer
from balai.engines.cases.events import (
    CaseAnswered,
    CaseClosedSilently,
    CaseConfirmed,
    CaseMerged,
    CaseRefused,
    CaseReopened,
    CaseWithdrawn,
)
from balai.engines.catalogs.contributions import RecordLinks
from balai.foundation.api.contributions import ApiScope, Protocol
from balai.foundation.events.contributions import Subscription
from balai.foundation.examples.contributions import ExampleData, SignInList
from balai.foundation.registry.descriptor import Module
from balai.foundation.web.contributions import ErrorAnswer, HomePanel, LookupBox, MenuItem, SearchSection
from balai.modules.complaints import follower_reactions
from balai.modules.complaints.case_kinds import KINDS
from balai.modules.complaints.example.categories import load_categories
from balai.modules.complaints.example.load import load, sign_ins
from balai.modules.complaints.follower_templates import FOLLOWERS
from balai.modules.complaints.message_templates import TEMPLATES
from balai.modules.complaints.permissions import PERMISSIONS
from balai.modules.complaints.queries.links import links_of

module = Module(
    slug="complaints",
    label=_("Complaints"),
    mount="complaints/",
    urls="balai.modules.complaints.urls",
    doors=(
        ("desk/complaints/", "balai.modules.complaints.desk_urls"),
        ("open311/", "balai.modules.complaints.api.open311_urls"),
        ("lapor/", "balai.modules.complaints.short_urls"),
    ),
    gives=(
        *PERMISSIONS,
        ApiScope(name="open311", label=_("Send in reports (Open311)")),
        Protocol(
            label="Open311 GeoReport v2",
            address="/open311/discovery.json",
            text=_("Read public reports and send in new ones from any program that speaks the international standard."),
        ),
        ErrorAnswer(prefix="/open311/", answer="balai.modules.complaints.api.open311_views.answer_failure"),
        ExampleData(order=30, label="categories and rules", load=load_categories),
        ExampleData(order=40, label="a year of reports", load=load),
        SignInList(call=sign_ins),
        *TEMPLATES,
        *FOLLOWERS,
        *(
            Subscription(event=event, call=follower_reactions.tell_followers)
            for event in (
                CaseAnswered,
                CaseConfirmed,
                CaseClosedSilently,
                CaseRefused,
                CaseWithdrawn,
                CaseReopened,
                CaseMerged,
            )
        ),
        LookupBox(
            label=_("Have a number? See how far your report or application is."),
            hint="26-K7QX-M3R8",
            button=_("Look"),
            view="complaints:find",
            order=10,
        ),
        RecordLinks(call=links_of),
        SearchSection(label=_("By number"), find="balai.modules.complaints.queries.found.find_number", order=10),
        SearchSection(label=_("Reports"), find="balai.modules.complaints.queries.found.find_reports", order=30),
        HomePanel(template="complaints/_home_word.html", context="balai.modules.complaints.home.word_kept", order=10),
        HomePanel(
            template="complaints/_home_districts.html", context="balai.modules.complaints.home.by_district", order=20
        ),
        *(KindOffer(kind=kind) for kind in KINDS),
        KindFamily(
            slug="complaint",
            page="complaints_desk:case",
            public_page="complaints:case",
            conversation="complaints:conversation",
        ),
        MenuItem(
            label=_("Report a problem"),
            text=_("With a photo, a place and a few words. No account needed."),
            view="complaints:new",
            icon="megaphone",
            order=10,
        ),
        MenuItem(
            label=_("Follow a report or application"),
            short=_("Check a number"),
            text=_("By its number; with the code you can answer, complete and confirm."),
            view="complaints:find",
            icon="search",
            order=20,
        ),
        MenuItem(
            label=_("All reports"),
            text=_("On a map and in a list: what was reported, and what became of it."),
            view="complaints:list",
            icon="map",
            order=30,
        ),
        MenuItem(
            label=_("Statistics"),
            text=_("Which agency keeps its word, and how long people wait."),
            view="complaints:statistics",
            icon="chart-column",
            order=40,
        ),
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
