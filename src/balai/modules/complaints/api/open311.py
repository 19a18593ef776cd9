"""Open311 GeoReport v2: our nouns in its words. Pure mapping; the addresses are in ``open311_views``.

Source: Open311 GeoReport v2 (2011), http://wiki.open311.org/GeoReport_v2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from lxml import etree

MAX_DESCRIPTION = 4_000
MAX_SPAN = timedelta(days=90)
MAX_REQUESTS = 1_000
SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CONTENT_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
# our answer kinds in its words
DATATYPES = {"text": "text", "string": "string", "number": "number", "datetime": "datetime", "choice": "singlevaluelist"}


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


def wire_moment(moment: datetime | None) -> str | None:
    """Return a moment as ``2026-11-25T04:10:00Z``."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def service(category: Any, *, english: bool) -> dict[str, Any]:
    """Return one service of the list."""
    named = "en" if english else "id"
    return {
        "service_code": category.slug,
        "service_name": getattr(category, f"name_{named}"),
        "description": getattr(category, f"description_{named}"),
        "metadata": bool(category.questions),
        "type": "realtime",
        "keywords": ",".join(category.keywords),
        "group": getattr(category, f"group_{named}"),
    }


def definition(category: Any, *, english: bool) -> dict[str, Any]:
    """Return the questions of one service."""
    named = "en" if english else "id"
    attributes = []
    for order, question in enumerate(category.questions, start=1):
        values = question.get("values", [])
        attributes.append(
            {
                "variable": question.get("variable", True),
                "code": str(question["code"]),
                "datatype": DATATYPES.get(question.get("datatype", "string"), question.get("datatype", "string")),
                "required": bool(question.get("required", False)),
                "datatype_description": question.get(f"hint_{named}", ""),
                "order": order,
                "description": question.get(f"description_{named}", ""),
                "values": [
                    {"key": str(value["key"]), "name": str(value.get(f"name_{named}", value["key"]))}
                    for value in values
                ],
            }
        )
    return {"service_code": category.slug, "attributes": attributes}


def request(
    case: Any, *, category: Any, unit_name: str, state_label: str, notice: str, media_url: str | None, english: bool
) -> dict[str, Any]:
    """Return one matter as a service request; only what the public may read."""
    return {
        "service_request_id": case.reference,
        "status": "open" if case.is_open else "closed",
        "status_notes": state_label,
        "service_name": category.name_en if english else category.name_id,
        "service_code": category.slug,
        "description": case.public_text,
        "agency_responsible": unit_name,
        "service_notice": notice,
        "requested_datetime": wire_moment(case.received_at),
        "updated_datetime": wire_moment(case.updated_at if case.is_open else case.closed_at),
        "expected_datetime": wire_moment(case.promised_at),
        "address": case.place_words or None,
        "address_id": None,
        "zipcode": None,
        "lat": case.public_lat,
        "long": case.public_lon,
        "media_url": media_url,
    }


def _comma_list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _moment(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+") if text.count(" ") and "T" in text else text)
    except ValueError as error:
        raise Refused(400, f"{name} is not an ISO 8601 time: {text[:40]}") from error
    # a time without an offset is taken as UTC, and a bare date as its first moment
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_search(parameters: Mapping[str, str], *, at: datetime) -> Search:
    """Return what a client looks for. An empty parameter is a missing one; at most 90 days, by default the last.

    :raises Refused: 400 for a time or status that cannot be read, or a span the wrong way round.
    """
    given = {name: value.strip() for name, value in parameters.items() if value.strip()}
    statuses = _comma_list(given.get("status"))
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
        ids=_comma_list(given.get("service_request_id")),
        services=_comma_list(given.get("service_code")),
        start=start,
        end=end,
        statuses=frozenset(statuses) or frozenset({"open", "closed"}),
    )


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
        return float(lat), float(lon)
    except ValueError as error:
        raise Refused(400, "lat and long must be numbers") from error


def read_answers(parameters: Mapping[str, Sequence[str]], questions: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return the answers to a service's questions: ``attribute[code]`` or ``attribute[code][]`` for several.

    :raises Refused: 400 for a compulsory question without an answer or a value that is not on its list.
    """
    answers: dict[str, Any] = {}
    for question in questions:
        code = str(question["code"])
        values = [value.strip() for value in parameters.get(f"attribute[{code}]", ()) if value.strip()]
        values += [value.strip() for value in parameters.get(f"attribute[{code}][]", ()) if value.strip()]
        if not values:
            if question.get("required"):
                raise Refused(400, f"attribute[{code}] was not provided")
            continue
        allowed = {str(value["key"]) for value in question.get("values", [])}
        wrong = [value for value in values if allowed and value not in allowed]
        if wrong:
            raise Refused(400, f"attribute[{code}] knows no value {wrong[0][:40]}")
        answers[code] = values if question.get("datatype") == "multivaluelist" else values[0]
    return answers


def to_json(value: Any) -> bytes:
    """Return the JSON form: lists stand bare, codes are strings, missing values null."""
    return msgspec.json.encode(value)


# how the members of a list are called in XML
MEMBERS = {
    "services": "service",
    "service_requests": "request",
    "attributes": "attribute",
    "values": "value",
    "endpoints": "endpoint",
    "formats": "format",
    "errors": "error",
}


def _xml_safe(text: str) -> str:
    # XML 1.0 knows no control characters but tab and line ends
    return "".join(letter for letter in text if letter >= " " or letter in "\t\n\r")


def _fill(element: Any, value: Any) -> None:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _fill(etree.SubElement(element, name), inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            _fill(etree.SubElement(element, MEMBERS[element.tag]), inner)
    elif isinstance(value, bool):
        element.text = "true" if value else "false"
    elif value is not None:
        element.text = _xml_safe(str(value))


def to_xml(root: str, value: Any) -> bytes:
    """Return the XML form under ``root``; no namespace, no attributes, missing values as empty elements."""
    element = etree.Element(root)
    _fill(element, value)
    written: bytes = etree.tostring(element, encoding="utf-8", xml_declaration=True)
    return written
