"""Queue work, claim it, settle it.

Delivery is at least once. A claim holds for a lease; while the worker lives it extends the lease, when it was killed
the lease runs out and the work goes back. Who settles a job must still hold it: worker and attempt are compared, so a
run that took too long cannot overwrite the one that replaced it.
"""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from balai.foundation.events.rules import pause_before_retry
from balai.foundation.jobs.contributions import Periodic
from balai.foundation.jobs.models import Job, WorkerBeat
from balai.foundation.jobs.rules import tick_kept_until, tick_number, tries_of_tick
from balai.foundation.rows.insert import insert_rows

KEPT_FOR = timedelta(days=7)
FAILURES_KEPT_FOR = timedelta(days=90)
ERROR_LENGTH = 8_000
# A Lease names one claim of one job: (id, lease_until) as it was seen.
Lease = tuple[int, datetime | None]

# One statement. PostgreSQL must evaluate the inner query once (an array does that); SQLite has no arrays, and no
# second writer either.
_CLAIM = """
UPDATE {table} SET status = 'running', worker = %s, lease_until = %s, started_at = %s, attempts = attempts + 1
WHERE id {within}(SELECT id FROM {table} WHERE status = 'ready' AND run_after <= %s {queues}
ORDER BY priority DESC, run_after, id LIMIT %s {lock}) RETURNING *
"""


def path_of(task: Any) -> str:
    """Return the dotted name under which a task or a plain function is found again."""
    return getattr(task, "module_path", None) or f"{task.__module__}.{task.__qualname__}"


def enqueue(
    *,
    task: Any,
    arguments: Mapping[str, Any],
    unique_key: str | None = None,
    run_after: datetime | None = None,
    priority: int = 0,
    at: datetime,
) -> None:
    """Queue one run of a task in the present transaction.

    The same ``unique_key`` is queued once, and not again until its row is forgotten, a week after it was done.
    """
    job = Job(
        path=path_of(task),
        arguments=dict(arguments),
        queue=getattr(task, "queue_name", "default"),
        unique_key=unique_key,
        run_after=run_after or at,
        priority=priority,
        created_at=at,
    )
    insert_rows(Job, [job], pass_over_known=unique_key is not None)


def queue_ticks(*, due: Iterable[Periodic], at: datetime) -> None:
    """Queue the present tick of each periodic work; whoever comes second with the same tick adds nothing.

    Work whose last tick still waits or runs is left out: it would only run into itself.
    """
    wanted = {periodic.name: periodic for periodic in due}
    busy = Job.objects.filter(tick_of__in=wanted, status__in=[Job.Status.READY, Job.Status.RUNNING])
    for name in set(busy.values_list("tick_of", flat=True)):
        del wanted[name]
    Job.objects.bulk_create(
        [
            Job(
                path=path_of(periodic.call),
                unique_key=f"{periodic.name}@{tick_number(every=periodic.every, at=at)}",
                tick_of=periodic.name,
                max_attempts=tries_of_tick(every=periodic.every),
                kept_until=tick_kept_until(every=periodic.every, at=at),
                priority=5,
                run_after=at,
                created_at=at,
            )
            for periodic in wanted.values()
        ],
        ignore_conflicts=True,
    )


def has_ready(*, at: datetime, queues: Collection[str] = ()) -> bool:
    """Return whether there is a job to claim. A look does not take SQLite's only write turn, as a claim would."""
    ready = Job.objects.filter(status=Job.Status.READY, run_after__lte=at)
    return (ready.filter(queue__in=queues) if queues else ready).exists()


def claim(*, worker: str, lease: timedelta, at: datetime, most: int = 1, queues: Collection[str] = ()) -> Sequence[Job]:
    """Take up to ``most`` ready jobs for ``lease`` and return them; two workers never get the same one.

    Without ``queues`` from any queue.
    """
    as_stored = connection.ops.adapt_datetimefield_value
    skips_locked = connection.features.has_select_for_update_skip_locked
    statement = _CLAIM.format(
        table=connection.ops.quote_name(Job._meta.db_table),
        within="= ANY(ARRAY" if skips_locked else "IN ",
        queues=f"AND queue IN ({', '.join(['%s'] * len(queues))})" if queues else "",
        lock="FOR UPDATE SKIP LOCKED" if skips_locked else "",
    )
    if skips_locked:
        statement = statement.replace(" RETURNING", ") RETURNING")
    values = [worker, as_stored(at + lease), as_stored(at), as_stored(at), *queues, most]
    with transaction.atomic():
        jobs = list(Job.objects.raw(statement, values))
    return sorted(jobs, key=lambda job: (-job.priority, job.run_after, job.pk))


def _held(job: Job) -> Any:
    return Job.objects.filter(pk=job.pk, worker=job.worker, attempts=job.attempts, status=Job.Status.RUNNING)


def extend_leases(*, jobs: Collection[Job], until: datetime) -> int:
    """Say that these jobs are still being worked on; return how many are still held."""
    mine = Q()
    for job in jobs:
        mine |= Q(pk=job.pk, worker=job.worker, attempts=job.attempts)
    return Job.objects.filter(mine, status=Job.Status.RUNNING).update(lease_until=until) if jobs else 0


def give_back(*, job: Job, at: datetime) -> None:
    """Return a claimed job that was not begun; it counts as no attempt."""
    _held(job).update(status=Job.Status.READY, worker="", lease_until=None, run_after=at, attempts=F("attempts") - 1)


def finish(*, job: Job, at: datetime, result: Any = None) -> bool:
    """Note that a job is done, and return whether it was still held."""
    done = _held(job).update(
        status=Job.Status.DONE,
        finished_at=at,
        lease_until=None,
        result=result,
        kept_until=job.kept_until or at + KEPT_FOR,
    )
    return bool(done)


def fail(*, job: Job, error: str, error_class: str = "", at: datetime) -> bool:
    """Note that a run failed, and return whether it was still held.

    It runs again with growing pauses until its tries are used up; then it stays for a person to see.
    """
    spent = job.attempts >= job.max_attempts
    failed = _held(job).update(
        status=Job.Status.FAILED if spent else Job.Status.READY,
        run_after=at + pause_before_retry(attempts=job.attempts, chance=random.random()),
        lease_until=None,
        error=error[-ERROR_LENGTH:],
        error_class=error_class[:200],
        finished_at=at if spent else None,
    )
    return bool(failed)


def expired_leases(*, at: datetime) -> set[Lease]:
    """Return the claims whose time is over."""
    gone = Job.objects.filter(status=Job.Status.RUNNING, lease_until__lt=at)
    return set(gone.values_list("pk", "lease_until"))


def reap(*, at: datetime, leases: Iterable[Lease] | None = None) -> int:
    """Give back jobs whose worker has gone and return how many; one without tries left has failed.

    With ``leases`` only those claims: a worker looks twice with time between, because a clock that was set forward
    makes every lease look expired until its holder extends it.
    """
    reaped = 0
    for pk, lease_until in expired_leases(at=at) if leases is None else leases:
        same = Job.objects.filter(pk=pk, lease_until=lease_until, status=Job.Status.RUNNING)
        lost = same.filter(attempts__gte=F("max_attempts")).update(
            status=Job.Status.FAILED,
            error="The worker ended while working on it, at every try.",
            error_class="",
            finished_at=at,
            lease_until=None,
        )
        reaped += lost or same.update(status=Job.Status.READY, worker="", lease_until=None, run_after=at)
    return reaped


def run_again(*, job: Job, at: datetime) -> bool:
    """Try a failed job once more from the start, by a person's decision; return whether it had failed."""
    again = Job.objects.filter(pk=job.pk, status=Job.Status.FAILED).update(
        status=Job.Status.READY, attempts=0, run_after=at, finished_at=None
    )
    return bool(again)


def run_all_again(*, path: str, at: datetime) -> int:
    """Try everything of one kind that has failed once more, and return how many; of periodic work the newest only."""
    failed = Job.objects.filter(path=path, status=Job.Status.FAILED)
    with transaction.atomic():
        newest_tick = failed.exclude(tick_of="").order_by("-id").first()
        if newest_tick is not None:
            failed.exclude(tick_of="").exclude(pk=newest_tick.pk).delete()
        return failed.update(status=Job.Status.READY, attempts=0, run_after=at, finished_at=None)


def clean(*, at: datetime) -> int:
    """Forget what is over and return how many rows: done jobs, failures nobody cared for, workers long gone."""
    old = Q(status=Job.Status.DONE, kept_until__lt=at) | Q(
        status=Job.Status.FAILED, finished_at__lt=at - FAILURES_KEPT_FOR
    )
    failed_ticks = Q(status=Job.Status.FAILED, finished_at__lt=at - KEPT_FOR) & ~Q(tick_of="")
    deleted, _kinds = Job.objects.filter(old | failed_ticks).delete()
    WorkerBeat.objects.filter(seen_at__lt=at - KEPT_FOR).delete()
    return deleted


def beat(*, worker: str, threads: int = 1, at: datetime) -> None:
    """Say that a worker is alive."""
    WorkerBeat.objects.update_or_create(
        worker=worker,
        defaults={"seen_at": at},
        create_defaults={"started_at": at, "seen_at": at, "threads": threads},
    )


def say_goodbye(*, worker: str) -> None:
    """Take away the sign of life of a worker that ends in good order."""
    WorkerBeat.objects.filter(worker=worker).delete()
