"""The worker: drains queues, ticks periodic work, runs jobs, survives what they do."""

import logging
import os
import secrets
import socket
import threading
import time
import traceback
from collections.abc import Callable, Collection
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import DatabaseError, close_old_connections, connection
from django.utils.module_loading import import_string
from django_tasks.base import Task, TaskContext
from django_tasks.utils import normalize_json

from balai.foundation.calendar import clock
from balai.foundation.jobs import actions
from balai.foundation.jobs.backend import result_of
from balai.foundation.jobs.contributions import Drain, Periodic
from balai.foundation.jobs.leases import LeaseKeeper
from balai.foundation.jobs.models import Job
from balai.foundation.jobs.rules import tick_number
from balai.foundation.registry.discover import contributions

logger = logging.getLogger(__name__)

SHORTEST_PAUSE = 0.05
LONGEST_PAUSE = 0.5
LONGEST_REST = 60.0
BEAT_SECONDS = 5.0
# One drain that always finds more must not keep the others waiting.
BATCHES_A_ROUND = 50
JOBS_A_ROUND = 50


class Worker:
    """One worker process. ``stop()`` lets it finish what it is doing.

    ``run`` works until stopped: jobs in ``threads`` threads, each drain in one of its own and the clockwork in one more,
    so that neither a long job nor a mail server that does not answer holds up anything else. ``round`` does everything
    once in the calling thread.
    """

    def __init__(
        self, *, lease: timedelta = timedelta(seconds=60), threads: int = 1, queues: Collection[str] = ()
    ) -> None:
        # a new name at each start: machines in containers often share name and process number
        self.name = f"{socket.gethostname()[:40]}:{os.getpid()}:{secrets.token_hex(4)}"
        self.lease = lease
        self.threads = threads
        self.queues = tuple(queues)
        self.stopping = threading.Event()
        self._asked_to_stop = False
        self._keeper = LeaseKeeper(lease=lease)
        self._ticked: dict[str, int] = {}
        self._resting: dict[str, tuple[float, float]] = {}
        self._looked_at = 0.0
        self._suspects: set[actions.Lease] = set()

    def stop(self, *_signal: Any) -> None:
        """Ask for an end after the present tasks. Safe in a signal handler, which must not take an event's lock."""
        self._asked_to_stop = True

    def _is_stopping(self) -> bool:
        return self._asked_to_stop or self.stopping.is_set()

    def run(self) -> None:
        """Work until asked to stop; a database that is away is waited for."""
        drains = [partial(self._drain, drain) for drain in contributions(Drain)]
        loops: list[Callable[[], int]] = [self._clockwork, *drains, *[self._jobs] * self.threads]
        runners = [threading.Thread(target=self._until_stopped, args=(loop,)) for loop in loops]
        for runner in runners:
            runner.start()
        while not self._asked_to_stop:
            time.sleep(0.1)
        self.stopping.set()
        for runner in runners:
            runner.join()
        self._keeper.stop()
        self._say_goodbye()

    def round(self) -> int:
        """Do everything that is due now, in this thread and on its connection, and return how many things were done."""
        return self._clockwork() + sum(self._drain(drain) for drain in contributions(Drain)) + self._jobs()

    def run_once(self) -> int:
        """Do what is due until nothing is left, and return how many things were done.

        Nobody comes back for a second look at a lease, so what has expired is given back at once.
        """
        actions.reap(at=clock.now())
        done = 0
        while not self._is_stopping() and (more := self.round()):
            done += more
        self._keeper.stop()
        self._say_goodbye()
        return done

    def _until_stopped(self, work: Callable[[], int]) -> None:
        pause = SHORTEST_PAUSE
        try:
            while not self.stopping.is_set():
                try:
                    close_old_connections()
                    did = work()
                except DatabaseError:
                    logger.warning("the database is away; trying again", exc_info=True)
                    connection.close()
                    self.stopping.wait(2)
                    continue
                except Exception:
                    logger.exception("the worker met something unexpected; it goes on")
                    connection.close()
                    self.stopping.wait(2)
                    continue
                pause = SHORTEST_PAUSE if did else min(LONGEST_PAUSE, pause * 2)
                if not did:
                    self.stopping.wait(pause)
        finally:
            connection.close()

    def _say_goodbye(self) -> None:
        try:
            actions.say_goodbye(worker=self.name)
        except DatabaseError:
            logger.warning("the worker ended while the database was away", exc_info=True)

    # The clockwork: signs of life, leases of the dead, ticks. Drains.

    def _clockwork(self) -> int:
        if not self._looked_at or time.monotonic() - self._looked_at > self._seconds_between_looks():
            self._look_around()
            self._looked_at = time.monotonic()
        return self._tick()

    def _seconds_between_looks(self) -> float:
        # never sooner than a living holder extends its lease, or the second look would prove nothing
        return max(min(BEAT_SECONDS, self.lease.total_seconds() / 2), self.lease.total_seconds() / 2.5)

    def _look_around(self) -> None:
        at = clock.now()
        actions.beat(worker=self.name, threads=self.threads, at=at)
        expired = actions.expired_leases(at=at)
        gone = expired & self._suspects
        if gone:
            given_back = actions.reap(at=at, leases=gone)
            logger.warning("%s jobs were given back: their worker has gone", given_back)
        self._suspects = expired - gone

    def _tick(self) -> int:
        at = clock.now()
        due = []
        for periodic in contributions(Periodic):
            tick = tick_number(every=periodic.every, at=at)
            if self._ticked.get(periodic.name) != tick:
                due.append(periodic)
        if due:
            actions.queue_ticks(due=due, at=at)
            # remembered only when it was stored
            self._ticked |= {each.name: tick_number(every=each.every, at=at) for each in due}
        return len(due)

    def _drain(self, drain: Drain) -> int:
        until, rest = self._resting.get(drain.name, (0.0, 0.0))
        if time.monotonic() < until:
            return 0
        done = 0
        try:
            for _batch in range(BATCHES_A_ROUND):
                count = drain.call(at=clock.now())
                done += count
                if not count or self._is_stopping():
                    break
        except DatabaseError:
            raise
        except Exception:
            rest = min(LONGEST_REST, max(1.0, rest * 2))
            self._resting[drain.name] = (time.monotonic() + rest, rest)
            logger.exception("%s failed; it rests for %s seconds", drain.name, rest)
        else:
            self._resting.pop(drain.name, None)
        return done

    # Jobs.

    def _jobs(self) -> int:
        """Run jobs one after another, each claimed only when its turn has come: another worker may take the rest."""
        if not actions.has_ready(at=clock.now(), queues=self.queues):
            return 0
        for done in range(JOBS_A_ROUND):
            if self._is_stopping():
                return done
            jobs = actions.claim(worker=self.name, lease=self.lease, at=clock.now(), queues=self.queues)
            if not jobs:
                return done
            for job in jobs:
                with self._keeper.holding(job):
                    self._run(job)
        return JOBS_A_ROUND

    def _run(self, job: Job) -> None:
        try:
            result = _call(job)
        except Exception as error:
            logger.exception("%s failed at try %s of %s", job.path, job.attempts, job.max_attempts)
            trace, kind = traceback.format_exc(), f"{type(error).__module__}.{type(error).__qualname__}"
            self._settle(job, lambda: actions.fail(job=job, error=trace, error_class=kind, at=clock.now()))
        else:
            self._settle(job, lambda: actions.finish(job=job, at=clock.now(), result=result))

    def _settle(self, job: Job, note: Callable[[], bool]) -> None:
        """Note the outcome, waiting for the database for as long as the lease can hold without it."""
        patience = time.monotonic() + self.lease.total_seconds()
        while True:
            try:
                if not note():
                    logger.warning("%s (%s) took longer than its lease; another run counts", job.path, job.pk)
                return
            except DatabaseError:
                connection.close()
                if time.monotonic() > patience or self.stopping.wait(1):
                    # nothing is lost: the lease runs out and the job runs again
                    raise


def _call(job: Job) -> Any:
    """Run what a job names, and return what it gave if that can be stored."""
    task = import_string(job.path)
    if not isinstance(task, Task):
        task(*job.positional, **job.arguments)
        return None
    context = (TaskContext(task_result=result_of(task, job, backend=task.backend)),) if task.takes_context else ()
    value = task.call(*context, *job.positional, **job.arguments)
    try:
        return normalize_json(value)
    except (TypeError, ValueError):
        # the work is done; running it again for the sake of its answer would be worse
        logger.warning("%s gave an answer that cannot be stored: %s", job.path, type(value).__name__)
        return None
