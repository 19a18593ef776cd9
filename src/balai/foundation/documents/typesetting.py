"""Typeset a document: a Typst source and data become PDF/A-2a, in a process of its own that can be ended.

Data reach the template as JSON, never as part of the source. The template sees a folder with itself, the base file
``balai.typ``, the city's mark and the code to scan; nothing else of this machine, no packages, no network.
"""

import atexit
import contextlib
import json
import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any

from django.conf import settings

from balai.foundation.documents.rules.texts import printable, with_marks

TIME_LIMIT_SECONDS = 10.0
# what was compiled before is remembered in the process; after so many documents a fresh one starts
ORDERS_OF_A_PROCESS = 500
KEPT_PROCESSES = 2
# each may take a gigabyte
MOST_PROCESSES = 3
# typeset anew with a mark for what no face has; signs that are set together may show only then
MOST_ROUNDS = 4
_SCRIPT = Path(__file__).with_name("_typesetter.py")
_BASE = Path(__file__).with_name("typst") / "balai.typ"
_HEAD_BYTES = 100_000
# discard: whoever asks for a package finds nobody
_NOBODY = "http://127.0.0.1:9"


class CannotTypeset(Exception):
    """Nothing was made. ``code``: template, too_slow, too_large, died, busy. ``line`` is 0 where no line is to blame.

    ``is_temporary`` says that asking later may help.
    """

    def __init__(self, code: str, *, message: str = "", line: int = 0, hints: tuple[str, ...] = ()) -> None:
        super().__init__(f"{code}: {message}" if message else code)
        self.code = code
        self.message = message
        self.line = line
        self.hints = hints
        self.is_temporary = code == "busy"


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What was typeset: the bytes, and of a picture how many pages the document has (0: not counted)."""

    content: bytes
    pages: int


class _Process:
    def __init__(self) -> None:
        fonts = settings.BALAI_FONTS_FOLDER
        self.orders = 0
        self.process = subprocess.Popen(
            [sys.executable, "-I", str(_SCRIPT), *([str(fonts)] if fonts.is_dir() else [])],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd="/",
            # nothing of our environment: it may hold passwords. A stop asked of our group is not its own affair.
            env={"HTTPS_PROXY": _NOBODY, "HTTP_PROXY": _NOBODY, "ALL_PROXY": _NOBODY, "RAYON_NUM_THREADS": "1"},
            start_new_session=True,
        )

    def ask(self, order: Mapping[str, Any], *, seconds: float) -> tuple[dict[str, Any], bytes]:
        """Return (head, bytes).

        :raises CannotTypeset: ``too_slow`` or ``died``; the process is of no use afterwards.
        """
        stdin = self.process.stdin
        assert stdin is not None
        self.orders += 1
        deadline = time.monotonic() + seconds
        try:
            stdin.write(json.dumps(order).encode() + b"\n")
            stdin.flush()
        except OSError as error:
            raise CannotTypeset("died") from error
        length = int.from_bytes(self._read(8, deadline), "big")
        if length > _HEAD_BYTES:
            raise CannotTypeset("died")
        head: dict[str, Any] = json.loads(self._read(length, deadline))
        return head, self._read(int(head.get("bytes", 0)), deadline)

    def _read(self, count: int, deadline: float) -> bytes:
        stdout = self.process.stdout
        assert stdout is not None
        parts: list[bytes] = []
        while count:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([stdout], [], [], left)[0]:
                raise CannotTypeset("too_slow")
            part = os.read(stdout.fileno(), min(count, 1 << 20))
            if not part:
                raise CannotTypeset("died")
            parts.append(part)
            count -= len(part)
        return b"".join(parts)

    def end(self) -> None:
        self.process.kill()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        self.process.wait()


_lock = Lock()
_turns = BoundedSemaphore(MOST_PROCESSES)
_idle: list[_Process] = []
_idle_of = os.getpid()


@contextlib.contextmanager
def _process() -> Iterator[_Process]:
    """Lend a process: one that waits, else a new one. It goes back only if all went well."""
    global _idle_of  # noqa: PLW0603 - a child of a fork must not use its parent's pipes
    with _lock:
        if _idle_of != os.getpid():
            _idle.clear()
            _idle_of = os.getpid()
        lent = _idle.pop() if _idle else None
    if lent is None or lent.process.poll() is not None:
        lent = _Process()
    try:
        yield lent
    except BaseException:
        lent.end()
        raise
    with _lock:
        if len(_idle) < KEPT_PROCESSES and lent.orders < ORDERS_OF_A_PROCESS:
            _idle.append(lent)
            return
    lent.end()


@atexit.register
def end_processes() -> None:
    """End the processes that wait; the next document starts a new one."""
    with _lock:
        waiting = [] if _idle_of != os.getpid() else list(_idle)
        _idle.clear()
    for each in waiting:
        each.end()


def _made(order: Mapping[str, Any], inputs: Mapping[str, Any], *, seconds: float) -> tuple[dict[str, Any], bytes]:
    """Return (head, bytes) of an order, with a mark in its inputs for what no face has."""
    deadline = time.monotonic() + seconds
    for _round in range(MOST_ROUNDS):
        said = {name: json.dumps(each) for name, each in inputs.items()}
        with _process() as process:
            head, content = process.ask({**order, "inputs": said}, seconds=deadline - time.monotonic())
        lacking = head.get("lacking", ())
        marked = with_marks(inputs, lacking=lacking) if lacking else inputs
        # what the template itself says is its writer's to mend
        if marked == inputs:
            break
        inputs = marked
    return head, content


def typeset(
    *,
    source: str,
    frame: Mapping[str, Any],
    data: Mapping[str, Any],
    pictures: Mapping[str, str],
    at: datetime,
    picture: bool = False,
    seconds: float = TIME_LIMIT_SECONDS,
) -> Sheet:
    """Return a document as PDF/A-2a with tags, or its first page as a picture (PNG).

    ``frame`` is what the city says (number, letterhead, signature), ``data`` what the document is about; ``pictures``
    are SVG texts by file name. Pictures among the letters (emoji) are left out of both, and a letter that no face has
    becomes ``LACKING_MARK``: what somebody called himself must not keep a paper from being made.

    :raises CannotTypeset: with the line and the message of Typst, or because it took more than ``seconds``, needed too
        much memory, or became larger than 20 MB.
    """
    folder = Path(tempfile.mkdtemp(prefix="balai-document-"))
    try:
        (folder / "main.typ").write_text(source, "utf-8")
        shutil.copyfile(_BASE, folder / "balai.typ")
        for name, drawing in pictures.items():
            (folder / name).write_text(drawing, "utf-8")
        order = {
            "folder": str(folder),
            # Typst writes whole seconds of a fixed zone
            "at": at.astimezone(UTC).replace(microsecond=0).isoformat(),
            "format": "png" if picture else "pdf",
        }
        if not _turns.acquire(timeout=seconds):
            raise CannotTypeset("busy")
        try:
            head, content = _made(order, {"frame": printable(frame), "data": printable(data)}, seconds=seconds)
        finally:
            _turns.release()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if "fault" in head:
        raise CannotTypeset(
            head["fault"],
            message=str(head.get("message", "")).replace(str(folder), ""),
            line=int(head.get("line", 0)),
            hints=tuple(head.get("hints", ())),
        )
    return Sheet(content=content, pages=int(head["pages"]))
