"""What this room gives."""

from datetime import timedelta

from balai.foundation.files import periodic
from balai.foundation.jobs.contributions import Periodic
from balai.foundation.registry.descriptor import Room

room = Room(slug="files", gives=(Periodic(name="files.sweep", every=timedelta(hours=1), call=periodic.sweep),))
