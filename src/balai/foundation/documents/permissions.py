"""What may be done with documents."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.identity.permissions import Permission

EDIT = Permission(name="documents.edit", label=_("Write templates of documents"))
ISSUE = Permission(name="documents.issue", label=_("Revoke documents, try again those that failed"))
PERMISSIONS = (EDIT, ISSUE)
