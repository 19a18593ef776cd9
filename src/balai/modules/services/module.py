"""Digital public services: from a published promise to a signed result."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from balai.engines.cases.contributions import KindFamily, SubjectOffer
from balai.engines.cases.events import (
    CaseEscalated,
    CaseRefused,
    CaseStepped,
    CaseUndone,
    CaseWithdrawn,
    ReporterReplied,
)
from balai.engines.cases.rules.families import FamilyWords
from balai.engines.catalogs.contributions import RecordKindOffer
from balai.foundation.api.contributions import ApiRoutes, ApiScope
from balai.foundation.documents.contributions import DocumentGuard
from balai.foundation.events.contributions import Subscription
from balai.foundation.examples.contributions import ExampleData, SignInList
from balai.foundation.files.contributions import FileGuard
from balai.foundation.jobs.contributions import Periodic
from balai.foundation.outbound.events import HandOverEnded
from balai.foundation.payments.contributions import BillGuard, BillOwner
from balai.foundation.payments.events import BillExpired, BillPaid
from balai.foundation.registry.descriptor import Module
from balai.foundation.web.contributions import MenuItem, SearchSection
from balai.modules.services import guards, reactions, tasks
from balai.modules.services.document_templates import DOCUMENTS
from balai.modules.services.example.load import load_standards
from balai.modules.services.example.talks import sign_ins
from balai.modules.services.example.year import load_year
from balai.modules.services.message_templates import TEMPLATES
from balai.modules.services.permissions import PERMISSIONS
from balai.modules.services.queries import visits
from balai.modules.services.queries.applications import OWNER
from balai.modules.services.queries.bills import bill_names, billed_under
from balai.modules.services.queries.standards import service_subject
from balai.modules.services.rules.checks import FAMILY
from balai.modules.services.rules.standard import KIND, STANDARD
from balai.modules.services.words import open_task_words

# whatever moves an application, back as well as on
STEPS = (CaseStepped, CaseRefused, CaseWithdrawn, CaseUndone, ReporterReplied)

module = Module(
    slug="services",
    label=_("Services"),
    mount="services/",
    urls="balai.modules.services.urls",
    doors=(("desk/services/", "balai.modules.services.desk_urls"),),
    gives=(
        *PERMISSIONS,
        RecordKindOffer(kind=STANDARD),
        KindFamily(
            slug=FAMILY,
            page="services_desk:case",
            conversation="services:own",
            open_tasks=visits.open_tasks,
            task_words=open_task_words,
            called=FamilyWords(
                matter_id="permohonan", matter_en="application", person_id="pemohon", person_en="applicant"
            ),
        ),
        *TEMPLATES,
        ApiRoutes(prefix="services", router="balai.modules.services.api.router"),
        ApiScope(name="services", label=_("Send in applications for services")),
        *DOCUMENTS,
        FileGuard(owner_kind=OWNER, may_see=guards.may_see_paper),
        FileGuard(owner_kind=visits.OWNER, may_see=guards.may_see_visit),
        BillGuard(owner_kind=OWNER, may_see=guards.may_see_bill),
        BillOwner(owner_kind=OWNER, names=bill_names, find=billed_under, page=guards.bill_page),
        DocumentGuard(owner_kind=OWNER, may_see=guards.may_see_result, looked=guards.note_result_look),
        *(Subscription(event=event, call=reactions.follow_step) for event in STEPS),
        Subscription(event=BillPaid, call=reactions.follow_payment),
        Subscription(event=BillExpired, call=reactions.follow_expiry),
        Subscription(event=HandOverEnded, call=reactions.follow_outside),
        Subscription(event=CaseEscalated, call=reactions.follow_delay),
        ExampleData(order=25, label="services", load=load_standards),
        ExampleData(order=45, label="a year of applications", load=load_year),
        SignInList(call=sign_ins),
        Periodic(name="services.drafts", every=timedelta(hours=1), call=tasks.drafts),
        SubjectOffer(kind=KIND, find=service_subject),
        SearchSection(label=_("Services"), find="balai.modules.services.queries.found.find_services", order=20),
        MenuItem(
            label=_("Services"),
            text=_("What you need, how long it takes, what it costs, and who is responsible."),
            view="services:list",
            icon="file-text",
            order=25,
        ),
        MenuItem(
            label=_("Applications"),
            view="services_desk:inbox",
            icon="clipboard-list",
            count="balai.modules.services.queries.desk.late_count",
            order=15,
            audience="staff",
            permission="cases.desk",
            shortcut="p",
        ),
        MenuItem(
            label=_("My visits"),
            view="services_desk:visits",
            icon="map-pin",
            order=17,
            audience="staff",
            permission="cases.handle",
        ),
        MenuItem(
            label=_("Apply for somebody"),
            view="services_desk:enter",
            icon="square-pen",
            order=25,
            audience="staff",
            permission="services.enter",
        ),
        MenuItem(
            label=_("Make services"),
            view="services_desk:services",
            icon="list-todo",
            order=81,
            audience="staff",
            permission="services.design",
        ),
        MenuItem(
            label=_("Service performance"),
            text=_("Promised and actual time of every service, and what people say of it."),
            view="services:performance",
            icon="chart-column",
            order=45,
        ),
    ),
)
