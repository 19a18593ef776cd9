"""Timed lines of progress, and steps that show how far they are."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

STARTED = time.monotonic()
# A program and its arguments.
Command = list[str | Path]
# A step that takes longer says every so many seconds that it is still at work.
SIGN_OF_LIFE_SECONDS = 10
LINES_SHOWN_ON_FAILURE = 25


class StepFailed(Exception):
    """A step ended badly; the message says what happened and what to do."""


def seconds() -> float:
    """Return the seconds since the launcher started."""
    return time.monotonic() - STARTED


def say(text: str) -> None:
    """Print one line of progress with the seconds since the start."""
    print(f"[{seconds():6.1f} s] {text}", flush=True)


def complain(*lines: str) -> None:
    """Print what went wrong, in English and Indonesian, to the error output."""
    sys.stdout.flush()
    for line in lines:
        print(line, file=sys.stderr, flush=True)


def run_step(title: str, command: Sequence[str | Path], *, env: Mapping[str, str] | None = None, cwd: Path) -> None:
    """Run a command quietly, saying when it starts, that it goes on, and how long it took.

    :raises StepFailed: if it ends badly; the last lines it printed are in the message.
    """
    began = time.monotonic()
    say(f"{title} …")
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as output:
        try:
            process = subprocess.Popen(
                [str(part) for part in command],
                cwd=cwd,
                env=dict(os.environ if env is None else env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise StepFailed(f"{title}: {error}") from error
        code = _wait(process, title=title)
        if code != 0:
            output.seek(0)
            last = "".join(output.readlines()[-LINES_SHOWN_ON_FAILURE:]).rstrip()
            raise StepFailed(f"{title}: ended with code {code}.\n{last}")
    say(f"{title}: done in {time.monotonic() - began:.1f} s")


def _wait(process: subprocess.Popen[str] | subprocess.Popen[bytes], *, title: str) -> int:
    try:
        while True:
            try:
                return process.wait(timeout=SIGN_OF_LIFE_SECONDS)
            except subprocess.TimeoutExpired:
                say(f"{title}: still at work …")
    except BaseException:
        # Ctrl-C or a signal: the step must not go on behind our back.
        process.terminate()
        process.wait()
        raise
