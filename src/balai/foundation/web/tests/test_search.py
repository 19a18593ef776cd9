"""The page behind the magnifying glass shows what rooms find, and nothing that a question smuggles in."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.foundation.web import search_views
from balai.foundation.web.contributions import SearchHit, SearchHits, SearchSection

pytestmark = pytest.mark.django_db


def find_things(*, words: str) -> SearchHits:
    if words == "nothing":
        return SearchHits()
    return SearchHits(hits=[SearchHit(title=f"Thing of {words}", url="/thing/", text="a line")], all_url="/all/?q=x")


@pytest.fixture
def one_section(monkeypatch: pytest.MonkeyPatch) -> None:
    section = SearchSection(label="Things", find=f"{__name__}.find_things")
    monkeypatch.setattr(search_views, "contributions", lambda _kind: [section])


def look(client: Client, **given: Any) -> str:
    answer = client.get(reverse("web:search"), given)
    assert answer.status_code == 200
    return answer.content.decode()


def test_what_rooms_find_stands_under_their_names(english: Client, one_section: None) -> None:
    page = look(english, q="  road   hole ")
    assert "Things" in page
    assert 'href="/thing/"' in page
    assert "Thing of road hole" in page
    assert 'href="/all/?q=x"' in page


def test_nothing_is_said_what_to_do(english: Client, one_section: None) -> None:
    assert "Nothing has these words" in look(english, q="nothing")
    empty = look(english)
    assert "Nothing has these words" not in empty
    assert "Things" not in empty


def test_a_question_is_text_and_has_an_end(english: Client, one_section: None) -> None:
    page = look(english, q="<script>alert(1)</script>" + "x" * 500)
    assert "<script>alert(1)" not in page
    assert f"Thing of {'&lt;script&gt;alert(1)&lt;/script&gt;' + 'x' * 55}<" in page
