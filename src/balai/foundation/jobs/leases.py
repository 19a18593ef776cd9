"""Keep what is being worked on."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection

from balai.foundation.calendar import clock
from balai.foundation.jobs import actions
from balai.foundation.jobs.models import Job

logger = logging.getLogger(__name__)


class LeaseKeeper:
    """Extends the leases of all jobs that this process holds, from a thread of its own, at a third of the lease.

    The pauses are measured by the machine's steady clock: a wall clock that jumps does not stop the keeper.
    """

    def __init__(self, *, lease: timedelta) -> None:
        self.lease = lease
        self._held: dict[int, Job] = {}
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @contextmanager
    def holding(self, job: Job) -> Iterator[None]:
        """Keep ``job`` for as long as the block runs."""
        with self._lock:
            self._held[job.pk] = job
            if self._thread is None:
                self._thread = threading.Thread(target=self._keep, name="balai-leases", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                del self._held[job.pk]

    def stop(self) -> None:
        """End the thread."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _keep(self) -> None:
        try:
            while not self._ended.wait(self.lease.total_seconds() / 3):
                with self._lock:
                    held = list(self._held.values())
                if held:
                    self._extend(held)
        finally:
            connection.close()

    def _extend(self, held: list[Job]) -> None:
        try:
            actions.extend_leases(jobs=held, until=clock.now() + self.lease)
        except DatabaseError:
            # the database may be back at the next beat, which is still within the lease
            logger.warning("leases could not be extended", exc_info=True)
            connection.close()
