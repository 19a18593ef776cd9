from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class CasesConfig(AppConfig):
    name = "balai.engines.cases"
    label = "cases"

    def ready(self) -> None:
        post_migrate.connect(_publish_kinds, sender=self)


def _publish_kinds(**_kwargs: Any) -> None:
    """Publish what the modules offer; part of preparing the tables, like the tables themselves."""
    from balai.engines.cases.actions.kinds import publish_kinds  # noqa: PLC0415 - models are loaded by now
    from balai.foundation.calendar import clock  # noqa: PLC0415

    publish_kinds(at=clock.now())
