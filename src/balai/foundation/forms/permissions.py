"""What may be done with forms."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.identity.permissions import Permission

EDIT = Permission(name="forms.edit", label=_("Design and publish forms"))
PERMISSIONS = (EDIT,)
