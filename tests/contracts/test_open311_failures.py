"""What is turned away before a view of Open311 sees it is still told in the asked format."""

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory

from balai.foundation.web import views
from tests.contracts.conftest import make_key
from tests.contracts.open311_client import BASE, FORM, error_of, send

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "city")]
FORMATS = pytest.mark.parametrize(("form", "kind"), [("xml", "text/xml"), ("json", "application/json")])


def has_form(response: Any, kind: str) -> bool:
    return str(response.headers["Content-Type"]).startswith(kind)


@FORMATS
def test_null_characters(client: Client, form: str, kind: str) -> None:
    asked = client.get(f"{BASE}/requests.{form}?status=open%00", headers={"accept-language": "en"})
    assert has_form(asked, kind)
    code, said = error_of(asked)
    assert code == 400
    assert "null character" in said
    sent = send(client, {"api_key": make_key(), "description": "a\x00b"}, form=form)
    assert has_form(sent, kind)
    assert error_of(sent)[0] == 400


@FORMATS
def test_bodies_that_are_too_large(client: Client, form: str, kind: str) -> None:
    body = b"description=" + b"x" * 3_000_000
    answer = client.generic("POST", f"{BASE}/requests.{form}", body, content_type=FORM)
    assert has_form(answer, kind)
    assert error_of(answer)[0] == 413


@FORMATS
def test_bodies_that_cannot_be_read(client: Client, form: str, kind: str) -> None:
    broken = client.generic(
        "POST", f"{BASE}/requests.{form}", b"--x\r\nnothing", content_type="multipart/form-data; boundary="
    )
    assert has_form(broken, kind)
    assert error_of(broken)[0] == 400
    encoded = client.generic(
        "POST", f"{BASE}/requests.{form}", b"description=a", content_type=f"{FORM}; charset=no-such-set"
    )
    assert has_form(encoded, kind)
    assert error_of(encoded)[0] in (400, 403)


@FORMATS
def test_addresses_that_do_not_exist(client: Client, form: str, kind: str) -> None:
    answer = client.get(f"{BASE}/nothing.{form}")
    assert has_form(answer, kind)
    assert error_of(answer)[0] == 404


def test_without_a_format_the_answer_is_xml(client: Client) -> None:
    assert has_form(client.get(f"{BASE}/nothing"), "text/xml")


@FORMATS
def test_what_broke_on_our_side(form: str, kind: str, django_assert_num_queries: Any) -> None:
    request: HttpRequest = RequestFactory().get(f"{BASE}/services.{form}")
    with django_assert_num_queries(0):
        answer = views.server_error(request)
    assert has_form(answer, kind)
    assert answer.status_code == 500


def test_the_api_beside_it_keeps_its_problem_documents(client: Client) -> None:
    answer = client.get("/api/anything?q=%00")
    assert answer.headers["Content-Type"] == "application/problem+json"
