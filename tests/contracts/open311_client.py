"""How the tests of Open311 ask."""

from datetime import UTC, datetime
from typing import Any

from django.test import Client
from lxml import etree

from balai.engines.cases.models import Case
from balai.modules.complaints.actions import Submission, submit_report
from balai.modules.complaints.tests.small_city import IN_BARAT_DAYA

FORM = "application/x-www-form-urlencoded"
BASE = "/open311/v2"
LAT, LON = IN_BARAT_DAYA


def post(client: Client, key: str, *, form: str = "json", headers: dict[str, str] | None = None, **fields: str) -> Any:
    """Create a request as a client of the standard does."""
    sent = {"service_code": "road", "lat": f"{LAT:.6f}", "long": f"{LON:.6f}", "description": "Lubang.", "api_key": key}
    return send(
        client, {name: text for name, text in (sent | fields).items() if text != "-"}, form=form, headers=headers
    )


def send(client: Client, fields: dict[str, Any], *, form: str = "json", headers: dict[str, str] | None = None) -> Any:
    """POST exactly these fields; a list is sent as the same name several times."""
    from urllib.parse import urlencode

    body = urlencode(fields, doseq=True)
    return client.post(f"{BASE}/requests.{form}", body, content_type=FORM, headers=headers or {})


def error_of(response: Any) -> tuple[int, str]:
    """Return code and words of an error, having proved its shape in the format it came in."""
    if response.headers["Content-Type"].startswith("text/xml"):
        root = etree.fromstring(response.content)
        assert root.tag == "errors"
        assert [child.tag for child in root] == ["error"]
        found = {child.tag: child.text for child in root[0]}
    else:
        found = response.json()[0]
    assert list(found) == ["code", "description"]
    assert int(found["code"]) == response.status_code
    assert found["description"]
    return response.status_code, str(found["description"])


def report(**changes: Any) -> Case:
    """Take in a report by the common door."""
    fields: dict[str, Any] = {
        "text": "Jalan berlubang.",
        "category": "road",
        "channel": "web",
        "privacy": "anonymous",
        "lat": LAT,
        "lon": LON,
    }
    at = changes.pop("at", datetime(2026, 11, 25, 3, 0, tzinfo=UTC))
    return submit_report(submission=Submission(**(fields | changes)), at=at).case


def listed(client: Client, **parameters: str) -> list[str]:
    """Return the ids that a search finds."""
    response = client.get(f"{BASE}/requests.json", parameters)
    assert response.status_code == 200, response.content
    return [row["service_request_id"] for row in response.json()]
