"""What this room gives."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.registry.descriptor import Room
from balai.foundation.web.contributions import MenuItem

KEYS = MenuItem(
    label=_("Keys of programs"),
    view="api:keys",
    icon="key-round",
    order=940,
    audience="staff",
    permission="settings.edit",
)
DOCUMENTATION = MenuItem(label=_("For programmers (API)"), view="api:home", order=60, audience="foot")

room = Room(slug="api", gives=(KEYS, DOCUMENTATION))
