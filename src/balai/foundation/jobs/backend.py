"""Django's task seam on our own table."""

from typing import Any

from django.utils.module_loading import import_string
from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskError, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist
from django_tasks.signals import task_enqueued
from django_tasks.utils import normalize_json

from balai.foundation.calendar import clock
from balai.foundation.jobs.models import Job

STATES = {
    Job.Status.READY: TaskResultStatus.READY,
    Job.Status.RUNNING: TaskResultStatus.RUNNING,
    Job.Status.DONE: TaskResultStatus.SUCCESSFUL,
    Job.Status.FAILED: TaskResultStatus.FAILED,
}


class LeaseBackend(BaseTaskBackend):
    """Keep tasks in the main database, in the transaction that queues them."""

    supports_defer = True
    supports_async_task = False
    supports_get_result = True
    supports_priority = True

    def enqueue(self, task: Task[Any, Any], args: Any, kwargs: Any) -> TaskResult[Any]:
        """Store a run; what a rollback takes away was never queued."""
        self.validate_task(task)
        at = clock.now()
        job = Job.objects.create(
            path=task.module_path,
            positional=normalize_json(list(args)),
            arguments=normalize_json(dict(kwargs)),
            queue=task.queue_name,
            priority=task.priority,
            run_after=task.run_after or at,
            created_at=at,
        )
        result = result_of(task, job, backend=self.alias)
        task_enqueued.send(type(self), task_result=result)
        return result

    def get_result(self, result_id: str) -> TaskResult[Any]:
        """Return what is known about a run.

        :raises TaskResultDoesNotExist: if there is none, or it was forgotten, or it is no task but a plain function.
        """
        job = Job.objects.filter(pk=int(result_id)).first() if str(result_id).isdecimal() else None
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        task = import_string(job.path)
        if not isinstance(task, Task):
            raise TaskResultDoesNotExist(result_id)
        return result_of(task, job, backend=self.alias)


def result_of(task: Task[Any, Any], job: Job, *, backend: str) -> TaskResult[Any]:
    """Return a row as the task framework's result."""
    result: TaskResult[Any] = TaskResult(
        task=task,
        id=str(job.pk),
        status=STATES[Job.Status(job.status)],
        enqueued_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        last_attempted_at=job.started_at,
        args=job.positional,
        kwargs=job.arguments,
        backend=backend,
        errors=[TaskError(exception_class_path=job.error_class, traceback=job.error)] if job.error_class else [],
        # the framework counts attempts by these names
        worker_ids=[job.worker or "-"] * job.attempts,
    )
    object.__setattr__(result, "_return_value", job.result)
    return result
