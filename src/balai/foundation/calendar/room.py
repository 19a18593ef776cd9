"""What this room gives: nothing to other rooms' lists; they call it.

The door to its page in the staff's rail and the permission stand in the rooms above, which may know this one.
"""

from balai.foundation.registry.descriptor import Room

room = Room(slug="calendar")
