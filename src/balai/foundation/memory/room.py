"""What a process keeps for a few seconds."""

from balai.foundation.registry.descriptor import Room

room = Room(slug="memory")
