"""What an Open311 client asks for, read from its parameters. Pure: no rows, no formats.

Source: Open311 GeoReport v2 (2011), http://wiki.open311.org/GeoReport_v2.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

MAX_DESCRIPTION = 4_000
MAX_SPAN = timedelta(days=90)
MAX_REQUESTS = 1_000
# moments outside these years are mistakes, and sums with them leave the calendar
YEARS = range(1970, 2201)
LINE_BREAK = re.compile(r"<br\s*/?>|</(?:p|div|li|h[1-6])\s*>", re.IGNORECASE)
# a tag begins with a letter or a slash: "suhu < 5 dan > 3" stays as it is
TAG = re.compile(r"</?[a-zA-Z][^<>]*>|<!--.*?-->", re.DOTALL)


class Refused(Exception):
    """A call that cannot be answered; ``code`` is the HTTP status."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code = code
        self.description = description


@dataclass(frozen=True, kw_only=True)
class Search:
    """What GET requests looks for. ``ids`` overrides everything else; moments are aware, ``end`` included."""

    ids: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    start: datetime
    end: datetime
    statuses: frozenset[str] = frozenset({"open", "closed"})


def comma_list(text: str | None) -> tuple[str, ...]:
    """Return the members of a comma list, trimmed, without empty ones."""
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _moment(text: str, name: str) -> datetime:
    try:
        # "+" of an offset arrives as a space when a client forgot to encode it
        moment = datetime.fromisoformat(text.replace(" ", "+") if " " in text and "T" in text else text)
    except ValueError as error:
        raise Refused(400, f"{name} is not an ISO 8601 time: {text[:40]}") from error
    if moment.year not in YEARS:
        raise Refused(400, f"{name} lies outside the years {YEARS[0]} to {YEARS[-1]}: {text[:40]}")
    # a time without an offset is taken as UTC, and a bare date as its first moment
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_search(parameters: Mapping[str, str], *, at: datetime) -> Search:
    """Return what a client looks for. An empty parameter is a missing one; at most 90 days, by default the last.

    :raises Refused: 400 for a time or status that cannot be read, or a span the wrong way round.
    """
    given = {name: value.strip() for name, value in parameters.items() if value.strip()}
    statuses = comma_list(given.get("status"))
    unknown = [status for status in statuses if status not in ("open", "closed")]
    if unknown:
        raise Refused(400, f"status must be open or closed, not {unknown[0][:40]}")
    end = _moment(given["end_date"], "end_date") if "end_date" in given else None
    start = _moment(given["start_date"], "start_date") if "start_date" in given else None
    if start is None:
        start = (end or at) - MAX_SPAN
    if end is None:
        end = min(start + MAX_SPAN, at) if start <= at else start + MAX_SPAN
    if start > end:
        raise Refused(400, "start_date is after end_date")
    # a longer span is cut to the newest 90 days rather than refused: old clients ask for years
    start = max(start, end - MAX_SPAN)
    return Search(
        ids=comma_list(given.get("service_request_id")),
        services=comma_list(given.get("service_code")),
        start=start,
        end=end,
        statuses=frozenset(statuses) or frozenset({"open", "closed"}),
    )


def read_description(text: str) -> str:
    """Return a description as plain text: tags go, the words between them stay.

    :raises Refused: 400 beyond 4,000 characters.
    """
    plain = TAG.sub("", LINE_BREAK.sub("\n", text)).strip()
    if len(plain) > MAX_DESCRIPTION:
        raise Refused(400, f"description has {len(plain)} characters, at most {MAX_DESCRIPTION} are taken")
    return plain


def read_place(parameters: Mapping[str, str]) -> tuple[float | None, float | None]:
    """Return latitude and longitude of a POST, or nothing when it names none.

    :raises Refused: 400 if only one is there or either is no number.
    """
    lat, lon = parameters.get("lat", "").strip(), parameters.get("long", "").strip()
    if not lat and not lon:
        return None, None
    if not lat or not lon:
        raise Refused(400, "lat and long must be given together")
    try:
        place = float(lat), float(lon)
    except ValueError as error:
        raise Refused(400, "lat and long must be numbers") from error
    if not all(math.isfinite(part) for part in place):
        raise Refused(400, "lat and long must be numbers")
    return place


def _check_value(code: str, datatype: str, value: str) -> None:
    try:
        if datatype == "number" and not math.isfinite(float(value)):
            raise ValueError
        if datatype == "datetime":
            datetime.fromisoformat(value)
    except ValueError as error:
        wanted = "number" if datatype == "number" else "ISO 8601 time"
        raise Refused(400, f"attribute[{code}] is not a {wanted}: {value[:40]}") from error


def read_answers(parameters: Mapping[str, Sequence[str]], questions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the answers to a service's questions: ``attribute[code]`` or ``attribute[code][]`` for several.

    :raises Refused: 400 for a compulsory question without an answer, a value that is not on its list, or several
        values where one fits.
    """
    answers: dict[str, Any] = {}
    for question in questions:
        if not question.get("variable", True):
            continue
        code, datatype = str(question["code"]), str(question.get("datatype", "string"))
        names = (f"attribute[{code}]", f"attribute[{code}][]")
        values = [value.strip() for name in names for value in parameters.get(name, ()) if value.strip()]
        if not values:
            if question.get("required"):
                raise Refused(400, f"attribute[{code}] was not provided")
            continue
        allowed = {str(value["key"]) for value in question.get("values", [])}
        for value in values:
            if allowed and value not in allowed:
                raise Refused(400, f"attribute[{code}] knows no value {value[:40]}")
            _check_value(code, datatype, value)
        if datatype == "multivaluelist":
            answers[code] = values
        elif len(values) > 1:
            raise Refused(400, f"attribute[{code}] takes one value")
        else:
            answers[code] = values[0]
    return answers
