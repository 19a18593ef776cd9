"""What a mapping file says about somebody else's log, and how one of its rows is read. Pure."""

import re
import tomllib
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

FIELDS = (
    "id",
    "received_at",
    "due_at",
    "first_answered_at",
    "closed_at",
    "state",
    "verdict",
    "title",
    "text",
    "answer",
    "category",
    "unit",
    "district",
    "village",
    "place_words",
    "lat",
    "lon",
    "channel",
)
REQUIRED = ("id", "received_at")
DATES = ("received_at", "due_at", "first_answered_at", "closed_at")
# what a source's state may become; "open" is refined by the dates that the row has
STATES = ("open", "answered", "done_confirmed", "done_silent", "refused", "withdrawn", "skip")
# these need a moment
ENDED = ("answered", "done_confirmed", "done_silent", "refused", "withdrawn")
PROMISES = ("column", "ours", "none")
SECTIONS = {
    "source": {"name", "encoding", "delimiter", "time_zone", "dates", "empty"},
    "columns": set(FIELDS),
    "state": {"words", "unknown"},
    "category": {"words", "unknown", "kind", "default"},
    "unit": {"words", "unknown", "default"},
    "place": {"outside", "no_place_at", "village_words"},
    "promise": {"from"},
    "channel": {"words", "default"},
    "verdict": {"on_time", "late"},
    "defaults": {"text", "privacy"},
}


# strptime knows English months only
MONTHS = {
    "januari": "January",
    "februari": "February",
    "pebruari": "February",
    "maret": "March",
    "april": "April",
    "mei": "May",
    "juni": "June",
    "juli": "July",
    "agustus": "August",
    "september": "September",
    "oktober": "October",
    "november": "November",
    "nopember": "November",
    "desember": "December",
    "agt": "Aug",
    "agu": "Aug",
    "okt": "Oct",
    "nop": "Nov",
    "des": "Dec",
}
LETTERS = re.compile(r"[A-Za-z]+")
NAME_LENGTH = 60


class BadMapping(Exception):
    """The mapping file cannot be used. ``where`` names the place in the file, ``say`` both languages."""

    def __init__(self, where: str, indonesian: str, english: str) -> None:
        super().__init__(f"{where}: {indonesian} / {english}")
        self.where = where
        self.indonesian = indonesian
        self.english = english


class BadRow(Exception):
    """One row cannot be taken in; the others can."""

    def __init__(self, indonesian: str, english: str) -> None:
        super().__init__(f"{indonesian} / {english}")
        self.indonesian = indonesian
        self.english = english


@dataclass(frozen=True, kw_only=True)
class Mapping:
    """How a source's columns and words become ours."""

    name: str
    columns: dict[str, tuple[str, ...]]
    encoding: str = "utf-8"
    delimiter: str = ""
    time_zone: str = "Asia/Jakarta"
    dates: tuple[str, ...] = ()
    empty: tuple[str, ...] = ("",)
    state_words: dict[str, str] = field(default_factory=dict)
    state_unknown: str = "open"
    category_words: dict[str, str] = field(default_factory=dict)
    category_unknown: str = "create"
    category_kind: str = "complaint"
    category_default: str = ""
    unit_words: dict[str, str] = field(default_factory=dict)
    unit_unknown: str = "create"
    unit_default: str = ""
    outside: str = "keep"
    no_place_at: tuple[tuple[float, float], ...] = ()
    village_words: dict[str, str] = field(default_factory=dict)
    promise: str = "ours"
    channel_words: dict[str, str] = field(default_factory=dict)
    channel_default: str = "import"
    on_time_words: tuple[str, ...] = ()
    late_words: tuple[str, ...] = ()
    default_text: str = ""
    privacy: str = "anonymous"


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row in our words. Moments are aware, in UTC; text fields are trimmed; missing is None or empty."""

    id: str
    received_at: datetime
    due_at: datetime | None
    first_answered_at: datetime | None
    closed_at: datetime | None
    state: str
    verdict: str
    title: str
    text: str
    answer: str
    category: str
    unit: str
    district: str
    village: str
    place_words: str
    lat: float | None
    lon: float | None
    channel: str
    privacy: str


def fold(name: str) -> str:
    """Return a column's name for comparing: case, outer and doubled spaces and a byte order mark do not matter."""
    return " ".join(name.replace("\ufeff", "").split()).casefold()


def _choice(data: MappingType[str, Any], section: str, key: str, default: str, allowed: tuple[str, ...]) -> str:
    value = str(data.get(section, {}).get(key, default))
    if value not in allowed and not value.startswith("="):
        choices = ", ".join(allowed)
        raise BadMapping(
            f"[{section}] {key}",
            f"{value!r} tidak dikenal; pilih: {choices}.",
            f"{value!r} is unknown; use: {choices}.",
        )
    return value


def _words(data: MappingType[str, Any], section: str, key: str = "words") -> dict[str, str]:
    found = data.get(section, {}).get(key, {})
    if not isinstance(found, dict):
        raise BadMapping(f"[{section}.{key}]", "harus berupa tabel kata = kata.", "must be a table word = word.")
    return {str(word).strip().casefold(): str(meaning) for word, meaning in found.items()}


def _columns(data: MappingType[str, Any]) -> dict[str, tuple[str, ...]]:
    given = data.get("columns", {})
    columns = {
        name: tuple(fold(str(column)) for column in (value if isinstance(value, list) else [value]))
        for name, value in given.items()
        if value
    }
    for name in REQUIRED:
        if name not in columns:
            raise BadMapping(
                "[columns]",
                f'kolom {name!r} wajib: tulis {name} = "nama kolom di berkas".',
                f'{name!r} is compulsory: write {name} = "column in the file".',
            )
    return columns


def _source_name(source: MappingType[str, Any]) -> str:
    name = str(source["name"]).strip()
    if len(name) > NAME_LENGTH:
        raise BadMapping(
            "[source] name", f"paling banyak {NAME_LENGTH} huruf.", f"at most {NAME_LENGTH} characters, please."
        )
    return name


def _delimiter(source: MappingType[str, Any]) -> str:
    found = {"tab": "\t", "\\t": "\t"}.get(str(source.get("delimiter", "")), str(source.get("delimiter", "")))
    if len(found) > 1:
        raise BadMapping("[source] delimiter", 'satu tanda saja, misalnya ";".', 'one character, such as ";".')
    return found


def _dates(source: MappingType[str, Any]) -> tuple[str, ...]:
    given = source.get("dates", [])
    formats = tuple(str(form) for form in ([given] if isinstance(given, str) else given))
    for form in formats:
        try:
            good = form == "unix" or bool(datetime.strptime(datetime(2025, 1, 2, tzinfo=UTC).strftime(form), form))  # noqa: DTZ007
            good = good and (form == "unix" or "%" in form)
        except ValueError:
            good = False
        if not good:
            raise BadMapping(
                "[source] dates",
                f'{form!r} bukan format; tulis misalnya "%d/%m/%Y %H:%M" atau "unix".',
                f'{form!r} is no format; write for example "%d/%m/%Y %H:%M" or "unix".',
            )
    return formats


def _points(place: MappingType[str, Any]) -> tuple[tuple[float, float], ...]:
    try:
        return tuple((float(lat), float(lon)) for lat, lon in place.get("no_place_at", []))
    except (TypeError, ValueError) as error:
        raise BadMapping(
            "[place] no_place_at", "tulis [[lintang, bujur], …].", "write [[latitude, longitude], …]."
        ) from error


def parse_mapping(text: str) -> Mapping:
    """Return the mapping that a TOML text describes.

    :raises BadMapping: for unknown sections, keys, fields, states or time zones, each named.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadMapping("TOML", f"berkas tidak dapat dibaca ({error}).", f"cannot be read ({error}).") from error
    for section, keys in data.items():
        if section not in SECTIONS:
            known = ", ".join(SECTIONS)
            raise BadMapping(
                f"[{section}]", f"bagian tidak dikenal; ada: {known}.", f"unknown section; known: {known}."
            )
        if not isinstance(keys, dict):
            raise BadMapping(section, f"tulis [{section}] sebagai bagian.", f"write it as a section [{section}].")
        for key in keys:
            if key not in SECTIONS[section]:
                known = ", ".join(sorted(SECTIONS[section]))
                raise BadMapping(
                    f"[{section}] {key}", f"kunci tidak dikenal; ada: {known}.", f"unknown key; known: {known}."
                )
    source = data.get("source", {})
    if not source.get("name"):
        raise BadMapping("[source] name", 'beri nama sumber, misalnya "kota-x-2025".', "name the source.")
    zone = str(source.get("time_zone", "Asia/Jakarta"))
    try:
        ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise BadMapping("[source] time_zone", f"{zone!r} tidak dikenal.", f"{zone!r} is unknown.") from error
    state_words = _words(data, "state")
    for word, meaning in state_words.items():
        if meaning not in STATES:
            raise BadMapping(
                f"[state.words] {word}",
                f"{meaning!r} bukan status; pilih: {', '.join(STATES)}.",
                f"{meaning!r} is no state; use: {', '.join(STATES)}.",
            )
    place = data.get("place", {})
    return Mapping(
        name=_source_name(source),
        columns=_columns(data),
        encoding=str(source.get("encoding", "utf-8")),
        delimiter=_delimiter(source),
        time_zone=zone,
        dates=_dates(source),
        empty=("", *(str(word) for word in source.get("empty", []))),
        state_words=state_words,
        state_unknown=_choice(data, "state", "unknown", "open", (*STATES, "reject")),
        category_words=_words(data, "category"),
        category_unknown=_choice(data, "category", "unknown", "create", ("create", "reject", "default")),
        category_kind=_choice(
            data,
            "category",
            "kind",
            "complaint",
            ("complaint", "complaint_oversight", "aspiration", "information_request"),
        ),
        category_default=str(data.get("category", {}).get("default", "")),
        unit_words=_words(data, "unit"),
        unit_unknown=_choice(data, "unit", "unknown", "create", ("create", "reject", "central")),
        unit_default=str(data.get("unit", {}).get("default", "")),
        outside=_choice(data, "place", "outside", "keep", ("keep", "drop", "reject")),
        no_place_at=_points(place),
        village_words=_words(data, "place", "village_words"),
        promise=_choice(data, "promise", "from", "column" if "due_at" in data.get("columns", {}) else "ours", PROMISES),
        channel_words=_words(data, "channel"),
        channel_default=str(data.get("channel", {}).get("default", "import")),
        on_time_words=tuple(str(word).casefold() for word in data.get("verdict", {}).get("on_time", [])),
        late_words=tuple(str(word).casefold() for word in data.get("verdict", {}).get("late", [])),
        default_text=str(data.get("defaults", {}).get("text", "")),
        privacy=_choice(data, "defaults", "privacy", "anonymous", ("anonymous", "secret")),
    )


def missing_columns(mapping: Mapping, header: list[str]) -> list[str]:
    """Return the columns that the mapping names and the file, whose folded names are given, does not have."""
    return [name for names in mapping.columns.values() for name in names if name not in header]


PLAIN, PLAIN_LENGTH = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S"), 19


def _read_moment(text: str, formats: tuple[str, ...]) -> tuple[datetime, bool]:
    """Return the moment as it stands there, and whether it is a day without a time."""
    english = LETTERS.sub(lambda word: MONTHS.get(word[0].casefold(), word[0]), text)
    for form in formats:
        try:
            if form == "unix":
                return datetime.fromtimestamp(float(text), tz=UTC), False
            if form in PLAIN and len(text) == PLAIN_LENGTH:
                # the commonest forms have a reader of their own, five times as quick
                return datetime.fromisoformat(text), False
            return datetime.strptime(english, form), not any(  # noqa: DTZ007 - the caller sets the zone
                sign in form for sign in ("%H", "%I", "%T", "%X", "%c")
            )
        except (ValueError, OverflowError, OSError):
            continue
    return datetime.fromisoformat(text), len(text) <= len("2026-11-25") and "T" not in text


def parse_moment(text: str, *, formats: tuple[str, ...], zone: ZoneInfo, end_of_day: bool = False) -> datetime:
    """Return the moment written in ``text``, in UTC; without an offset it is local to ``zone``.

    ISO 8601 is always understood, and ``unix`` seconds where the formats name them. A day without a time is its first
    moment, or with ``end_of_day`` its last second.
    :raises ValueError: if none of the formats fits.
    """
    moment, is_day = _read_moment(text, formats)
    if is_day and end_of_day:
        moment += timedelta(days=1, seconds=-1)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def _number(text: str, name: str) -> float | None:
    if not text:
        return None
    try:
        return float(text.replace(",", ".") if text.count(",") == 1 and "." not in text else text)
    except ValueError as error:
        raise BadRow(f"{name} bukan angka: {text[:40]!r}.", f"{name} is not a number: {text[:40]!r}.") from error


def read_row(mapping: Mapping, values: MappingType[str, str | None], *, zone: ZoneInfo) -> Row:
    """Return one row of the file in our words.

    :raises BadRow: with the reason, when a compulsory value is missing or something cannot be read.
    """

    def text_of(name: str) -> str:
        parts = [(values.get(column) or "").strip() for column in mapping.columns.get(name, ())]
        return " · ".join(part for part in parts if part not in mapping.empty)

    texts = {name: text_of(name) for name in FIELDS}
    if not texts["id"]:
        raise BadRow("Nomor baris kosong.", "The id is empty.")
    if len(texts["id"]) > 60:
        raise BadRow("Nomor lebih dari 60 huruf.", "The id has more than 60 letters.")
    if any("\x00" in value for value in texts.values()):
        raise BadRow("Ada huruf nol (NUL).", "It holds a null byte.")
    moments: dict[str, datetime | None] = {}
    for name in DATES:
        try:
            moments[name] = (
                parse_moment(texts[name], formats=mapping.dates, zone=zone, end_of_day=name == "due_at")
                if texts[name]
                else None
            )
        except (ValueError, OverflowError) as error:
            raise BadRow(
                f"{name}: tanggal tidak dapat dibaca: {texts[name][:40]!r}.",
                f"{name}: unreadable date: {texts[name][:40]!r}.",
            ) from error
    received_at = moments["received_at"]
    if received_at is None:
        raise BadRow("Tanggal diterima kosong.", "The date of receipt is empty.")
    verdict = texts["verdict"].casefold()
    state = _state(mapping, texts["state"], closed=moments["closed_at"] is not None)
    if state in ENDED and moments["closed_at"] is None and moments["first_answered_at"] is None:
        raise BadRow("Status selesai, tetapi tanggal selesai kosong.", "The state is ended, but no date says when.")
    return Row(
        id=texts["id"],
        received_at=received_at,
        due_at=moments["due_at"],
        first_answered_at=moments["first_answered_at"],
        closed_at=moments["closed_at"],
        state=state,
        verdict="on_time" if verdict in mapping.on_time_words else "late" if verdict in mapping.late_words else "",
        title=texts["title"],
        text=texts["text"] or mapping.default_text or texts["title"],
        answer=texts["answer"],
        category=texts["category"],
        unit=texts["unit"],
        district=texts["district"],
        village=texts["village"],
        place_words=texts["place_words"],
        lat=_number(texts["lat"], "lat"),
        lon=_number(texts["lon"], "lon"),
        channel=mapping.channel_words.get(texts["channel"].casefold(), mapping.channel_default)[:12],
        privacy=mapping.privacy,
    )


def _state(mapping: Mapping, word: str, *, closed: bool) -> str:
    if not word:
        return "done_silent" if closed else "open"
    state = mapping.state_words.get(word.strip().casefold(), mapping.state_unknown)
    if state == "reject":
        raise BadRow(f"Status {word[:40]!r} tidak ada di pemetaan.", f"The mapping has no state {word[:40]!r}.")
    return state
