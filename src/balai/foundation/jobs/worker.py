"""The worker: drains queues, ticks periodic work, runs jobs, survives what they do."""

import logging
import os
import socket
import threading
import time
import traceback
from datetime import timedelta
from typing import Any

from django.db import DatabaseError, close_old_connections, connection
from django.utils.module_loading import import_string

from balai.foundation.calendar import clock
from balai.foundation.jobs import actions
from balai.foundation.jobs.contributions import Drain, Periodic
from balai.foundation.jobs.models import Job
from balai.foundation.registry.discover import contributions

logger = logging.getLogger(__name__)
IDLE_SECONDS = 0.4
REAP_EVERY = 5.0


class Worker:
    """One worker process. ``stop()`` lets it finish what it is doing."""

    def __init__(self, *, lease: timedelta = timedelta(seconds=60)) -> None:
        self.name = f"{socket.gethostname()}:{os.getpid()}"
        self.lease = lease
        self.stopping = threading.Event()
        self._reaped = 0.0

    def stop(self, *_signal: Any) -> None:
        """Ask for an end after the present task."""
        self.stopping.set()

    def run(self) -> None:
        """Work until asked to stop; a database that is away is waited for."""
        while not self.stopping.is_set():
            try:
                did = self.round()
            except DatabaseError:
                logger.exception("the database is away; trying again")
                connection.close()
                self.stopping.wait(2)
                continue
            if not did:
                self.stopping.wait(IDLE_SECONDS)

    def round(self) -> int:
        """Do everything that is due now and return how many things were done."""
        close_old_connections()
        at = clock.now()
        if time.monotonic() - self._reaped > REAP_EVERY:
            self._reaped = time.monotonic()
            actions.beat(worker=self.name, at=at)
            actions.reap(at=at)
        self._tick()
        return self._drain() + self._jobs()

    def _drain(self) -> int:
        done = 0
        for drain in contributions(Drain):
            try:
                done += drain.call(at=clock.now())
            except DatabaseError:
                raise
            except Exception:
                logger.exception("%s failed", drain.name)
        return done

    def _tick(self) -> None:
        at = clock.now()
        for periodic in contributions(Periodic):
            tick = int(at.timestamp() // periodic.every.total_seconds())
            if self._last_ticks.get(periodic.name) == tick:
                continue
            self._last_ticks[periodic.name] = tick
            actions.enqueue(
                task=periodic.call, arguments={}, unique_key=f"{periodic.name}@{tick}", at=at, priority=5
            )

    _last_ticks: dict[str, int] = {}

    def _jobs(self) -> int:
        jobs = actions.claim(worker=self.name, lease=self.lease, at=clock.now())
        for job in jobs:
            self._run(job)
        return len(jobs)

    def _run(self, job: Job) -> None:
        ended = threading.Event()
        beat = threading.Thread(target=self._keep, args=(job, ended), daemon=True)
        beat.start()
        try:
            task = import_string(job.path)
            call = getattr(task, "call", task)
            kwargs = job.arguments.get("kwargs", job.arguments)
            call(*job.arguments.get("args", []), **kwargs)
        except DatabaseError:
            actions.fail(job=job, error=traceback.format_exc(), at=clock.now())
        except Exception:
            logger.exception("%s failed", job.path)
            actions.fail(job=job, error=traceback.format_exc(), at=clock.now())
        else:
            actions.finish(job=job, at=clock.now())
        finally:
            ended.set()
            beat.join()

    def _keep(self, job: Job, ended: threading.Event) -> None:
        try:
            while not ended.wait(self.lease.total_seconds() / 3):
                actions.extend_lease(job=job, until=clock.now() + self.lease)
        finally:
            connection.close()
