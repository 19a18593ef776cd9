"""Open311 GeoReport v2: our nouns in its words and its two formats. The addresses are in ``open311_views``.

Source: Open311 GeoReport v2 (2011), http://wiki.open311.org/GeoReport_v2.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec
from lxml import etree

from balai.engines.cases.models import Category
from balai.modules.complaints.queries.open311 import Changed, Found

SPECIFICATION = "http://wiki.open311.org/GeoReport_v2"
CONTENT_TYPES = {"xml": "text/xml; charset=utf-8", "json": "application/json; charset=utf-8"}
# our answer kinds in its words
DATATYPES = {
    "text": "text",
    "string": "string",
    "number": "number",
    "datetime": "datetime",
    "choice": "singlevaluelist",
}


def wire_moment(moment: datetime | None) -> str | None:
    """Return a moment as ``2026-11-25T04:10:00Z``."""
    return None if moment is None else moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def service(category: Category, *, english: bool) -> dict[str, Any]:
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


def definition(category: Category, *, english: bool) -> dict[str, Any]:
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


def request(found: Found, *, english: bool) -> dict[str, Any]:
    """Return one matter as a service request; only what the public may read."""
    case, category = found.case, found.case.category
    return {
        "service_request_id": case.reference,
        "status": "open" if case.is_open else "closed",
        "status_notes": found.state.label_en if english else found.state.label_id,
        "service_name": category.name_en if english else category.name_id,
        "service_code": category.slug,
        "description": case.public_text,
        "agency_responsible": found.unit_name,
        "service_notice": found.notice,
        "requested_datetime": wire_moment(case.received_at),
        "updated_datetime": wire_moment(case.updated_at if case.is_open else case.closed_at),
        "expected_datetime": wire_moment(case.promised_at),
        "address": case.place_words or None,
        "address_id": None,
        "zipcode": None,
        "lat": case.public_lat,
        "long": case.public_lon,
        "media_url": found.media_url,
    }


def discovery(changed: Changed, *, base: str) -> dict[str, Any]:
    """Return the discovery document; its change moment moves with the list of services."""
    moment = wire_moment(changed.at)
    return {
        "changeset": moment,
        "contact": changed.contact or base,
        "key_service": changed.contact or base,
        "endpoints": [
            {
                "specification": SPECIFICATION,
                "url": f"{base}/open311/v2",
                "changeset": moment,
                "type": "test" if changed.is_example else "production",
                "formats": ["text/xml", "application/json"],
            }
        ],
    }


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
