"""What may be done with records."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.identity.permissions import Permission

EDIT = Permission(name="catalogs.edit", label=_("Write standards and other records"))
PUBLISH = Permission(name="catalogs.publish", label=_("Set records by decree and publish them"))
PERMISSIONS = (EDIT, PUBLISH)
