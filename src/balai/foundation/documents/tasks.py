"""Background work of this room. It lies below the actions, which hand it out."""

from django.db import transaction
from django_tasks import task

from balai.foundation.calendar import clock
from balai.foundation.documents import issuing
from balai.foundation.jobs.actions import enqueue
from balai.foundation.jobs.queries import arguments_at_work


@task()
def issue_document(*, document_id: int) -> str:
    """Issue one document; when the signer is away, ask again later. Return what went wrong, or nothing."""
    problem = issuing.issue(document_id=document_id, at=clock.now())
    if problem is None:
        return ""
    at = clock.now()
    with transaction.atomic():
        again_at = issuing.note_problem(document_id=document_id, problem=problem, at=at)
        if again_at is not None:
            enqueue(task=issue_document, arguments={"document_id": document_id}, run_after=again_at, at=at)
    return problem.text


def look_after() -> None:
    """Find documents whose work was lost."""
    at_work = arguments_at_work(path=issue_document.module_path, name="document_id")
    issuing.fail_stuck(at=clock.now(), at_work=at_work)
