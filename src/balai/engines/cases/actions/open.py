"""Take in a matter: one transaction, few statements, the same submission never twice."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction
from django.db.models import Model

from balai.engines.cases._rows import case_fields, clock_values
from balai.engines.cases.actions.kinds import kind_at, newest_version
from balai.engines.cases.events import CaseReceived, CaseRouted, stream_of
from balai.engines.cases.models import Case, Clock
from balai.engines.cases.queries.opened import code_hash
from balai.engines.cases.rules.evolution import receive
from balai.engines.cases.rules.references import new_reference
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.events.actions import publish
from balai.foundation.events.facts import Fact
from balai.foundation.events.rules import SYSTEM, Actor, Head
from balai.foundation.files.actions import save_attachments
from balai.foundation.files.models import Attachment
from balai.foundation.identity.models import Resident
from balai.foundation.identity.rules import mask_personal_data, new_access_code
from balai.foundation.limits.actions import count_up
from balai.foundation.messages.actions import Draft, queue_messages
from balai.foundation.places.rules import map_cell, round_position
from balai.foundation.rows.insert import insert_row, insert_rows

TITLE_LENGTH = 80
REFERENCE_TRIES = 5
# Confirmations of receipt that one address gets in a day. More is somebody filling a stranger's letter box; the matter
# itself is taken in all the same, and its number and code stand on the page.
RECEIPTS_A_DAY = 20
# matters whose words, photos and place the public never sees
HIDDEN = (Case.Privacy.SECRET, Case.Privacy.PRIVATE)


@dataclass(frozen=True, kw_only=True)
class Intake:
    """Everything about a new matter, checked and routed. ``time_zone`` is the city's (for the reference's year)."""

    kind: str
    category_id: int
    text: str
    channel: str
    privacy: str
    unit_id: int
    is_central_desk: bool
    routed_by: str
    time_zone: str
    schedule_id: int | None = None
    reporter: Resident | None = None
    village_id: int | None = None
    district_id: int | None = None
    place_words: str = ""
    lat: float | None = None
    lon: float | None = None
    sensitive: bool = False
    answers: dict[str, Any] = field(default_factory=dict)
    # "kind:slug" of what it is about, found by queries.subjects; empty: nothing that another room keeps
    about: str = ""
    submission_key: str | None = None
    attachments: Sequence[Attachment] = ()
    locale: str = "id"
    # empty: the first words of the text
    title: str = ""
    parent_id: int | None = None
    # None: the newest; a module that binds a matter to an older promise names it
    kind_version: int | None = None
    actor: Actor = Actor("resident")


@dataclass(frozen=True, kw_only=True)
class Opened:
    """The matter and, the first time only, the code that opens the conversation."""

    case: Case
    code: str
    already: bool


def title_of(text: str) -> str:
    """Return the first words of ``text`` as a title of at most 80 characters, cut between words."""
    line = " ".join(text.split())
    if len(line) <= TITLE_LENGTH:
        return line
    return line[:TITLE_LENGTH].rsplit(" ", 1)[0].rstrip(",.;:") + "…"


def text_hash(text: str) -> str:
    """Return the SHA-256 (hex) of words, as events keep it."""
    return hashlib.sha256(text.encode()).hexdigest()


def public_place(
    *, privacy: str, sensitive: bool, lat: float | None, lon: float | None
) -> tuple[float | None, float | None, int | None]:
    """Return latitude, longitude and map cell that the public may see."""
    if lat is None or lon is None or privacy in HIDDEN:
        return None, None, None
    shown = round_position(lat, lon) if sensitive else (lat, lon)
    return shown[0], shown[1], map_cell(*shown)


def open_case(*, intake: Intake, at: datetime) -> Opened:
    """Store a new matter with its clocks, events, attachments and the receipt to the reporter; one commit.

    The same ``submission_key`` gives the matter that the first submission made, without a code.
    """
    is_new_reporter = intake.reporter is not None and not intake.reporter.pk
    tries = 0
    while True:
        try:
            return _store(intake=intake, at=at)
        except IntegrityError:
            found = Case.objects.filter(submission_key=intake.submission_key).first() if intake.submission_key else None
            if found:
                return Opened(case=found, code="", already=True)
            tries += 1
            if tries == REFERENCE_TRIES:
                raise
            _forget_keys(intake, reporter=is_new_reporter)


def _forget_keys(intake: Intake, *, reporter: bool) -> None:
    """Make rows new again whose insert was rolled back; the next try stores them under new keys."""
    rows: list[Model] = [*intake.attachments]
    if reporter and intake.reporter is not None:
        rows.append(intake.reporter)
    for row in rows:
        row.pk = None


@transaction.atomic
def _store(*, intake: Intake, at: datetime) -> Opened:
    version = intake.kind_version or newest_version(intake.kind)
    kind = kind_at(intake.kind, version)
    matter = receive(
        kind=kind,
        unit_id=intake.unit_id,
        is_central_desk=intake.is_central_desk,
        received_at=at,
        calendar=work_calendar(schedule_id=intake.schedule_id),
    )
    year = at.astimezone(ZoneInfo(intake.time_zone)).year
    reference = new_reference(year=year, random=secrets.randbelow)
    code = new_access_code(secrets.randbelow)
    public_lat, public_lon, cell = public_place(
        privacy=intake.privacy, sensitive=intake.sensitive, lat=intake.lat, lon=intake.lon
    )
    public_text = mask_personal_data(intake.text)
    reporter = intake.reporter
    if reporter is not None and not reporter.pk:
        insert_row(reporter)
    head = publish(
        stream=stream_of(reference),
        head=Head(),
        facts=[
            Fact(
                event=CaseReceived(
                    kind=kind.slug,
                    kind_version=version,
                    category_id=intake.category_id,
                    channel=intake.channel,
                    privacy=intake.privacy,
                    text_hash=text_hash(intake.text),
                    about=intake.about or None,
                ),
                actor=intake.actor,
                public=True,
            ),
            Fact(
                event=CaseRouted(unit_id=intake.unit_id, rule=intake.routed_by, state_to=matter.state),
                actor=SYSTEM,
                public=True,
            ),
        ],
        at=at,
    )
    case = Case(
        reference=reference,
        kind=kind.slug,
        family=kind.family,
        kind_version=version,
        parent_id=intake.parent_id,
        title=intake.title or title_of(public_text) or title_of(intake.place_words),
        text=intake.text,
        public_text=public_text,
        answers=intake.answers,
        about=intake.about,
        channel=intake.channel,
        privacy=intake.privacy,
        category_id=intake.category_id,
        reporter=reporter,
        village_id=intake.village_id,
        district_id=intake.district_id,
        place_words=intake.place_words,
        lat=intake.lat,
        lon=intake.lon,
        public_lat=public_lat,
        public_lon=public_lon,
        map_cell=cell,
        routed_by=intake.routed_by,
        code_hash=code_hash(reference=reference, code=code),
        submission_key=intake.submission_key,
        seq=head.seq,
        chain_hash=head.hash,
        **case_fields(matter),
    )
    insert_row(case)
    insert_rows(Clock, [clock_values(case_id=case.pk, clock=clock) for clock in matter.clocks])
    if intake.attachments:
        save_attachments(
            attachments=intake.attachments,
            owner_kind="case",
            owner_id=case.pk,
            public=intake.privacy not in HIDDEN,
            at=at,
        )
    if kind.received_message and reporter is not None and _has_room(reporter, at):
        queue_messages(
            drafts=[
                Draft(
                    dedupe_key=f"case:{case.pk}:{head.seq}:resident:{reporter.pk}:email",
                    template=kind.received_message,
                    channel="email",
                    locale=intake.locale,
                    resident_id=reporter.pk,
                    subject_kind="case",
                    subject_id=case.pk,
                    context={"reference": reference, "title": case.title},
                    secret_context={"code": code},
                )
            ],
            at=at,
        )
    return Opened(case=case, code=code, already=False)


def _has_room(reporter: Resident, at: datetime) -> bool:
    """Return whether a confirmation may go to the reporter's address, and count it."""
    if not reporter.email:
        return False
    return count_up(key=f"received:{reporter.email_index}", per=timedelta(days=1), at=at) <= RECEIPTS_A_DAY
