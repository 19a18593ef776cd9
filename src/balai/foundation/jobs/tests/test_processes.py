"""Real worker processes on a real database, killed on purpose."""

import os
import signal
import time
from collections import Counter
from pathlib import Path

import pytest
from django.db import connection

from balai.foundation.calendar import clock
from balai.foundation.jobs.models import Job, WorkerBeat
from balai.foundation.jobs.tests import work
from balai.foundation.jobs.tests.installation import Installation


def lines(path: Path) -> list[str]:
    return path.read_text("utf-8").split() if path.exists() else []


def test_a_killed_workers_task_runs_again_within_two_leases(installation: Installation) -> None:
    diary = installation.folder / "diary"
    installation.queue(work.nap, at=clock.now(), path=str(diary), seconds=60)
    first = installation.start("--lease", "3")
    installation.wait(lambda: lines(diary) == ["begun"])
    second = installation.start("--lease", "3")
    installation.wait(lambda: WorkerBeat.objects.count() == 2)
    # while its worker lives a task is left alone, however long it takes
    time.sleep(4)
    assert lines(diary) == ["begun"]
    first.kill()
    killed = time.monotonic()
    installation.wait(lambda: Job.objects.get(path=work.nap.module_path).status == Job.Status.DONE)
    assert time.monotonic() - killed < 6 + 1.5
    assert lines(diary) == ["begun", "begun", "ended"]
    assert Job.objects.get(path=work.nap.module_path).attempts == 2
    assert second.poll() is None


def test_asked_to_stop_it_finishes_what_it_does_and_begins_nothing(installation: Installation) -> None:
    diary = installation.folder / "diary"
    installation.queue(work.nap, at=clock.now(), path=str(diary), seconds=2)
    worker = installation.start()
    installation.wait(lambda: lines(diary) == ["begun"])
    installation.queue(work.note, at=clock.now(), path=str(diary), word="another")
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert lines(diary) == ["begun", "ended"]
    assert Job.objects.get(path=work.nap.module_path).status == Job.Status.DONE
    waiting = Job.objects.get(path=work.note.module_path)
    assert (waiting.status, waiting.attempts) == (Job.Status.READY, 0)
    assert not WorkerBeat.objects.exists()


def test_killing_anywhere_loses_nothing(installation: Installation) -> None:
    diary = installation.folder / "diary"
    installation.queue(work.note, times=300, at=clock.now(), path=str(diary), word="job-#")
    for _kill in range(3):
        worker = installation.start("--lease", "1", "--threads", "2")
        enough = len(lines(diary)) + 20
        installation.wait(lambda enough=enough: len(lines(diary)) > enough)
        os.kill(worker.pid, signal.SIGKILL)
        worker.wait()
    installation.start("--lease", "1")
    mine = Job.objects.filter(path=work.note.module_path)
    installation.wait(lambda: not mine.exclude(status=Job.Status.DONE).exists())
    done = Counter(lines(diary))
    assert set(done) == {f"job-{number}" for number in range(300)}
    # again only what was in hand at a kill: two threads, three kills
    assert sum(count - 1 for count in done.values()) <= 6


def test_two_workers_do_each_task_once(installation: Installation) -> None:
    diary = installation.folder / "diary"
    installation.start("--threads", "2")
    installation.start("--threads", "2")
    installation.wait(lambda: WorkerBeat.objects.count() == 2)
    installation.queue(work.note, times=200, at=clock.now(), path=str(diary), word="job-#")
    mine = Job.objects.filter(path=work.note.module_path)
    installation.wait(lambda: not mine.exclude(status=Job.Status.DONE).exists())
    assert sorted(lines(diary)) == sorted(f"job-{number}" for number in range(200))
    assert len(set(mine.values_list("worker", flat=True))) == 2


@pytest.mark.postgresql
def test_a_worker_survives_the_loss_of_its_connections(installation: Installation) -> None:
    diary = installation.folder / "diary"
    worker = installation.start()
    installation.queue(work.note, at=clock.now(), path=str(diary), word="before")
    installation.wait(lambda: lines(diary) == ["before"])
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    installation.queue(work.note, at=clock.now(), path=str(diary), word="after")
    installation.wait(lambda: lines(diary) == ["before", "after"])
    assert worker.poll() is None


def test_one_round_of_everything_and_the_end(installation: Installation) -> None:
    diary = installation.folder / "diary"
    installation.queue(work.note, times=60, at=clock.now(), path=str(diary), word="job-#")
    assert installation.start("--once").wait(40) == 0
    assert len(lines(diary)) == 60
    assert not WorkerBeat.objects.exists()
