"""Queue work, claim it, settle it."""

import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction

from balai.foundation.jobs.models import Job, WorkerBeat

LONGEST_PAUSE = timedelta(hours=1)
KEPT_FOR = timedelta(days=7)


def enqueue(
    *,
    task: Any,
    arguments: Mapping[str, Any],
    unique_key: str | None = None,
    run_after: datetime | None = None,
    priority: int = 0,
    at: datetime,
) -> None:
    """Queue one run of a task in the present transaction; the same ``unique_key`` is queued once."""
    path = getattr(task, "module_path", None) or f"{task.__module__}.{task.__qualname__}"
    Job.objects.bulk_create(
        [
            Job(
                path=path,
                arguments=dict(arguments),
                unique_key=unique_key,
                run_after=run_after or at,
                priority=priority,
                created_at=at,
            )
        ],
        ignore_conflicts=unique_key is not None,
    )


def claim(*, worker: str, lease: timedelta, at: datetime, most: int = 10) -> list[Job]:
    """Take ready jobs for ``lease`` and return them; two workers never get the same one."""
    with transaction.atomic():
        rows = Job.objects.filter(status=Job.Status.READY, run_after__lte=at).order_by("-priority", "run_after", "id")
        if connection.features.has_select_for_update_skip_locked:
            rows = rows.select_for_update(skip_locked=True, of=("self",))
        jobs = list(rows[:most])
        for job in jobs:
            job.status, job.worker, job.lease_until = Job.Status.RUNNING, worker, at + lease
            job.attempts += 1
        Job.objects.bulk_update(jobs, ["status", "worker", "lease_until", "attempts"])
    return jobs


def extend_lease(*, job: Job, until: datetime) -> None:
    """Say that the job is still being worked on."""
    Job.objects.filter(pk=job.pk, worker=job.worker, status=Job.Status.RUNNING).update(lease_until=until)


def finish(*, job: Job, at: datetime) -> None:
    """Note that a job is done; a periodic tick needs no memory beyond its key."""
    Job.objects.filter(pk=job.pk, worker=job.worker).update(
        status=Job.Status.DONE, finished_at=at, lease_until=None, error=""
    )


def fail(*, job: Job, error: str, at: datetime) -> None:
    """Note that a run failed: again later, with growing pauses, until the tries are used up."""
    spent = job.attempts >= job.max_attempts
    pause = min(LONGEST_PAUSE, timedelta(seconds=2**job.attempts * random.uniform(1, 1.5)))  # noqa: S311 - spreads load
    Job.objects.filter(pk=job.pk, worker=job.worker).update(
        status=Job.Status.FAILED if spent else Job.Status.READY,
        run_after=at + pause,
        lease_until=None,
        error=error[-4000:],
        finished_at=at if spent else None,
    )


def reap(*, at: datetime) -> int:
    """Give back jobs whose worker has gone and return how many; one without tries left has failed."""
    gone = Job.objects.filter(status=Job.Status.RUNNING, lease_until__lt=at)
    lost = [job for job in gone if job.attempts >= job.max_attempts]
    Job.objects.filter(pk__in=[job.pk for job in lost]).update(
        status=Job.Status.FAILED, error="the worker ended while working on it", finished_at=at, lease_until=None
    )
    return len(lost) + Job.objects.filter(status=Job.Status.RUNNING, lease_until__lt=at).update(
        status=Job.Status.READY, worker="", lease_until=None
    )


def run_again(*, job: Job, at: datetime) -> None:
    """Try a failed job once more, by a person's decision."""
    Job.objects.filter(pk=job.pk, status=Job.Status.FAILED).update(
        status=Job.Status.READY, attempts=0, run_after=at, finished_at=None
    )


def clean(*, at: datetime) -> int:
    """Forget jobs that were done a week ago and return how many."""
    deleted, _kinds = Job.objects.filter(status=Job.Status.DONE, finished_at__lt=at - KEPT_FOR).delete()
    return deleted


def beat(*, worker: str, at: datetime) -> None:
    """Say that a worker is alive."""
    WorkerBeat.objects.update_or_create(
        worker=worker, defaults={"seen_at": at}, create_defaults={"started_at": at, "seen_at": at}
    )
