"""The desk of services, as the engine draws it."""

from django.utils.translation import gettext_lazy

from balai.engines.cases import web
from balai.modules.services.models import Service
from balai.modules.services.rules.checks import FAMILY
from balai.modules.services.rules.kinds import kind_slug


def _services() -> list[tuple[str, str]]:
    named = "name_en" if web.is_english() else "name_id"
    rows = Service.objects.filter(live__isnull=False).select_related("record").order_by("record__name_id")
    return [(kind_slug(row.slug), getattr(row.record, named) or row.record.name_id) for row in rows]


DESK = web.Desk(
    slug="services",
    family=FAMILY,
    inbox="services_desk:inbox",
    case="services_desk:case",
    change="services_desk:change",
    undo="services_desk:undo",
    filters="services_desk:filters",
    bulk="services_desk:bulk",
    contact="services_desk:contact",
    is_numbered=True,
    choices=(("category", gettext_lazy("Service"), _services),),
)
