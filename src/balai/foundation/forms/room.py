"""Forms that staff make without code."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.forms.permissions import PERMISSIONS
from balai.foundation.registry.descriptor import Room
from balai.foundation.web.contributions import MenuItem

room = Room(
    slug="forms",
    gives=(
        *PERMISSIONS,
        MenuItem(
            label=_("Forms"),
            view="forms:list",
            icon="list-checks",
            order=82,
            audience="staff",
            permission="forms.edit",
        ),
    ),
)
