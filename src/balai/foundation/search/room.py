"""What this room gives: nothing; the owners of texts index them and ask for hits."""

from balai.foundation.registry.descriptor import Room

room = Room(slug="search")
