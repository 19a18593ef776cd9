"""Whether the work gets done."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Max

from balai.foundation.events.models import Event
from balai.foundation.jobs.models import Job, WorkerBeat

# a worker says that it lives every few seconds; three missed signs are silence
SILENT_AFTER = timedelta(seconds=45)
# longer than a restart takes
ALARM_AFTER = timedelta(minutes=2)


@dataclass(frozen=True, kw_only=True)
class Failure:
    """All failed jobs of one kind: how many, and the newest of them."""

    path: str
    count: int
    newest: Job

    @property
    def name(self) -> str:
        """Return the short name of the work."""
        return self.newest.tick_of or self.path.removeprefix("balai.")


@dataclass(frozen=True, kw_only=True)
class WorkState:
    """What waits: ``waiting`` jobs are due, ``later`` ones are not; ``oldest_due`` is when the first became due."""

    waiting: int
    later: int
    running: int
    failed: int
    done_today: int
    oldest_due: datetime | None


def arguments_at_work(*, path: str, name: str) -> set[Any]:
    """Return the values of argument ``name`` for which a task (``path``, dotted) still waits or runs."""
    rows = Job.objects.filter(path=path, status__in=(Job.Status.READY, Job.Status.RUNNING))
    return {arguments.get(name) for arguments in rows.values_list("arguments", flat=True)}


def worker_alive(*, at: datetime) -> bool:
    """Return whether a worker has given a sign of life within the last 45 seconds."""
    return WorkerBeat.objects.filter(seen_at__gt=at - SILENT_AFTER).exists()


def workers(*, at: datetime) -> list[tuple[WorkerBeat, bool]]:
    """Return the workers that did not say goodbye, the liveliest first, each with whether it lives."""
    return [(beat, beat.seen_at > at - SILENT_AFTER) for beat in WorkerBeat.objects.order_by("-seen_at", "worker")[:50]]


def worker_reading(*, at: datetime) -> dict[str, Any]:
    """Return the worker's line of ``/healthz``: ``alive``, ``silent`` since a moment, or ``none`` where none runs."""
    seen = WorkerBeat.objects.aggregate(newest=Max("seen_at"))["newest"]
    if seen is None:
        return {"state": "none", "said": "worker: none is running", "last_beat_at": None, "last_beat_seconds": None}
    is_alive = seen > at - SILENT_AFTER
    return {
        "state": "alive" if is_alive else "silent",
        "said": "worker: alive" if is_alive else f"worker: silent since {seen:%Y-%m-%dT%H:%M:%SZ}",
        "last_beat_at": f"{seen:%Y-%m-%dT%H:%M:%SZ}",
        "last_beat_seconds": max(0, int((at - seen).total_seconds())),
    }


def events_reading(*, at: datetime) -> dict[str, Any]:
    """Return the age in seconds of the oldest event that its listeners have not heard, for ``/healthz``."""
    oldest = Event.objects.filter(delivered_at__isnull=True).order_by("id").values_list("at", flat=True).first()
    return {"oldest_undelivered_seconds": None if oldest is None else max(0, int((at - oldest).total_seconds()))}


def silent_alarm(*, at: datetime) -> dict[str, Any] | None:
    """Return since when no worker gave a sign of life (None: none runs), or None when one did within two minutes."""
    seen = WorkerBeat.objects.aggregate(newest=Max("seen_at"))["newest"]
    return None if seen is not None and seen > at - ALARM_AFTER else {"since": seen}


def work_state(*, at: datetime) -> WorkState:
    """Return how much is to do."""
    ready = Job.objects.filter(status=Job.Status.READY)
    due = ready.filter(run_after__lte=at)
    return WorkState(
        waiting=due.count(),
        later=ready.filter(run_after__gt=at).count(),
        running=Job.objects.filter(status=Job.Status.RUNNING).count(),
        failed=Job.objects.filter(status=Job.Status.FAILED).count(),
        done_today=Job.objects.filter(status=Job.Status.DONE, finished_at__gt=at - timedelta(days=1)).count(),
        oldest_due=due.order_by("run_after").values_list("run_after", flat=True).first(),
    )


def failures() -> list[Failure]:
    """Return what failed, by kind, the newest first. Two queries however much failed."""
    rows = list(
        Job.objects.filter(status=Job.Status.FAILED)
        .values("path")
        .annotate(count=Count("id"), newest=Max("id"))
        .order_by("-newest")[:100]
    )
    newest = Job.objects.in_bulk([row["newest"] for row in rows])
    return [Failure(path=row["path"], count=row["count"], newest=newest[row["newest"]]) for row in rows]
