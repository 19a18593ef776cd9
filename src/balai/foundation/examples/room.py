"""What this room gives: nothing; it asks the others what they put into the example city."""

from balai.foundation.registry.descriptor import Room

room = Room(slug="examples")
