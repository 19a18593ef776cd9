"""The frame around every page: what it shows, what it costs, what it refuses."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.utils import translation

from balai.foundation.limits.actions import TooMany
from balai.foundation.places.models import City
from balai.foundation.web import assets, checks, views
from balai.foundation.web.context import frame
from balai.foundation.web.contributions import SearchSection
from balai.foundation.web.middleware import RequestGuardMiddleware, tile_origin
from balai.foundation.web.models import Brand
from balai.foundation.web.queries import city_face, forget_city_face

SOURCE = Path(__file__).parents[3]
ROOM = Path(__file__).parents[1]


def test_the_frame_costs_one_query_and_then_none(city: City, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert city_face().service_name == "Balai Malang"
    with django_assert_num_queries(0):
        assert frame(RequestFactory().get("/"))["frame"].face.city_name == "Kota Malang"


def test_the_home_page_touches_no_session(city: City, client: Client, django_assert_max_num_queries: Any) -> None:
    with django_assert_max_num_queries(4) as queries:
        response = client.get("/accessibility/")
    assert response.status_code == 200
    assert not any("django_session" in query["sql"] for query in queries.captured_queries)
    assert len(queries.captured_queries) == 1
    assert not response.cookies


def test_without_a_brand_or_a_city_there_are_defaults(db: None) -> None:
    face = city_face()
    assert (face.exists, face.service_name) == (False, "Balai")
    forget_city_face()
    Brand.objects.create(service_name="Balai Baru")
    assert city_face().service_name == "Balai Baru"


def test_the_page_speaks_indonesian_unless_asked_otherwise(city: City, client: Client) -> None:
    response = client.get("/about/", headers={"accept-language": "en"})
    assert '<html lang="id" data-theme="auto">' in response.content.decode()
    assert "Data contoh – bukan data pemerintah." in response.content.decode()
    assert response["Content-Language"] == "id"
    client.post("/preferences/", {"language": "en", "theme": "dark", "next": "/about/"})
    response = client.get("/about/")
    assert '<html lang="en" data-theme="dark">' in response.content.decode()
    assert "Example data – not government data." in response.content.decode()


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_a_preference_leads_back_into_this_site_only(city: City, client: Client, target: str) -> None:
    response = client.post("/preferences/", {"theme": "purple", "next": target})
    assert response["Location"] == "/"
    assert "balai_theme" not in response.cookies


def test_the_theme_is_kept_for_ever_under_its_hash(city: City, client: Client) -> None:
    address = frame(RequestFactory().get("/"))["frame"].theme_url
    response = client.get(address)
    assert response["Content-Type"].startswith("text/css")
    assert "immutable" in response["Cache-Control"]
    assert "--b-brand:#0b5e63" in response.content.decode()
    assert client.get("/theme-old.css")["Cache-Control"] == "no-cache"
    Brand.objects.update(colour="#7a2e5d")
    forget_city_face()
    assert frame(RequestFactory().get("/"))["frame"].theme_url != address


def test_a_broken_colour_in_the_database_does_not_break_the_page(city: City, client: Client) -> None:
    Brand.objects.update(colour="nope")
    assert client.get("/favicon.svg").status_code == 200
    assert client.get(frame(RequestFactory().get("/"))["frame"].theme_url).status_code == 200


def test_the_mark_cannot_act_when_opened_alone(city: City, client: Client) -> None:
    response = client.get("/mark.svg")
    assert response["Content-Type"] == "image/svg+xml"
    assert response["Content-Security-Policy"].startswith("default-src 'none'")


def test_the_social_card_is_a_png_of_the_right_size(city: City, client: Client) -> None:
    content = client.get("/card.png").content
    assert content.startswith(b"\x89PNG")
    assert (int.from_bytes(content[16:20], "big"), int.from_bytes(content[20:24], "big")) == (1200, 630)


def test_health_says_what_is_missing(db: None, client: Client) -> None:
    response = client.get("/healthz")
    body = response.json()
    assert (response.status_code, body["ok"], body["missing"]) == (503, False, ["city"])


def test_health_is_good_with_a_city(city: City, client: Client) -> None:
    response = client.get("/healthz")
    body = response.json()
    assert (response.status_code, body["ok"], body["missing"]) == (200, True, [])


@pytest.mark.parametrize("path", ["/?q=%00", "/about/?%00=1", "/about%00/"])
def test_null_characters_are_turned_away(city: City, client: Client, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 400
    text = response.content.decode()
    assert "karakter nol" in text
    assert "null character" in text


def test_null_characters_in_forms_and_cookies_are_turned_away(city: City, client: Client) -> None:
    assert client.post("/preferences/", {"next": "/\x00"}).status_code == 400
    assert client.post("/preferences/", {"next": "x" * 60_000}).status_code == 400
    assert client.get("/about/?q=" + "x" * 5_000).status_code == 400
    client.cookies["balai_theme"] = "a\x00b"
    assert client.get("/about/").status_code == 400


def test_programs_get_a_problem_document_in_their_language(city: City, client: Client) -> None:
    response = client.get("/api/anything?q=%00", headers={"accept-language": "en"})
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["title"] == "We could not read this request"
    body = '{"text": "a\\u0000b"}'
    response = client.post("/api/anything", body, content_type="application/json")
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert response.json()["title"] == "Permintaan ini tidak dapat dibaca"


def test_a_broken_multipart_body_is_a_400_and_a_large_one_a_413(city: City, client: Client) -> None:
    broken = client.generic("POST", "/preferences/", b"x", content_type="multipart/form-data")
    assert broken.status_code == 400
    large = client.generic(
        "POST", "/preferences/", b"a=" + b"x" * 3_000_000, content_type="application/x-www-form-urlencoded"
    )
    assert large.status_code == 413
    assert "terlalu besar" in large.content.decode()


def test_a_page_opened_the_wrong_way_says_so(city: City, client: Client) -> None:
    response = client.post("/robots.txt")
    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
    assert "Alamat ini tidak dapat dipakai seperti itu" in response.content.decode()


def test_a_missing_page_says_it_in_both_languages(city: City, client: Client) -> None:
    response = client.get("/no-such-page/")
    text = response.content.decode()
    assert response.status_code == 404
    assert "Halaman ini tidak ada" in text
    assert '<div class="b-other" lang="en">' in text
    assert "This page is not here" in text


@pytest.mark.parametrize(("language", "other"), [("en", "Halaman ini tidak ada"), ("id", "This page is not here")])
def test_whoever_chose_a_language_reads_no_other(city: City, client: Client, language: str, other: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
    text = client.get("/no-such-page/").content.decode()
    assert f'<html lang="{language}"' in text
    assert other not in text
    assert "b-other" not in text


@pytest.mark.parametrize(
    ("language", "said", "other"), [("en", "Something broke", "rusak"), ("id", "rusak", "Something")]
)
def test_a_fault_is_told_in_the_language_that_was_chosen(language: str, said: str, other: str) -> None:
    request = RequestFactory().get("/")
    request.COOKIES[settings.LANGUAGE_COOKIE_NAME] = language
    text = views.server_error(request).content.decode()
    assert f'<html lang="{language}"' in text
    assert said in text
    assert other not in text


def test_too_many_requests_say_when_to_return(city: City) -> None:
    guard = RequestGuardMiddleware(lambda request: None)  # type: ignore[arg-type, return-value]
    with translation.override("id"):
        response = guard.process_exception(RequestFactory().get("/"), TooMany(90))
    assert response is not None
    assert (response.status_code, response["Retry-After"]) == (429, "90")
    assert "Terlalu banyak sekaligus" in response.content.decode()


def test_forbidden_and_stale_forms_have_pages(city: City) -> None:
    request = RequestFactory().get("/")
    with translation.override("id"):
        assert "jabatan Anda" in views.permission_denied(request, PermissionDenied()).content.decode()
        assert "terlalu lama terbuka" in views.csrf_failure(request).content.decode()


def test_a_fault_on_our_side_needs_no_database(django_assert_num_queries: Any, db: None) -> None:
    with django_assert_num_queries(0):
        response = views.server_error(RequestFactory().get("/"))
    text = response.content.decode()
    assert response.status_code == 500
    assert "Ada yang rusak di pihak kami" in text
    assert "Something broke on our side" in text
    problem = views.server_error(RequestFactory().get("/api/x"))
    assert json.loads(problem.content)["status"] == 500


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("https://tile.example/{z}/{x}/{y}.png", "https://tile.example"),
        ("https://{s}.tile.example/{z}/{x}/{y}.png", "https://*.tile.example"),
        ("", ""),
        ("data:text/html,x", ""),
    ],
)
def test_only_the_host_of_the_street_map_is_let_in(address: str, origin: str) -> None:
    assert tile_origin(address) == origin


def test_the_content_policy_names_the_street_map(city: City, client: Client) -> None:
    assert "img-src 'self' data: blob:;" in client.get("/about/")["Content-Security-Policy"] + ";"
    Brand.objects.update(tile_url="https://tile.example/{z}/{x}/{y}.png")
    forget_city_face()
    assert "img-src 'self' data: blob: https://tile.example" in client.get("/about/")["Content-Security-Policy"]


def test_the_gallery_is_for_demonstrations_only(city: City, client: Client, settings: Any) -> None:
    settings.BALAI_DEMO = False
    assert client.get("/styleguide/").status_code == 404
    settings.BALAI_DEMO = True
    assert client.get("/styleguide/").status_code == 200
    assert client.get("/styleguide/desk/").status_code == 200


def test_the_brand_is_for_those_who_may(city: City, client: Client) -> None:
    response = client.get("/settings/brand/")
    assert response.status_code == 302


def _templates() -> list[Path]:
    return [path for path in SOURCE.rglob("templates/**/*.html") if "node_modules" not in path.parts]


def test_every_icon_in_use_is_fetched() -> None:
    allowed = checks.allowed_icons()
    # A name that depends on something (default:"circle-dot") counts as well.
    found = {
        (path.name, name)
        for path in _templates()
        for tag in re.findall(r"\{% icon (.*?) %\}", path.read_text("utf-8"))
        for name in re.findall(r'(?:^|default:)"([a-z0-9-]+)"', tag)
    }
    assert found
    assert {pair for pair in found if pair[1] not in allowed} == set()


def test_a_missing_sprite_leaves_the_words(monkeypatch: pytest.MonkeyPatch) -> None:
    from balai.foundation.web.templatetags.balai import icon

    monkeypatch.setattr(assets, "icons", dict)
    assert icon("house") == ""
    assert "Cari" in icon("search", label="Cari")


def test_no_template_breaks_the_content_policy() -> None:
    broken = [
        (path.name, match[0])
        for path in _templates()
        for match in re.finditer(
            # linked data is no script: no browser runs it
            r"""\sstyle\s*=\s*["']|\son[a-z]+\s*=\s*["']|<script(?! type="application/ld\+json">)(?![^>]*\ssrc=)""",
            path.read_text("utf-8"),
        )
    ]
    assert broken == []


def test_every_island_that_is_named_is_there() -> None:
    assert {path.stem for path in (ROOM / "static/web/islands").glob("*.js")} == {*assets.ISLANDS, "start"}


def test_what_the_frame_is_given_leads_somewhere() -> None:
    assert checks.check_contributions() == []


@pytest.mark.parametrize("find", ["balai.foundation.web.queries.no_such", "balai.no.such.room.find"])
def test_a_search_that_nobody_wrote_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch, find: str) -> None:
    section = SearchSection(label="Things", find=find)
    monkeypatch.setattr(checks, "contributions", lambda kind: [section] if kind is SearchSection else [])
    assert [problem.id for problem in checks.check_contributions()] == ["balai.E013"]
