"""The address of outlines."""

import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from balai.foundation.places import actions
from balai.foundation.places.tests.cities import squares, written

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
ADDRESS = "/places/outlines/village.geojson"


@pytest.fixture
def version(tmp_path: Path) -> int:
    return actions.create_city(code="35.73", boundary=written(tmp_path, squares()), at=AT).boundary_version


def test_anybody_gets_outlines_in_one_query_once_they_are_ready(
    client: Client, version: int, django_assert_num_queries: Any
) -> None:
    first = client.get(ADDRESS)
    assert first.status_code == 200
    assert first["Content-Type"] == "application/geo+json"
    assert first["Cache-Control"] == "public, max-age=300"
    assert len(json.loads(first.content)["features"]) == 4
    with django_assert_num_queries(1):
        client.get(ADDRESS)


def test_with_the_edition_browsers_keep_them_for_good(client: Client, version: int) -> None:
    assert "immutable" in client.get(f"{ADDRESS}?v={version}")["Cache-Control"]
    assert "immutable" not in client.get(f"{ADDRESS}?v={version - 1}")["Cache-Control"]


def test_what_is_unchanged_is_not_sent_again(client: Client, version: int) -> None:
    tag = client.get(ADDRESS)["ETag"]
    answer = client.get(ADDRESS, HTTP_IF_NONE_MATCH=tag)
    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
    assert client.get("/places/outlines/district.geojson")["ETag"] != tag


def test_they_are_packed_for_those_who_unpack(client: Client, version: int) -> None:
    plain = client.get(ADDRESS)
    packed = client.get(ADDRESS, HTTP_ACCEPT_ENCODING="br, gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.content) == plain.content
    assert "Accept-Encoding" in packed["Vary"]


def test_other_levels_and_cities_not_made_yet_are_not_found(client: Client) -> None:
    assert client.get(ADDRESS).status_code == 404
    assert client.get("/places/outlines/province.geojson").status_code == 404
    assert client.post(ADDRESS).status_code == 405
