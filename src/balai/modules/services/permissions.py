"""What may be done with applications beyond what the case engine knows."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.identity.permissions import Permission

ENTER = Permission(name="services.enter", label=_("Enter applications at the counter"))
DECIDE = Permission(name="services.decide", label=_("Decide on applications"))
# of its own, so that a city may give it to somebody above whoever decided (UU 14/2008 art. 35 (1): "atasan PPID")
OBJECTIONS = Permission(name="services.objections", label=_("Answer objections to decisions"))
DESIGN = Permission(name="services.design", label=_("Make services: steps, form and document"))
PERMISSIONS = (ENTER, DECIDE, OBJECTIONS, DESIGN)
