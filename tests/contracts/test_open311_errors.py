"""Open311 GeoReport v2: what cannot be answered, in both formats."""

import json

import pytest
from django.test import Client

from balai.engines.cases.models import Case
from tests.contracts.conftest import make_key
from tests.contracts.open311_client import BASE, FORM, error_of, post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "city")]


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/services/none", "service_code was not found"),
        ("/requests/26-AAAA-AAAA", "service_request_id was not found"),
        ("/requests/a.b c", "service_request_id was not found"),
        ("/tokens/none", "token was not found"),
    ],
)
def test_unknown_things_are_404(client: Client, form: str, address: str, words: str) -> None:
    assert error_of(client.get(f"{BASE}{address}.{form}")) == (404, words)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_wrong_jurisdiction_is_404_everywhere_and_the_right_one_is_ignored(
    client: Client, key: str, form: str
) -> None:
    for address in ("/services", "/services/lamp", "/requests", "/discovery"):
        assert error_of(client.get(f"{BASE}{address}.{form}", {"jurisdiction_id": "boston.gov"}))[0] == 404
        assert client.get(f"{BASE}{address}.{form}", {"jurisdiction_id": "35.73"}).status_code == 200
    assert error_of(post(client, key, form=form, jurisdiction_id="boston.gov"))[0] == 404


@pytest.mark.parametrize("form", ["json", "xml"])
def test_a_missing_or_wrong_key_is_403(client: Client, form: str) -> None:
    for wrong in ("-", "", "salah", make_key(scopes=("read",))):
        assert error_of(post(client, wrong, form=form))[0] == 403
    assert not Case.objects.exists()


@pytest.mark.parametrize("form", ["json", "xml"])
@pytest.mark.parametrize(
    ("fields", "code", "words"),
    [
        ({"service_code": "-"}, 400, "service_code was not provided"),
        ({"service_code": ""}, 400, "service_code was not provided"),
        ({"service_code": "none"}, 404, "service_code was not found"),
        ({"lat": "-", "long": "-"}, 400, "was not provided"),
        ({"lat": "-"}, 400, "together"),
        ({"lat": "utara"}, 400, "numbers"),
        ({"lat": "nan"}, 400, "numbers"),
        ({"lat": "0", "long": "0"}, 400, ""),
        ({"lat": "91"}, 400, ""),
        ({"description": "a" * 4_001}, 400, "4001"),
        ({"description": ""}, 400, ""),
        ({"phone": "123"}, 400, ""),
    ],
)
def test_what_cannot_be_taken_says_why(  # noqa: PLR0917 - fixtures and a table
    client: Client, key: str, form: str, fields: dict[str, str], code: int, words: str
) -> None:
    status, description = error_of(post(client, key, form=form, **fields))
    assert (status, words in description) == (code, True), description
    assert not Case.objects.exists()


def test_four_thousand_characters_fit(client: Client, key: str) -> None:
    assert post(client, key, description="a" * 4_000).status_code == 200


@pytest.mark.parametrize(
    "parameters",
    [
        {"status": "half"},
        {"start_date": "yesterday"},
        {"start_date": "0001-01-01T00:00:00Z"},
        {"end_date": "9999-12-31T23:59:59Z"},
        {"start_date": "2026-11-02T00:00:00Z", "end_date": "2026-11-01T00:00:00Z"},
    ],
)
def test_searches_that_cannot_be_read_are_400(client: Client, parameters: dict[str, str]) -> None:
    assert error_of(client.get(f"{BASE}/requests.json", parameters))[0] == 400


def test_an_unknown_service_in_a_search_is_404(client: Client) -> None:
    assert error_of(client.get(f"{BASE}/requests.xml", {"service_code": "none"}))[0] == 404


def test_another_content_type_is_415(client: Client, key: str) -> None:
    answer = client.post(f"{BASE}/requests.json", json.dumps({"api_key": key}), content_type="application/json")
    assert error_of(answer)[0] == 415


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"description": "a" * 3_000_000}, 413),
        ({"description": "a\x00b"}, 400),
        ({f"f{number}": "1" for number in range(600)}, 400),
    ],
)
def test_what_no_view_could_read_is_turned_away(client: Client, key: str, fields: dict[str, str], code: int) -> None:
    assert post(client, key, **fields).status_code == code
    assert not Case.objects.exists()


def test_beyond_the_limit_is_429_with_the_seconds_to_wait(client: Client) -> None:
    key = make_key(per_minute=2)
    assert [post(client, key).status_code for _ in range(2)] == [200, 200]
    answer = post(client, key, form="xml")
    assert error_of(answer)[0] == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60


@pytest.mark.parametrize("address", ["/services", "/services/lamp", "/requests/X", "/tokens/X", "/discovery"])
def test_other_methods_are_405_and_name_the_right_ones(client: Client, address: str) -> None:
    answer = client.post(f"{BASE}{address}.json", "", content_type=FORM)
    assert error_of(answer)[0] == 405
    assert answer.headers["Allow"] == "GET, HEAD"
    deleted = client.delete(f"{BASE}/requests.xml")
    assert error_of(deleted)[0] == 405
    assert deleted.headers["Allow"] == "GET, HEAD, POST"


def test_head_is_get_without_words(client: Client) -> None:
    answer = client.head(f"{BASE}/services.json")
    assert (answer.status_code, answer.content) == (200, b"")
