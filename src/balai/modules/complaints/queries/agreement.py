"""Compare our computed promises with what a source published."""

from typing import Any

from django.db.models import Q

from balai.engines.cases.models import Case


def agreement(*, source: str = "") -> dict[str, Any]:
    """Return how often the computed on-time flag equals the published verdict, over closed matters with a target."""
    ended = Case.objects.filter(is_open=False, promised_at__isnull=False).exclude(source="")
    if source:
        ended = ended.filter(source=source)
    rows = ended.exclude(published_verdict="")
    same = Q(on_time=True, published_verdict="ONTIME") | Q(on_time=False, published_verdict="OVERDUE")
    compared = rows.count()
    agree = rows.filter(same).count()
    examples = (
        rows.exclude(pk__in=rows.filter(same).values("pk")).order_by("id").values_list("submission_key", flat=True)
    )
    return {
        "closed_with_target": ended.count(),
        # the source left its own verdict blank: there is nothing to compare with
        "unpublished": ended.filter(published_verdict="").count(),
        "compared": compared,
        "agree": agree,
        "disagree": compared - agree,
        "agreement": round(agree / compared, 6) if compared else None,
        "examples": list(examples[:10]) if agree != compared else [],
    }
