"""What may be done with complaints beyond what the case engine knows."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.identity.permissions import Permission

ENTER = Permission(name="complaints.enter", label=_("Enter reports at the counter or by telephone"))
RULES = Permission(name="complaints.rules", label=_("Edit routing rules and categories"))
PERMISSIONS = (ENTER, RULES)
