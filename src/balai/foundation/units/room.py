"""What units give: what their permissions are called, and the example's agencies and people."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.examples.contributions import ExampleData, SignInList
from balai.foundation.identity.permissions import Permission
from balai.foundation.registry.descriptor import Room
from balai.foundation.units.example import load_people, sign_ins

room = Room(
    slug="units",
    gives=(
        Permission(name="units.edit", label=_("Edit agencies, posts and holders")),
        ExampleData(order=20, label="agencies and people", load=load_people),
        SignInList(call=sign_ins),
    ),
)
