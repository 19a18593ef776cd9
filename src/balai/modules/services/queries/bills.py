"""What the bills of this room are for, as the room of payments shows it."""

from collections.abc import Collection

from balai.engines.cases.rules.references import is_reference, tidy_reference
from balai.foundation.payments.rules.bills import Purpose
from balai.foundation.web.words import is_english
from balai.modules.services.models import Application


def bill_names(owner_ids: Collection[int]) -> dict[int, Purpose]:
    """Return the service and the number of each application."""
    rows = Application.objects.filter(pk__in=owner_ids, case__isnull=False).values_list(
        "pk", "version__service__record__name_id", "version__service__record__name_en", "case__reference"
    )
    return {pk: Purpose((is_english() and name_en) or name_id, reference) for pk, name_id, name_en, reference in rows}


def billed_under(words: str) -> list[int]:
    """Return the application that has this number; none for anything else."""
    reference = tidy_reference(words)
    if not is_reference(reference):
        return []
    return list(Application.objects.filter(case__reference=reference).values_list("pk", flat=True))
