"""What this room gives: the first door, and the door to the brand."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.examples.contributions import ExampleData
from balai.foundation.registry.descriptor import Room
from balai.foundation.web.contributions import MenuItem
from balai.foundation.web.example import load_brand

HOME = MenuItem(label=_("Home"), view="web:home", icon="house", order=0)
BRAND = MenuItem(
    label=_("Name and colours"),
    view="web:brand",
    icon="palette",
    order=900,
    audience="staff",
    permission="settings.edit",
    shortcut="w",
)

room = Room(slug="web", gives=(HOME, BRAND, ExampleData(order=15, label="name and colours", load=load_brand)))
