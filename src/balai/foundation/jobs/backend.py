"""Django's task seam on our own table."""

from typing import Any

from django_tasks.backends.base import BaseTaskBackend
from django_tasks.base import Task, TaskResult, TaskResultStatus
from django_tasks.exceptions import TaskResultDoesNotExist

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
        self.validate_task(task)
        at = clock.now()
        job = Job.objects.create(
            path=task.module_path,
            arguments={"args": list(args), "kwargs": dict(kwargs)},
            priority=task.priority,
            run_after=task.run_after or at,
            created_at=at,
        )
        return self._result(task, job)

    def get_result(self, result_id: str) -> TaskResult[Any]:
        from django.utils.module_loading import import_string  # noqa: PLC0415 - only for a look back

        job = Job.objects.filter(pk=result_id).first()
        if job is None:
            raise TaskResultDoesNotExist(result_id)
        return self._result(import_string(job.path), job)

    def _result(self, task: Task[Any, Any], job: Job) -> TaskResult[Any]:
        return TaskResult(
            task=task,
            id=str(job.pk),
            status=STATES[Job.Status(job.status)],
            enqueued_at=job.created_at,
            started_at=None,
            finished_at=job.finished_at,
            last_attempted_at=None,
            args=job.arguments.get("args", []),
            kwargs=job.arguments.get("kwargs", job.arguments),
            backend=self.alias,
            errors=[],
            worker_ids=[job.worker] if job.worker else [],
        )
