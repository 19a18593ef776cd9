"""Background work of this room. It lies below the actions, which hand it out."""

from django_tasks import task

from balai.foundation.files.processing import process_attachment


@task()
def process_attachments(*, attachment_ids: list[int]) -> dict[str, str]:
    """Make the photos of one matter anew and return each one's state."""
    return {str(each): process_attachment(attachment_id=each) for each in attachment_ids}
