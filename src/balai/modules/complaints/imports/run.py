"""Run an import: batches, each in one commit, resumable at any line, the same row never twice."""

import gc
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Self
from zoneinfo import ZoneInfo

from django.db import connection, connections, transaction

from balai.engines.cases.actions.kinds import kind_at, newest_version
from balai.engines.cases.actions.totals import refresh_months_of
from balai.engines.cases.bulk import CaseHistory, write_histories
from balai.engines.cases.models import Case
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.places.queries import current_city
from balai.modules.complaints.case_kinds import KINDS
from balai.modules.complaints.imports.histories import Kinds, history_of
from balai.modules.complaints.imports.places import Gazetteer
from balai.modules.complaints.imports.reading import Line, file_hash, read_lines
from balai.modules.complaints.models import ImportRun
from balai.modules.complaints.queries.set_up import forget_set_up
from balai.modules.complaints.rules.mapping import BadRow, Mapping, read_row

BATCH = 500


@dataclass
class Outcome:
    """What an import did. ``rejects`` gets each bad line with its reason as it is met."""

    read: int = 0
    imported: int = 0
    already: int = 0
    rejected: int = 0
    seconds: float = 0.0
    made: dict[str, list[str]] = field(default_factory=dict)


class _Writer:
    """Stores one batch while the next one is read, so that neither the database nor we wait for the other.

    On SQLite, which has one writer, and inside a caller's transaction, which must hold everything, it stores at once.
    """

    def __init__(self) -> None:
        apart = connection.vendor == "postgresql" and not connection.in_atomic_block
        self._pool = ThreadPoolExecutor(max_workers=1) if apart else None
        self._running: Future[None] | None = None

    def put(self, store: Callable[[], None]) -> None:
        """Store a batch after the one before it; its failure is raised by the next call."""
        if self._pool is None:
            store()
            return
        self._wait()
        self._running = self._pool.submit(store)

    def _wait(self) -> None:
        running, self._running = self._running, None
        if running is not None:
            running.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        if self._pool is None:
            return
        try:
            # what broke the reading is told, not what came of it
            if kind is None:
                self._wait()
        finally:
            self._pool.submit(connections.close_all)
            self._pool.shutdown()


def _batches(lines: Iterator[Line]) -> Iterator[list[Line]]:
    while batch := list(islice(lines, BATCH)):
        yield batch


def import_file(
    *,
    path: Path,
    mapping: Mapping,
    mapping_text_hash: str,
    at: datetime,
    reject: Callable[[int, str], None],
    progress: Callable[[int], None] = lambda rows: None,
) -> Outcome:
    """Take in every good row of ``path`` and hand each bad one to ``reject`` with its line and reason.

    A killed import is started again: rows that are there are counted as ``already``, the rest follows. Every line is
    looked at again, so that the list of bad ones and the monthly totals are whole afterwards.
    :raises UnreadableFile: :raises BadMapping: before anything is written.
    """
    started = time.perf_counter()
    # batches make and drop many small objects without circles; looking for circles costs a fifth of the time
    gc.disable()
    try:
        return _import(
            path=path,
            mapping=mapping,
            mapping_text_hash=mapping_text_hash,
            at=at,
            reject=reject,
            progress=progress,
            started=started,
        )
    finally:
        gc.enable()


def _import(
    *,
    path: Path,
    mapping: Mapping,
    mapping_text_hash: str,
    at: datetime,
    reject: Callable[[int, str], None],
    progress: Callable[[int], None],
    started: float,
) -> Outcome:
    lines = read_lines(path, mapping)
    batches = _batches(lines)
    first = next(batches, [])  # opens the file: a bad file or mapping is refused before the run exists
    run = _run_for(path=path, mapping=mapping, mapping_text_hash=mapping_text_hash, at=at)
    city = current_city()
    gazetteer = Gazetteer.load(mapping=mapping, city=city, at=at)
    kinds = Kinds.of({kind.slug: (kind_at(kind.slug, v := newest_version(kind.slug)), v) for kind in KINDS})
    calendar = work_calendar()
    zone = ZoneInfo(mapping.time_zone)
    outcome = Outcome()
    months: dict[tuple[int, int], datetime] = {}
    batch = first
    with _Writer() as writer:
        while batch:
            outcome.read += len(batch)
            histories = []
            for line in batch:
                try:
                    if line.problem:
                        raise BadRow(*_both(line.problem))
                    row = read_row(mapping, line.values, zone=zone)
                    if row.state == "skip":
                        raise BadRow("Pemetaan melewati status ini.", "The mapping skips this state.")
                    histories.append(history_of(row, gazetteer=gazetteer, kinds=kinds, calendar=calendar, until=at))
                    # the neighbours of a UTC month's ends may belong to another month of the city
                    months.setdefault((row.received_at.year, row.received_at.timetuple().tm_yday), row.received_at)
                except BadRow as bad:
                    outcome.rejected += 1
                    reject(line.number, str(bad))
            writer.put(
                partial(
                    _store_batch,
                    histories,
                    run=run,
                    line=batch[-1].number,
                    time_zone=city.time_zone,
                    at=at,
                    outcome=outcome,
                )
            )
            progress(len(batch))
            if outcome.read % (20 * BATCH) == 0:
                gc.collect()
            batch = next(batches, [])
    refresh_months_of(moments=months.values())
    forget_set_up()
    outcome.seconds = round(time.perf_counter() - started, 3)
    outcome.made = gazetteer.made
    ImportRun.objects.filter(pk=run.pk).update(
        finished_at=at, imported=outcome.imported, already=outcome.already, rejected=outcome.rejected
    )
    return outcome


def _both(problem: str) -> tuple[str, str]:
    indonesian, _, english = problem.partition(" / ")
    return indonesian, english


def _run_for(*, path: Path, mapping: Mapping, mapping_text_hash: str, at: datetime) -> ImportRun:
    digest = file_hash(path)
    run, _new = ImportRun.objects.get_or_create(
        name=mapping.name, defaults={"file_hash": digest, "mapping_hash": mapping_text_hash, "started_at": at}
    )
    run.file_hash, run.mapping_hash, run.finished_at, run.line = digest, mapping_text_hash, None, 0
    run.save()
    return run


def _store_batch(
    histories: list[CaseHistory], *, run: ImportRun, line: int, time_zone: str, at: datetime, outcome: Outcome
) -> None:
    fresh: dict[str, CaseHistory] = {}
    for history in histories:
        if history.submission_key in fresh:
            outcome.already += 1
        else:
            fresh[str(history.submission_key)] = history
    known = set(Case.objects.filter(submission_key__in=list(fresh)).values_list("submission_key", flat=True))
    with transaction.atomic():
        write_histories(
            [history for key, history in fresh.items() if key not in known], time_zone=time_zone, delivered_at=at
        )
        ImportRun.objects.filter(pk=run.pk).update(line=line)
    outcome.already += len(known)
    outcome.imported += len(fresh) - len(known)
