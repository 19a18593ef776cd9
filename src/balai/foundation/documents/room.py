"""What documents give."""

from balai.foundation.documents.permissions import PERMISSIONS
from balai.foundation.registry.descriptor import Room

room = Room(slug="documents", gives=(*PERMISSIONS,))
