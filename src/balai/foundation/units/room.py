"""What units give: what their permissions are called, doors to their pages, and the example's agencies and people."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.examples.contributions import ExampleData, SignInList
from balai.foundation.identity.permissions import Permission
from balai.foundation.registry.descriptor import Room
from balai.foundation.units.example import load_people, sign_ins
from balai.foundation.web.contributions import MenuItem

room = Room(
    slug="units",
    gives=(
        Permission(name="units.edit", label=_("Edit agencies, posts and holders")),
        Permission(name="units.neglect", label=_("See where nobody is")),
        MenuItem(
            label=_("Where nobody is"),
            view="units:neglect",
            icon="triangle-alert",
            order=60,
            audience="staff",
            permission="units.neglect",
            shortcut="u",
        ),
        MenuItem(
            label=_("Agencies and posts"),
            view="units:list",
            icon="building-2",
            order=910,
            audience="staff",
            permission="units.edit",
        ),
        ExampleData(order=20, label="agencies and people", load=load_people),
        SignInList(call=sign_ins),
    ),
)
