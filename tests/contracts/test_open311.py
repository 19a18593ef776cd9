"""Open311 GeoReport v2, call by call, in both formats, as the specification words it."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree
from time_machine import Traveller

from balai.engines.cases.models import Case, Category
from balai.modules.complaints.queries.set_up import forget_set_up
from balai.modules.complaints.tests.small_city import SmallCity
from tests.contracts.conftest import make_key
from tests.contracts.open311_client import BASE, LAT, LON, error_of, listed, post, report, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "city")]


# discovery and services


@pytest.mark.parametrize("address", ["/open311/discovery", f"{BASE}/discovery"])
def test_discovery_in_both_formats(client: Client, address: str) -> None:
    found = client.get(f"{address}.json")
    assert found.headers["Content-Type"] == "application/json; charset=utf-8"
    document = found.json()
    assert set(document) == {"changeset", "contact", "key_service", "endpoints"}
    endpoint = document["endpoints"][0]
    assert endpoint["specification"] == "http://wiki.open311.org/GeoReport_v2"
    assert endpoint["url"].endswith("/open311/v2")
    assert endpoint["type"] == "production"
    assert endpoint["formats"] == ["text/xml", "application/json"]
    xml = client.get(f"{address}.xml")
    assert xml.headers["Content-Type"] == "text/xml; charset=utf-8"
    root = etree.fromstring(xml.content)
    assert root.tag == "discovery"
    assert root.findtext("changeset") == document["changeset"]
    assert [node.text for node in root.findall("endpoints/endpoint/formats/format")] == endpoint["formats"]


@pytest.mark.parametrize("change", ["edited", "switched_off", "added"])
def test_the_changeset_moves_with_the_services(client: Client, now: Traveller, change: str) -> None:
    before = client.get("/open311/discovery.json").json()["endpoints"][0]["changeset"]
    now.shift(timedelta(minutes=5))
    road = Category.objects.get(slug="road")
    if change == "added":
        Category.objects.create(slug="tree", name_id="Pohon", name_en="Tree", kind="complaint")
    else:
        road.name_id, road.active = "Jalan berlubang", change != "switched_off"
        road.save()
    forget_set_up()
    assert client.get("/open311/discovery.json").json()["endpoints"][0]["changeset"] > before


def test_services_in_both_formats(client: Client) -> None:
    rows = client.get(f"{BASE}/services.json").json()
    assert [row["service_code"] for row in rows] == ["road", "lamp", "service"]
    assert rows[0] == {
        "service_code": "road",
        "service_name": "Jalan rusak",
        "description": "Lubang, aspal mengelupas.",
        "metadata": False,
        "type": "realtime",
        "keywords": "jalan rusak,lubang,aspal",
        "group": "Jalan",
    }
    assert rows[1]["metadata"] is True
    root = etree.fromstring(client.get(f"{BASE}/services.xml").content)
    assert (root.tag, root[0].tag) == ("services", "service")
    assert [node.findtext("metadata") for node in root] == ["false", "true", "false"]
    assert root.attrib == {}


def test_services_speak_the_language_asked_for(client: Client) -> None:
    rows = client.get(f"{BASE}/services.json", headers={"Accept-Language": "en"}).json()
    assert rows[0]["service_name"] == "Damaged road"


def test_a_definition_in_both_formats(client: Client) -> None:
    found = client.get(f"{BASE}/services/lamp.json").json()
    assert found["service_code"] == "lamp"
    assert [row["code"] for row in found["attributes"]] == ["pole", "count"]
    assert found["attributes"][0] == {
        "variable": True,
        "code": "pole",
        "datatype": "string",
        "required": True,
        "datatype_description": "",
        "order": 1,
        "description": "Nomor tiang",
        "values": [],
    }
    assert found["attributes"][1]["values"] == [{"key": "one", "name": "Satu"}]
    root = etree.fromstring(client.get(f"{BASE}/services/lamp.xml").content)
    assert root.tag == "service_definition"
    assert root.findtext("service_code") == "lamp"
    assert [node.findtext("order") for node in root.findall("attributes/attribute")] == ["1", "2"]
    assert root.findtext("attributes/attribute/values/value/key") == "one"


def test_a_service_without_questions_has_an_empty_definition(client: Client) -> None:
    assert client.get(f"{BASE}/services/road.json").json() == {"service_code": "road", "attributes": []}


def test_codes_that_look_like_numbers_stay_strings(client: Client) -> None:
    Category.objects.create(
        slug="001",
        name_id="Satu",
        name_en="One",
        kind="complaint",
        questions=[{"code": 7, "datatype": "singlevaluelist", "values": [{"key": 1, "name_id": "Ya"}]}],
    )
    forget_set_up()
    assert b'"service_code":"001"' in client.get(f"{BASE}/services.json").content
    found = client.get(f"{BASE}/services/001.json").json()["attributes"][0]
    assert (found["code"], found["values"]) == ("7", [{"key": "1", "name": "Ya"}])


# one request and its two forms


def test_a_request_in_both_formats(client: Client) -> None:
    case = report(text="Jalan berlubang <b>besar</b> & dalam", place_words="Depan SDN 1")
    [found] = client.get(f"{BASE}/requests/{case.reference}.json").json()
    assert set(found) == {
        "service_request_id",
        "status",
        "status_notes",
        "service_name",
        "service_code",
        "description",
        "agency_responsible",
        "service_notice",
        "requested_datetime",
        "updated_datetime",
        "expected_datetime",
        "address",
        "address_id",
        "zipcode",
        "lat",
        "long",
        "media_url",
    }
    case.refresh_from_db()
    assert found["service_request_id"] == case.reference
    assert found["status"] == "open"
    assert found["service_code"] == "road"
    assert found["agency_responsible"] == "Dinas Pekerjaan Umum"
    assert found["requested_datetime"] == "2026-11-25T03:00:00Z"
    assert found["expected_datetime"] == f"{case.promised_at:%Y-%m-%dT%H:%M:%SZ}"
    assert found["address"] == "Depan SDN 1"
    assert isinstance(found["lat"], float)
    assert found["zipcode"] is found["address_id"] is found["media_url"] is None
    root = etree.fromstring(client.get(f"{BASE}/requests/{case.reference}.xml").content)
    assert (root.tag, root[0].tag) == ("service_requests", "request")
    assert root[0].findtext("description") == found["description"], "never escaped twice"
    assert len(root[0].find("zipcode")) == 0
    assert root[0].find("zipcode").text is None
    assert float(root[0].findtext("lat")) == found["lat"]


def test_a_closed_request_was_updated_when_it_was_closed(client: Client) -> None:
    case = report()
    ended = datetime(2026, 11, 26, 4, 5, 6, tzinfo=UTC)
    # a later look at the row must not move the moment
    Case.objects.filter(pk=case.pk).update(
        is_open=False, closed_at=ended, state="done_silent", state_class="done", updated_at=ended + timedelta(days=3)
    )
    [found] = client.get(f"{BASE}/requests/{case.reference}.json").json()
    assert (found["status"], found["updated_datetime"]) == ("closed", "2026-11-26T04:05:06Z")
    assert listed(client, status="closed") == [case.reference]
    assert listed(client, status="open") == []
    assert listed(client, status="open,closed") == [case.reference]


def test_control_characters_do_not_break_the_xml(client: Client) -> None:
    case = report(text="Jalan\x0b rusak\x1f.")
    etree.fromstring(client.get(f"{BASE}/requests/{case.reference}.xml").content)


def test_a_reference_is_found_however_it_is_typed(client: Client) -> None:
    case = report()
    typed = case.reference.lower().replace("-", "")
    assert client.get(f"{BASE}/requests/{typed}.json").json()[0]["service_request_id"] == case.reference


# find


def test_search_by_service_ids_and_dates(client: Client, now: Traveller) -> None:
    base = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
    old = report(at=base - timedelta(days=100)).reference
    road = report(at=base - timedelta(days=40)).reference
    lamp = report(category="lamp", answers={"pole": "7"}, at=base - timedelta(days=10)).reference
    assert listed(client) == [lamp, road]
    assert listed(client, service_code="lamp") == [lamp]
    assert listed(client, service_code="lamp, road") == [lamp, road]
    assert listed(client, start_date="2026-08-01T00:00:00Z", end_date="2026-09-01T00:00:00Z") == [old]
    assert listed(client, start_date="2026-11-01T00:00:00+07:00") == [lamp]
    assert listed(client, end_date="2026-11-01T00:00:00Z") == [road, old]
    # ids override everything else
    assert listed(client, service_request_id=f"{old},{lamp}", status="closed", service_code="road") == [lamp, old]


def test_a_span_is_cut_to_its_newest_ninety_days(client: Client) -> None:
    base = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
    inside = report(at=base - timedelta(days=89)).reference
    report(at=base - timedelta(days=91))
    assert listed(client, start_date="2020-01-01T00:00:00Z", end_date="2026-11-25T03:00:00Z") == [inside]


def test_at_most_a_thousand_requests_the_newest(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    from balai.modules.complaints.queries import open311 as reads
    from balai.modules.complaints.rules import open311 as rules

    assert (1_000, timedelta(days=90)) == (rules.MAX_REQUESTS, rules.MAX_SPAN)
    base = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    made = [report(at=base + timedelta(hours=hour)).reference for hour in range(5)]
    monkeypatch.setattr(reads, "MAX_REQUESTS", 3)
    assert listed(client) == made[:1:-1]


def test_a_list_costs_the_same_for_one_and_for_twenty(client: Client, django_assert_num_queries: Any) -> None:
    report()
    listed(client)
    with django_assert_num_queries(3):  # the count of this address, the matters with their categories, their photos
        listed(client)
    for _number in range(20):
        report()
    with django_assert_num_queries(3):
        assert len(listed(client)) == 21


EMPTY = st.dictionaries(
    st.sampled_from(["service_request_id", "service_code", "start_date", "end_date", "status", "jurisdiction_id"]),
    st.sampled_from(["", " ", "  ", "\t"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(empty=EMPTY)
def test_empty_means_missing(client: Client, empty: dict[str, str]) -> None:
    if not Case.objects.exists():
        report()
    assert listed(client, **empty) == listed(client)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parameters=st.dictionaries(
        st.sampled_from(["service_request_id", "service_code", "start_date", "end_date", "status", "jurisdiction_id"]),
        st.text(st.characters(exclude_characters="\x00", codec="utf-8"), max_size=30)
        | st.datetimes().map(datetime.isoformat)
        | st.dates().map(str),
    ),
    form=st.sampled_from(["json", "xml"]),
)
def test_whatever_is_asked_is_answered_in_the_format_asked_for(
    client: Client, parameters: dict[str, str], form: str
) -> None:
    response = client.get(f"{BASE}/requests.{form}", parameters)
    assert response.status_code in (200, 400, 404)
    if response.status_code == 200:
        json.loads(response.content) if form == "json" else etree.fromstring(response.content)
    else:
        error_of(response)


# what may be read


def test_secret_matters_are_never_listed(client: Client, key: str) -> None:
    secret = report(privacy="secret", name="Penanda Rahasia", phone="081234567890")
    assert listed(client) == []
    assert listed(client, service_request_id=secret.reference) == []
    assert error_of(client.get(f"{BASE}/requests/{secret.reference}.json"))[0] == 404
    assert error_of(client.get(f"{BASE}/tokens/{secret.reference}.xml"))[0] == 404


def test_positions_of_sensitive_categories_are_rounded(client: Client) -> None:
    Category.objects.filter(slug="road").update(sensitive=True)
    forget_set_up()
    case = report()
    [found] = client.get(f"{BASE}/requests/{case.reference}.json").json()
    assert (found["lat"], found["long"]) != (LAT, LON)
    assert (found["lat"], found["long"]) == pytest.approx((LAT, LON), abs=0.001)


def test_no_personal_data_leaves(client: Client, key: str) -> None:
    made = post(
        client,
        key,
        first_name="Penanda",
        last_name="Nama",
        email="penanda@contoh.example",
        phone="081234567890",
        description="Telepon saya 081234567890, penanda@contoh.example",
    )
    reference = made.json()[0]["service_request_id"]
    for address in (f"/requests/{reference}.json", f"/requests/{reference}.xml", "/requests.json", "/requests.xml"):
        content = client.get(BASE + address).content.decode()
        assert reference in content
        for marker in ("Penanda", "penanda@", "081234567890", "+6281234567890"):
            assert marker not in content


def test_any_origin_may_read(client: Client) -> None:
    for address in (
        "/open311/discovery.json",
        f"{BASE}/services.xml",
        f"{BASE}/requests.json",
        f"{BASE}/requests/X.json",
    ):
        assert client.get(address).headers["Access-Control-Allow-Origin"] == "*"
    asked = client.options(f"{BASE}/requests.json")
    assert asked.status_code == 204
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]
    assert "Idempotency-Key" in asked.headers["Access-Control-Allow-Headers"]


# create


def test_create_in_both_formats(client: Client, key: str) -> None:
    made = post(client, key)
    assert made.status_code == 200
    [answer] = made.json()
    assert set(answer) == {"service_request_id", "service_notice", "account_id"}
    case = Case.objects.get(reference=answer["service_request_id"])
    assert (case.channel, case.privacy, case.village.name) == ("open311", "anonymous", "Barat Daya")
    assert answer["service_notice"].count(case.reference) == 1
    root = etree.fromstring(post(client, key, form="xml").content)
    assert (root.tag, root[0].tag) == ("service_requests", "request")
    token = root[0].findtext("service_request_id")
    assert client.get(f"{BASE}/tokens/{token}.json").json() == [{"service_request_id": token, "token": token}]


def test_the_key_may_stand_in_the_header(client: Client, key: str) -> None:
    assert post(client, "-", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_a_form_with_a_file_part_is_read_too(client: Client, key: str) -> None:
    fields = {"service_code": "road", "lat": f"{LAT}", "long": f"{LON}", "description": "Lubang", "api_key": key}
    assert client.post(f"{BASE}/requests.json", fields).status_code == 200


def test_a_place_by_words_or_area_code(client: Client, key: str, city: SmallCity) -> None:
    village = city.villages["Barat Daya"]
    for place in ({"address_string": "Jl. Mawar 3, Barat Daya"}, {"address_id": village.code}):
        made = post(client, key, lat="-", long="-", **place)
        assert made.status_code == 200, made.content
        assert Case.objects.get(reference=made.json()[0]["service_request_id"]).village_id == village.pk


def test_html_becomes_plain_text(client: Client, key: str) -> None:
    text = "<p>Suhu < 5 & jalan <b>rusak</b><br>parah</p><script>x()</script>"
    made = post(client, key, description=text).json()[0]["service_request_id"]
    assert Case.objects.get(reference=made).text == "Suhu < 5 & jalan rusak\nparah\nx()"


def test_the_same_idempotency_key_gives_the_same_request(client: Client, key: str) -> None:
    first = post(client, key, headers={"Idempotency-Key": "a1"})
    again = post(client, key, headers={"Idempotency-Key": "a1"})
    other = post(client, key, headers={"Idempotency-Key": "a2"})
    foreign = post(client, make_key(), headers={"Idempotency-Key": "a1"})
    ids = [answer.json()[0]["service_request_id"] for answer in (first, again, other, foreign)]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 3
    assert first.content == again.content
    assert Case.objects.count() == 3


def test_attributes_required_and_from_lists(client: Client, key: str) -> None:
    lamp = {"service_code": "lamp"}
    assert error_of(post(client, key, **lamp)) == (400, "attribute[pole] was not provided")
    assert error_of(post(client, key, **lamp, **{"attribute[pole]": " "}))[0] == 400
    code, words = error_of(post(client, key, **lamp, **{"attribute[pole]": "7", "attribute[count]": "two"}))
    assert (code, "two" in words) == (400, True)
    made = post(client, key, **lamp, **{"attribute[pole]": "7", "attribute[count]": "one"}).json()
    assert Case.objects.get(reference=made[0]["service_request_id"]).answers == {"pole": "7", "count": "one"}


def test_attributes_of_every_datatype(client: Client, key: str) -> None:
    lists = [{"key": "a", "name_id": "A"}, {"key": "b", "name_id": "B"}]
    Category.objects.filter(slug="road").update(
        questions=[
            {"code": "many", "datatype": "multivaluelist", "values": lists},
            {"code": "size", "datatype": "number"},
            {"code": "seen", "datatype": "datetime"},
            {"code": "shown", "datatype": "string", "variable": False, "required": True},
        ]
    )
    forget_set_up()
    fields = {"service_code": "road", "lat": LAT, "long": LON, "description": "x", "api_key": key}
    good = {"attribute[many][]": ["a", "b"], "attribute[size]": "2.5", "attribute[seen]": "2026-11-25T10:00:00+07:00"}
    made = send(client, fields | good)
    assert made.status_code == 200, made.content
    assert Case.objects.get(reference=made.json()[0]["service_request_id"]).answers == {
        "many": ["a", "b"],
        "size": "2.5",
        "seen": "2026-11-25T10:00:00+07:00",
    }
    for bad in ({"attribute[size]": "nan"}, {"attribute[size]": "besar"}, {"attribute[seen]": "kemarin"}):
        assert error_of(send(client, fields | bad))[0] == 400
    assert error_of(send(client, fields | {"attribute[size]": ["1", "2"]}))[0] == 400


# errors
