"""What this room gives: nothing; other rooms call it, and jobs runs its clean-up."""

from balai.foundation.registry.descriptor import Room

room = Room(slug="limits")
