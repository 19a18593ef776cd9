"""Background work of this room."""

from datetime import datetime

from django_tasks import task

from balai.foundation.files import actions


@task()
def process_attachments(*, attachment_ids: list[int]) -> dict[str, str]:
    """Make the photos of one matter anew; returns each one's state."""
    return {str(each): actions.process_attachment(attachment_id=each) for each in attachment_ids}


def sweep(*, at: datetime) -> None:
    """Clear away what nobody claimed."""
    actions.sweep(at=at)
