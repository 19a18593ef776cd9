"""Ready-made statements for rows that are written all day."""

from balai.foundation.registry.descriptor import Room

room = Room(slug="rows")
