"""Tell how many jobs a second one worker does: ``DATABASE_URL=… python -m balai.foundation.jobs.tests.speed [COUNT]``.

It uses the database that the settings name, which must be migrated and should be empty of jobs.
"""

import logging
import sys
import time

import django

COUNT = 2000


def measure(count: int) -> tuple[float, float]:
    """Return jobs queued and jobs done a second, one by one."""
    from balai.foundation.calendar import clock
    from balai.foundation.jobs import actions
    from balai.foundation.jobs.tests import work
    from balai.foundation.jobs.worker import Worker

    began = time.perf_counter()
    for number in range(count):
        actions.enqueue(task=work.add, arguments={"a": number}, at=clock.now())
    queued = time.perf_counter()
    worker = Worker()
    done = 0
    while batch := worker._jobs():
        done += batch
    ended = time.perf_counter()
    assert done >= count
    return count / (queued - began), done / (ended - queued)


if __name__ == "__main__":
    django.setup()
    logging.disable(logging.WARNING)
    queued, done = measure(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
    sys.stdout.write(f"queued {queued:,.0f}/s, done {done:,.0f}/s\n")
