"""Fixtures of this room."""

from balai.foundation.jobs.tests.installation import installation
from balai.foundation.units.tests.signed_in import sign_in

__all__ = ["installation", "sign_in"]
