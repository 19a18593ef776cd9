"""Every read of matters beyond one row."""

from balai.engines.cases.queries.visible import public_cases, visible_to

__all__ = ["public_cases", "visible_to"]
