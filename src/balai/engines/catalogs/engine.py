"""What this engine gives."""

from balai.engines.catalogs.permissions import PERMISSIONS
from balai.foundation.registry.descriptor import Room

engine = Room(slug="catalogs", gives=PERMISSIONS)
