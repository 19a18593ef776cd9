"""A client that other people wrote years ago, run against the live server: ``three`` 0.8."""

import itertools
import warnings
from datetime import date
from typing import Any

import pytest
from pytest_django.live_server_helper import LiveServer

from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.modules.complaints.tests.small_city import IN_BARAT_DAYA
from tests.contracts.conftest import make_key

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def three(live_server: LiveServer, city: Any) -> Any:
    """Return the client, pointed at the live server."""
    # it was written for Python 2 and is run as it is
    itertools.ifilter = filter  # type: ignore[attr-defined]
    with warnings.catch_warnings(action="ignore"):
        from three import Three

    client = Three(
        f"{live_server.url}/open311/v2/", discovery=f"{live_server.url}/open311/discovery.json", api_key=make_key()
    )
    yield client
    client.session.close()


def test_the_foreign_client_reads_and_writes(three: Any) -> None:
    assert three.discovery()["endpoints"][0]["specification"].endswith("GeoReport_v2")
    assert [row["service_code"] for row in three.services()] == ["road", "lamp", "service"]
    assert [row["code"] for row in three.services("lamp")["attributes"]] == ["pole", "count"]

    lat, lon = IN_BARAT_DAYA
    [made] = three.post(
        "road", lat=lat, long=lon, name="Siti Aminah", phone="0812-3456-7890", description="Lubang di depan pasar."
    )
    reference = made["service_request_id"]
    assert Case.objects.get().reference == reference
    [lamp] = three.post("lamp", lat=lat, long=lon, description="Padam.", **{"attribute[pole]": "12"})

    assert three.request(reference)[0]["description"] == "Lubang di depan pasar."
    assert three.token(reference) == [{"service_request_id": reference, "token": reference}]
    assert [row["service_request_id"] for row in three.requests("road")] == [reference]
    assert {row["service_request_id"] for row in three.requests(status="open")} == {
        reference,
        lamp["service_request_id"],
    }
    assert three.requests(status="closed") == []
    today = clock.now().date()
    found = three.requests(between=[date(today.year - 1, today.month, 1), date(today.year + 1, today.month, 1)])
    assert isinstance(found, list)
    assert len(three.requests(start=f"{today.month}-1-{today.year - 1}")) in (0, 2)


def test_the_foreign_client_reads_our_errors(three: Any) -> None:
    assert three.post("none", description="x") == [{"code": 404, "description": "service_code was not found"}]
    three.api_key = "salah"
    [error] = three.post("road", description="x", lat=0, long=0)
    assert error["code"] == 403
    assert three.request("26-XXXX-XXXX")[0]["code"] == 404
