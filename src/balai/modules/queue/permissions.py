"""What may be done in a hall."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.identity.permissions import Permission

SERVE = Permission(name="queue.serve", label=_("Call and serve people at a counter"))
MANAGE = Permission(name="queue.manage", label=_("Set up halls, counters and appointments"))
PERMISSIONS = (SERVE, MANAGE)
