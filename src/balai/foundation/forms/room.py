"""Forms that staff make without code."""

from balai.foundation.forms.permissions import PERMISSIONS
from balai.foundation.registry.descriptor import Room

room = Room(slug="forms", gives=(*PERMISSIONS,))
