"""What identity gives: permissions of rooms that stand below this one, and the doors that need them."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.identity.permissions import Permission
from balai.foundation.registry.descriptor import Room
from balai.foundation.web.contributions import MenuItem

room = Room(
    slug="identity",
    gives=(
        # the frame and the calendar may not know this room; it knows them
        Permission(name="settings.edit", label=_("Edit the settings of the city")),
        Permission(name="calendar.edit", label=_("Edit days off and opening hours")),
        MenuItem(
            label=_("Working calendar"),
            view="calendar:days",
            icon="calendar-days",
            order=930,
            audience="staff",
            permission="calendar.edit",
        ),
        MenuItem(label=_("Me and my sign-in"), view="identity_me", icon="circle-user", order=990, audience="staff"),
    ),
)
