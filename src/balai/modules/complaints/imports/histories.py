"""Tell one row as the history of a matter."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from balai.engines.cases.bulk import CaseHistory, PastStep
from balai.engines.cases.rules.evolution import Given
from balai.engines.cases.rules.kinds import CaseKind, with_own_promise
from balai.foundation.calendar.rules import WorkCalendar
from balai.foundation.events.rules import SYSTEM, Actor
from balai.modules.complaints.imports.places import Gazetteer
from balai.modules.complaints.rules.mapping import Row

KEY_LENGTH = 80
SOURCE = Actor("system")
# the import knows no words of an answer that was given; it says so
NO_WORDS = "Dijawab di sistem asal. / Answered in the source system."


@dataclass(frozen=True)
class Kinds:
    """The newest version of each kind: with its own clocks, with a source's promise, and without any."""

    ours: dict[str, tuple[CaseKind, int]]
    promised: dict[str, tuple[CaseKind, int]]
    unpromised: dict[str, tuple[CaseKind, int]]

    @classmethod
    def of(cls, ours: dict[str, tuple[CaseKind, int]]) -> "Kinds":
        """Return the three forms of each kind."""
        return cls(
            ours,
            {slug: (with_own_promise(kind, promised=True), version) for slug, (kind, version) in ours.items()},
            {slug: (with_own_promise(kind, promised=False), version) for slug, (kind, version) in ours.items()},
        )

    def pick(self, slug: str, *, promise: str, has_target: bool) -> tuple[CaseKind, int]:
        """Return the form that a row of this mapping runs on."""
        if promise == "ours":
            return self.ours[slug]
        return (self.promised if promise == "column" and has_target else self.unpromised)[slug]


def steps_of(row: Row) -> list[PastStep]:
    """Return the changes that a row's dates and state tell, in order of time."""
    steps: list[PastStep] = []
    words = row.answer or NO_WORDS
    answered_at = row.first_answered_at
    # an end without a date of its own is dated by the answer
    ended_at = row.closed_at or answered_at
    if answered_at is not None and (row.state == "open" or (ended_at is not None and answered_at < ended_at)):
        # the first answer counts by itself, whatever followed
        steps.append(PastStep(at=answered_at, change="progress", actor=SOURCE, given=Given(text=words)))
    if row.state == "answered" and ended_at is not None:
        steps.append(PastStep(at=ended_at, change="answer", actor=SOURCE, given=Given(text=words)))
    if row.state in ("done_silent", "done_confirmed") and ended_at is not None:
        steps.append(PastStep(at=ended_at, change="answer", actor=SOURCE, given=Given(text=words)))
        if row.state == "done_confirmed":
            steps.append(PastStep(at=ended_at, change="confirm", actor=Actor("resident")))
        else:
            steps.append(PastStep(at=ended_at, change="close_silent", actor=SYSTEM))
    if row.state == "refused" and ended_at is not None:
        steps.append(
            PastStep(
                at=ended_at,
                change="refuse",
                actor=SOURCE,
                given=Given(text=words, reason="source", basis="sistem asal / source system"),
            )
        )
    if row.state == "withdrawn" and ended_at is not None:
        steps.append(PastStep(at=ended_at, change="withdraw", actor=Actor("resident")))
    return steps


def submission_key_of(source: str, number: str) -> str:
    """Return the key under which a row is taken in once; what is too long for the column is kept as its hash."""
    key = f"{source}:{number}"
    if len(key) <= KEY_LENGTH:
        return key
    return f"{source[:15]}:{hashlib.sha256(key.encode()).hexdigest()}"


def history_of(row: Row, *, gazetteer: Gazetteer, kinds: Kinds, calendar: WorkCalendar, until: datetime) -> CaseHistory:
    """Return the history of one row; places, agencies and categories are looked up or made.

    :raises BadRow: if one of them may not be made.
    """
    mapping = gazetteer.mapping
    category = gazetteer.category(row.category)
    unit = gazetteer.unit(row.unit)
    village, district, lat, lon = gazetteer.place(row)
    kind, version = kinds.pick(category.kind, promise=mapping.promise, has_target=row.due_at is not None)
    return CaseHistory(
        kind=kind,
        kind_version=version,
        category_id=category.pk,
        unit_id=unit.pk,
        is_central_desk=False,
        routed_by="import",
        received_at=row.received_at,
        title=row.title,
        text=row.text,
        channel=row.channel,
        privacy=row.privacy,
        calendar=calendar,
        place_words=row.place_words,
        village_id=village,
        district_id=district,
        lat=lat,
        lon=lon,
        sensitive=category.sensitive,
        submission_key=submission_key_of(mapping.name, row.id),
        steps=steps_of(row),
        # with our own terms the ladders are climbed up to now; a source's promise carries no ladder
        until=until if mapping.promise == "ours" else None,
        due_at=row.due_at if mapping.promise == "column" else None,
        extra={
            "source": mapping.name,
            "published_verdict": {"on_time": "ONTIME", "late": "OVERDUE"}.get(row.verdict, ""),
        },
    )
