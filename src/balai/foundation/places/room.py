"""What this room gives: nothing to other rooms' lists; they call it."""

from balai.foundation.registry.descriptor import Room

room = Room(slug="places")
