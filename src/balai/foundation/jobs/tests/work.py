"""Work for the tests: what it did stands in a file, so that other processes can tell."""

import os
import time
from pathlib import Path
from typing import Any

from django_tasks import task


def write_line(path: str, line: str) -> None:
    """Append one line in one write; several processes may do it at once."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    try:
        os.write(descriptor, f"{line}\n".encode())
    finally:
        os.close(descriptor)


@task()
def note(*, path: str, word: str) -> None:
    write_line(path, word)


@task()
def nap(*, path: str, seconds: float) -> None:
    """Take long the first time; whoever comes again is quick."""
    is_first = not Path(path).exists()
    write_line(path, "begun")
    if is_first:
        time.sleep(seconds)
    write_line(path, "ended")


@task()
def add(a: int, b: int = 1) -> dict[str, int]:
    return {"sum": a + b}


@task(takes_context=True)
def count_tries(context: Any) -> int:
    return context.attempt


@task()
def give_the_unstorable() -> object:
    return object()


@task()
def break_down() -> None:
    raise ValueError("broken on purpose")


@task(queue_name="slow")
def be_slow() -> None:
    """Do nothing, in a queue of its own."""


CALLS: list[Any] = []


def tick() -> None:
    CALLS.append("tick")
