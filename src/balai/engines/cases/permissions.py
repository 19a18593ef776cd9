"""What may be done to matters, by name."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.identity.permissions import Permission

DESK = Permission(name="cases.desk", label=_("See the desk"))
HANDLE = Permission(name="cases.handle", label=_("Work on matters"))
ASSIGN = Permission(name="cases.assign", label=_("Pass matters to another agency"))
REFUSE = Permission(name="cases.refuse", label=_("Refuse matters"))
SEE_CONTACT = Permission(name="cases.see_contact", label=_("See the reporter's name and contact"))
SEE_SECRET = Permission(name="cases.see_secret", label=_("See secret matters"))

PERMISSIONS = (DESK, HANDLE, ASSIGN, REFUSE, SEE_CONTACT, SEE_SECRET)
