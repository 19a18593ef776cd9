"""Categories: made, edited, switched off."""

from django.db import transaction

from balai.engines.cases.models import Category
from balai.foundation.units.models import Unit


@transaction.atomic
def create_category(*, name: str, slug: str, kind: str, unit: Unit | None = None) -> Category:
    """Make a category under one name in both languages; staff word it later."""
    return Category.objects.create(
        slug=slug, name_id=name[:120], name_en=name[:120], kind=kind, unit=unit, needs_place=False
    )
