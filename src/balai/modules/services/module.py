"""Digital public services: from a published promise to a signed result."""

from django.utils.translation import gettext_lazy as _

from balai.foundation.registry.descriptor import Module
from balai.modules.services.permissions import PERMISSIONS

module = Module(slug="services", label=_("Services"), mount="services/", gives=PERMISSIONS)
