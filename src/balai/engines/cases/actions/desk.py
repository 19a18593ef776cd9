"""What officers keep on their desks."""

from balai.engines.cases.models import SavedFilter


def save_filter(*, user_id: int, desk: str, name: str, query: str) -> SavedFilter:
    """Keep a filter as a tab; the same name is replaced."""
    saved, _created = SavedFilter.objects.update_or_create(
        user_id=user_id, desk=desk, name=name, defaults={"query": query}
    )
    return saved


def delete_filter(*, user_id: int, filter_id: int) -> None:
    """Take away one's own tab; somebody else's stays."""
    SavedFilter.objects.filter(pk=filter_id, user_id=user_id).delete()
