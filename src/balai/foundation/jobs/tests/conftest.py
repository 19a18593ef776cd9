"""Fixtures of this room."""

from balai.foundation.jobs.tests.installation import installation

__all__ = ["installation"]
