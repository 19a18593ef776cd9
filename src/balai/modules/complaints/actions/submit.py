"""Take in a report: the one door for the web form, the counter, the telephone, Open311 and files."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from balai.engines.cases.actions import Intake, Opened, open_case
from balai.engines.cases.contributions import SubjectFound
from balai.engines.cases.models import Category
from balai.engines.cases.queries.subjects import subject_of
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.calendar.rules import is_open
from balai.foundation.events.rules import Actor
from balai.foundation.files.models import Attachment
from balai.foundation.identity.actions import ContactRefused, prepare_resident
from balai.foundation.identity.models import Resident
from balai.foundation.places.models import City
from balai.foundation.places.queries import locator, villages_by_id
from balai.foundation.places.rules import BadCoordinates, OutsideCity
from balai.modules.complaints.case_kinds import KIND_SLUGS
from balai.modules.complaints.queries.set_up import SetUp, set_up
from balai.modules.complaints.rules.routing import Route, Subject, route

MAX_TEXT = 10_000
PRIVACIES = ("named", "secret", "anonymous")


class ReportRefused(Exception):
    """The report cannot be taken as it is. ``errors``: field → what to do about it, in the reader's language."""

    def __init__(self, errors: dict[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {text}" for name, text in errors.items()))
        self.errors = errors


@dataclass(frozen=True, kw_only=True)
class Submission:
    """What a person brings. Either ``lat`` and ``lon``, or ``village_id``, or a category that needs no place."""

    text: str
    category: str
    channel: str
    privacy: str = "named"
    kind: str = ""
    lat: float | None = None
    lon: float | None = None
    village_id: int | None = None
    place_words: str = ""
    name: str = ""
    email: str = ""
    phone: str = ""
    nik: str = ""
    locale: str = "id"
    answers: dict[str, Any] = field(default_factory=dict)
    # "kind:slug" of what it is about; what nobody keeps (any more) is left out
    about: str = ""
    attachments: Sequence[Attachment] = ()
    submission_key: str | None = None
    actor: Actor = Actor("resident")


@dataclass(frozen=True)
class _Place:
    village_id: int | None = None
    district_id: int | None = None
    codes: tuple[str, ...] = ()


def _place(submission: Submission, city: City, category: Category, errors: dict[str, str]) -> _Place:
    if submission.lat is not None or submission.lon is not None:
        if submission.lat is None or submission.lon is None:
            errors["place"] = _("Latitude and longitude come together. Give both, or choose a village.")
            return _Place()
        try:
            found = locator(city).locate(lat=submission.lat, lon=submission.lon)
        except OutsideCity as outside:
            errors["place"] = _(
                "This place is outside %(city)s (nearest: %(nearest)s). "
                "Move the pin into the city, or choose a village."
            ) % {"city": city.name, "nearest": outside.nearest_name}
        except BadCoordinates:
            errors["place"] = _("These coordinates are not a place on the map. Move the pin, or choose a village.")
        else:
            return _Place(found.village_id, found.district_id, (found.village_code, found.district_code))
        return _Place()
    if submission.village_id is not None:
        village = villages_by_id().get(submission.village_id)
        if village is None:
            errors["place"] = _("This village is not in %(city)s. Choose one from the list.") % {"city": city.name}
            return _Place()
        return _Place(village.pk, village.parent_id, (village.code,))
    if category.needs_place:
        errors["place"] = _("Tell us where: put the pin on the map, or choose a village.")
    return _Place()


def _checked_category(submission: Submission, known: SetUp, errors: dict[str, str]) -> Category | None:
    category = known.categories.get(submission.category)
    if category is None:
        errors["category"] = _("Choose what it is about.")
    if submission.kind and submission.kind not in KIND_SLUGS:
        errors["kind"] = _("Choose one of the kinds of report.")
    return category


def _check_words(submission: Submission, errors: dict[str, str]) -> None:
    if not submission.text.strip() and not submission.attachments:
        errors["text"] = _("Write what is wrong, or add a photo.")
    elif len(submission.text) > MAX_TEXT:
        errors["text"] = _(
            "The text has %(count)s characters; %(most)s fit. Shorten it, or send the rest as an answer later."
        ) % {"count": len(submission.text), "most": MAX_TEXT}
    if "\x00" in submission.text + submission.place_words + submission.name:
        errors["text"] = _("The text holds characters that cannot be stored. Type it again, or paste it as plain text.")
    if submission.privacy not in PRIVACIES:
        errors["privacy"] = _("Choose who may know that it was you.")


def find_route(
    *, submission: Submission, category: Category, codes: tuple[str, ...], known: SetUp, city: City, at: datetime
) -> Route:
    """Return where the report goes, by rules, category or central desk."""
    local = at.astimezone(ZoneInfo(city.time_zone))
    return route(
        rules=known.rules,
        subject=Subject(
            category=category.slug,
            kind=submission.kind or category.kind,
            channel=submission.channel,
            text=submission.text,
            area_codes=codes,
            minute=local.hour * 60 + local.minute,
            # the calendar is asked only when a rule is
            in_hours=known.looks_at_hours and is_open(at=at, calendar=work_calendar()),
        ),
        category_unit_id=category.unit_id,
        central_desk_id=known.central_desk_id,
    )


@dataclass(frozen=True, kw_only=True)
class Checked:
    """A submission that may be stored: what it is about, where it lies, whose it is and where it goes."""

    submission: Submission
    city: City
    known: SetUp
    category: Category
    village_id: int | None
    district_id: int | None
    resident: Resident | None
    where: Route
    about: SubjectFound | None = None

    @property
    def kind(self) -> str:
        """Return the slug of the kind that it opens."""
        return self.submission.kind or self.category.kind


def check_report(*, submission: Submission, at: datetime) -> Checked:
    """Check, place and route a report without storing anything; what a page shows before sending is this.

    :raises ReportRefused: with a message for each field.
    """
    errors: dict[str, str] = {}
    known = set_up()
    city = known.city
    _check_words(submission, errors)
    category = _checked_category(submission, known, errors)
    place = _place(submission, city, category, errors) if category else _Place()
    resident = None
    if submission.privacy != "anonymous":
        try:
            resident = prepare_resident(
                name=submission.name,
                email=submission.email,
                phone=submission.phone,
                nik=submission.nik,
                locale=submission.locale,
                at=at,
            )
        except ContactRefused as refused:
            errors.update(refused.errors)
    if errors or category is None:
        raise ReportRefused(errors)
    where = find_route(submission=submission, category=category, codes=place.codes, known=known, city=city, at=at)
    about = subject_of(submission.about) if submission.about else None
    if about is not None and where.because == "central" and about.unit_id in known.units:
        # who gives the service knows more of it than the central desk
        where = Route(unit_id=about.unit_id, because="subject")
    return Checked(
        submission=submission,
        city=city,
        known=known,
        category=category,
        village_id=place.village_id,
        district_id=place.district_id,
        resident=resident,
        where=where,
        about=about,
    )


def submit_report(*, submission: Submission, at: datetime) -> Opened:
    """Check, place, route and store a report; everything in one commit, nothing when anything is wrong.

    :raises ReportRefused: with a message for each field.
    """
    return store_report(checked=check_report(submission=submission, at=at), at=at)


def store_report(*, checked: Checked, at: datetime) -> Opened:
    """Store what :func:`check_report` has just found good, in one commit."""
    submission, where = checked.submission, checked.where
    return open_case(
        intake=Intake(
            kind=checked.kind,
            category_id=checked.category.pk,
            text=submission.text.strip(),
            channel=submission.channel,
            privacy=submission.privacy,
            unit_id=where.unit_id,
            is_central_desk=where.unit_id == checked.known.central_desk_id and where.because == "central",
            routed_by=where.because,
            time_zone=checked.city.time_zone,
            schedule_id=checked.known.units[where.unit_id].schedule_id,
            reporter=checked.resident,
            village_id=checked.village_id,
            district_id=checked.district_id,
            place_words=submission.place_words.strip()[:300],
            lat=submission.lat,
            lon=submission.lon,
            sensitive=checked.category.sensitive,
            answers=submission.answers,
            about=submission.about if checked.about is not None else "",
            submission_key=submission.submission_key,
            attachments=submission.attachments,
            locale=submission.locale,
            actor=submission.actor,
        ),
        at=at,
    )
