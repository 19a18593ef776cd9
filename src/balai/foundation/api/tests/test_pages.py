"""The page for programmers, the document, and the staff's page of keys."""

from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse

from balai.foundation.api import actions, queries, root, views
from balai.foundation.api.contributions import ApiRoutes, ApiScope, Protocol
from balai.foundation.api.keys import find_key
from balai.foundation.api.models import ApiKey
from balai.foundation.calendar import clock
from balai.foundation.events.models import Event
from balai.foundation.events.rules import SYSTEM
from balai.foundation.identity.models import User

pytestmark = pytest.mark.django_db


class Grant:
    post_id = 5


class Editor:
    """The authority of somebody who may change settings."""

    def may(self, permission: str, **where: Any) -> bool:
        return permission == "settings.edit"

    def grants_for(self, permission: str) -> tuple[Grant, ...]:
        return (Grant(),) if permission == "settings.edit" else ()


class Nobody(Editor):
    def may(self, permission: str, **where: Any) -> bool:
        return False

    def grants_for(self, permission: str) -> tuple[Grant, ...]:
        return ()


@pytest.fixture
def scope(monkeypatch: pytest.MonkeyPatch) -> None:
    scopes = (ApiScope(name="open311", label="Open311"),)
    monkeypatch.setattr(queries, "contributions", lambda kind: scopes)


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What a page of keys was drawn with, without drawing the frame around it."""
    from django.http import HttpResponse

    seen: dict[str, Any] = {}

    def render(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        seen.update(context, template=template)
        return HttpResponse(status=status)

    monkeypatch.setattr(views, "render", render)
    return seen


def request_of(authority: Any, data: dict[str, Any] | None = None) -> HttpRequest:
    factory = RequestFactory()
    request = factory.get("/settings/api-keys/") if data is None else factory.post("/settings/api-keys/", data)
    request.user = User.objects.create(email=f"u{User.objects.count()}@kota.example", name="U", created_at=clock.now())
    request.authority = authority  # type: ignore[attr-defined]
    return request


def test_the_document_is_openapi_3_1_with_problems_everywhere(client: Client) -> None:
    response = client.get("/api/openapi.json")
    document = response.json()
    assert document["openapi"].startswith("3.1")
    assert document["info"]["title"] == "Balai"
    assert "Problem" in document["components"]["schemas"]
    assert response["Access-Control-Allow-Origin"] == "*"
    assert client.get("/api/openapi.json", headers={"If-None-Match": response["ETag"]}).status_code == 304


def test_rooms_put_their_routes_under_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    routes = (ApiRoutes(prefix="test", router="balai.foundation.api.tests.addresses.router"),)
    monkeypatch.setattr(root, "contributions", lambda kind: routes if kind is ApiRoutes else ())
    document = root.document(root.build_api())
    assert {"/api/test/things", "/api/test/fail/{how}"} <= set(document["paths"])
    answers = document["paths"]["/api/test/things"]["get"]["responses"]
    assert set(answers) == {200, "default"}
    assert "application/problem+json" in answers["default"]["content"]


def test_the_page_for_programmers_needs_no_sign_in_and_no_script(client: Client) -> None:
    response = client.get("/api/", headers={"Accept-Language": "en"})
    body = response.content.decode()
    assert response.status_code == 200
    assert 'id="bad-cursor"' in body
    assert reverse("api:openapi") in body
    assert "cdn" not in body.lower()


def test_the_page_names_the_standards_that_rooms_speak(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    spoken = (Protocol(label="Open311 GeoReport v2", address="/open311/discovery.json", text="Send reports."),)
    monkeypatch.setattr(queries, "contributions", lambda kind: spoken if kind is Protocol else ())
    body = client.get("/api/", headers={"Accept-Language": "en"}).content.decode()
    assert '<a href="/open311/discovery.json">Open311 GeoReport v2</a>' in body


def test_keys_are_for_those_who_may_change_settings(client: Client) -> None:
    from django.core.exceptions import PermissionDenied

    address = reverse("api:keys")
    assert client.get(address).status_code == 302
    for data in (None, {"name": "A", "scopes": ["open311"], "per_minute": 1}):
        with pytest.raises(PermissionDenied):
            views.keys(request_of(Nobody(), data))
    with pytest.raises(PermissionDenied):
        views.revoke(request_of(Nobody(), {}), "00000000")
    assert not ApiKey.objects.exists()


@pytest.mark.usefixtures("scope")
def test_a_key_is_made_and_shown_once(shown: dict[str, Any]) -> None:
    request = request_of(Editor(), {"name": "Aplikasi warga", "scopes": ["open311"], "per_minute": "60"})
    response = views.keys(request)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    key = find_key(shown["made"].token)
    assert key is not None
    assert (key.name, key.scopes, key.per_minute) == ("Aplikasi warga", ["open311"], 60)
    event = Event.objects.get(stream="api-keys")
    assert (event.actor_kind, event.actor_id, event.post_id) == ("staff", request.user.pk, 5)
    views.keys(request_of(Editor()))
    assert shown["made"] is None


@pytest.mark.usefixtures("scope")
@pytest.mark.parametrize(
    "wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["nothing"]}, {"per_minute": "0"}, {"per_minute": "many"}]
)
def test_what_is_missing_is_said_and_no_key_made(shown: dict[str, Any], wrong: dict[str, Any]) -> None:
    data = {"name": "Aplikasi", "scopes": ["open311"], "per_minute": "60", **wrong}
    response = views.keys(request_of(Editor(), data))
    assert response.status_code == 422
    assert set(shown["form"].errors) == set(wrong)
    assert not ApiKey.objects.exists()


def test_working_keys_come_first() -> None:
    made = [actions.create_key(name=name, scopes=["open311"], actor=SYSTEM, at=clock.now()) for name in "abc"]
    actions.revoke_key(prefix=made[2].key.prefix, actor=SYSTEM, at=clock.now())
    assert [key.name for key in queries.all_keys()] == ["b", "a", "c"]


@pytest.mark.usefixtures("scope")
def test_the_page_shows_every_key_but_no_secret(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    made = actions.create_key(name="Aplikasi <warga>", scopes=["open311"], actor=SYSTEM, at=clock.now())
    old = actions.create_key(name="Lama", scopes=["open311"], actor=SYSTEM, at=clock.now())
    actions.revoke_key(prefix=old.key.prefix, actor=SYSTEM, at=clock.now())
    monkeypatch.setattr(views, "_editor", lambda request: SYSTEM)
    user = User.objects.create(email="u@kota.example", name="U", created_at=clock.now())
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={})
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    body = client.get(reverse("api:keys"), headers={"Accept-Language": "en"}).content.decode()
    assert "Aplikasi &lt;warga&gt;" in body
    assert made.key.prefix in body
    assert made.token not in body
    assert reverse("api:revoke", args=[made.key.prefix]) in body
    assert reverse("api:revoke", args=[old.key.prefix]) not in body
    revoked = client.post(reverse("api:revoke", args=[made.key.prefix]))
    assert revoked.status_code == 302
    assert find_key(made.token) is None
    assert client.post(reverse("api:revoke", args=[made.key.prefix])).status_code == 404
