"""Every failure is a problem of RFC 9457, in the caller's language, and tells nothing of our insides."""

import json
from typing import Any

import pytest
from django.test import Client

from balai.foundation.api import actions
from balai.foundation.api.problems import KINDS, TITLES
from balai.foundation.calendar import clock
from balai.foundation.events.rules import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.urls("balai.foundation.api.tests.addresses")]


@pytest.fixture
def token() -> str:
    return actions.create_key(name="Aplikasi", scopes=["things.write"], actor=SYSTEM, at=clock.now()).token


def problem(response: Any) -> dict[str, Any]:
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    body: dict[str, Any] = json.loads(response.content)
    assert body["status"] == response.status_code
    kind = body["type"].rpartition("#")[2]
    assert body["type"] == "about:blank" or kind in KINDS
    return body


@pytest.mark.parametrize(
    ("language", "title"), [("id", "Tidak ditemukan"), ("en-GB, en;q=0.8", "Not found"), ("fr", "Tidak ditemukan")]
)
def test_the_words_follow_the_caller(client: Client, language: str, title: str) -> None:
    response = client.get("/api/test/fail/404", headers={"Accept-Language": language})
    assert problem(response)["title"] == title
    assert "Accept-Language" in response["Vary"]
    assert response["Content-Language"] == ("en" if title == "Not found" else "id")


@pytest.mark.parametrize("status", [403, 404, 429, 500])
def test_failures_tell_nothing_of_our_insides(client: Client, status: int) -> None:
    response = client.get(f"/api/test/fail/{status}")
    assert response.status_code == status
    assert "secret" not in response.content.decode()
    assert problem(response)["instance"] == f"/api/test/fail/{status}"


def test_too_many_says_how_long_to_wait(client: Client) -> None:
    assert client.get("/api/test/fail/429")["Retry-After"] == "17"


def test_a_problem_of_a_room_keeps_its_members(client: Client) -> None:
    body = problem(client.get("/api/test/fail/409", headers={"Accept-Language": "en"}))
    assert (body["detail"], body["other"]) == ("There already.", "ABC")
    assert body["title"] == "This contradicts what is already there"


def test_bad_parameters_are_named_one_by_one(client: Client) -> None:
    response = client.get("/api/test/things?since=kemarin&size=banyak", headers={"Accept-Language": "en"})
    assert response.status_code == 422
    errors = {error["parameter"]: error["detail"] for error in problem(response)["errors"]}
    assert errors == {
        "since": "A moment as in 2026-11-27T14:30:00+07:00 is expected.",
        "size": "A whole number is expected.",
    }


def test_bad_fields_are_pointed_at(client: Client) -> None:
    response = client.post(
        "/api/test/things", {"size": "x"}, content_type="application/json", headers={"Accept-Language": "id"}
    )
    errors = {error["pointer"]: error["detail"] for error in problem(response)["errors"]}
    assert errors == {"#/name": "Ini belum diisi.", "#/size": "Harus berupa bilangan bulat."}


def test_a_body_that_is_not_json_is_a_problem(client: Client) -> None:
    response = client.post("/api/test/things", "{", content_type="application/json")
    assert response.status_code == 400
    problem(response)


def test_unknown_addresses_and_methods_are_problems(client: Client) -> None:
    assert problem(client.get("/api/nothing/here"))["title"] == TITLES[404]
    response = client.delete("/api/test/things")
    assert problem(response)["status"] == 405
    assert set(response["Allow"].split(", ")) == {"GET", "POST"}


def test_a_call_with_key_works_without_sign_in_or_form_token(token: str) -> None:
    client = Client(enforce_csrf_checks=True)
    response = client.post(
        "/api/test/things",
        {"name": "batu", "size": 3},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert response.json() == {"name": "batu", "by": "Aplikasi"}
    without = client.post("/api/test/things", {"name": "batu", "size": 3}, content_type="application/json")
    assert problem(without)["status"] == 401
    assert without["WWW-Authenticate"].startswith("Bearer")


def test_reads_are_open_to_any_website(client: Client) -> None:
    response = client.get("/api/test/things", headers={"Origin": "https://elsewhere.example"})
    assert response["Access-Control-Allow-Origin"] == "*"
    assert "Access-Control-Allow-Credentials" not in response
    assert response.json() == [{"moment": "2026-11-27T14:30:00+07:00", "name": "batu"}]
    asked = client.options("/api/test/things", headers={"Access-Control-Request-Method": "GET"})
    assert asked.status_code == 204
    assert "POST" not in asked["Access-Control-Allow-Methods"]


def test_writes_are_not_opened_to_other_websites(client: Client, token: str) -> None:
    response = client.post(
        "/api/test/things",
        {"name": "batu", "size": 3},
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert "Access-Control-Allow-Origin" not in response


def test_a_read_that_has_not_changed_is_not_sent_again(client: Client) -> None:
    first = client.get("/api/test/ready")
    assert first.json() == {"name": "batu"}
    assert first["Cache-Control"] == "public, max-age=60"
    again = client.get("/api/test/ready", headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_can_be_got_can_be_asked_for_without_its_body(client: Client) -> None:
    got = client.get("/api/test/things")
    asked = client.head("/api/test/things")
    assert (asked.status_code, asked.content) == (200, b"")
    assert asked["Content-Length"] == str(len(got.content))
    assert asked["Access-Control-Allow-Origin"] == "*"
