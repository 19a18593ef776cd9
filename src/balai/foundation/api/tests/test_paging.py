"""Cursors are opaque, signed, and page without gaps or doubles."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.core.exceptions import BadRequest
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.api.models import ApiKey
from balai.foundation.api.paging import BadCursor, decode_cursor, encode_cursor, link_header, page_of, place_of

AT = datetime(2026, 11, 27, 7, 30, tzinfo=UTC)
_MOMENTS = st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC))


@given(st.none() | _MOMENTS, st.integers(0, 2**63 - 1))
def test_a_cursor_comes_back_as_it_went(moment: datetime | None, row_id: int) -> None:
    cursor = encode_cursor(moment, row_id)
    assert decode_cursor(cursor) == (moment, row_id)
    assert len(cursor) == 32


@given(st.text(max_size=60))
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(BadCursor) as refused:
        decode_cursor(text)
    assert refused.value.status == 400
    assert refused.value.kind == "bad-cursor"


@given(st.integers(0, 31), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"))
def test_a_changed_cursor_is_refused(position: int, letter: str) -> None:
    cursor = encode_cursor(AT, 17)
    changed = cursor[:position] + letter + cursor[position + 1 :]
    if changed == cursor:
        return
    with pytest.raises(BadCursor):
        decode_cursor(changed)


@given(st.none() | _MOMENTS, st.integers(0, 2**63 - 1), st.text(max_size=9), st.text(max_size=9))
def test_a_cursor_is_one_of_its_own_list_only(moment: datetime | None, row_id: int, one: str, other: str) -> None:
    cursor = encode_cursor(moment, row_id, of=one)
    assert place_of(cursor, of=one) == (moment, row_id)
    if other != one:
        assert place_of(cursor, of=other) is None
        with pytest.raises(BadCursor):
            decode_cursor(cursor, of=other)
    assert place_of(cursor[1:], of=one) is None


@pytest.mark.django_db
def test_pages_neither_skip_nor_repeat_while_rows_arrive(django_assert_num_queries: Any) -> None:
    # seven rows, several within one moment
    for number in range(7):
        ApiKey.objects.create(name=str(number), prefix=str(number), created_at=AT + timedelta(minutes=number // 3))
    seen: list[str] = []
    cursor = ""
    for _ in range(10):
        with django_assert_num_queries(1):
            page = page_of(ApiKey.objects.all(), moment_field="created_at", cursor=cursor, size=2)
        seen += [row.name for row in page.rows]
        ApiKey.objects.create(name="new", prefix=f"n{len(seen)}", created_at=AT + timedelta(hours=1))
        cursor = page.next_cursor
        if not cursor:
            break
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


@pytest.mark.django_db
def test_an_exactly_full_last_page_has_no_next() -> None:
    for number in range(4):
        ApiKey.objects.create(name=str(number), prefix=str(number), created_at=AT)
    first = page_of(ApiKey.objects.all(), moment_field="created_at", size=2)
    second = page_of(ApiKey.objects.all(), moment_field="created_at", size=2, cursor=first.next_cursor)
    assert (len(second.rows), second.next_cursor) == (2, "")


@pytest.mark.django_db
def test_a_list_by_moment_refuses_the_place_of_a_row_without_one() -> None:
    with pytest.raises(BadCursor):
        page_of(ApiKey.objects.all(), moment_field="created_at", cursor=encode_cursor(None, 3))


def test_on_a_page_for_people_a_bad_cursor_is_a_bad_request() -> None:
    assert issubclass(BadCursor, BadRequest)


def test_the_link_keeps_the_filters(settings: Any) -> None:
    settings.BALAI_BASE_URL = "https://kota.example"
    request = RequestFactory().get("/api/things", {"status": ["open", "closed"], "after": "old"})
    assert link_header(request, next="NEW") == {
        "Link": '<https://kota.example/api/things?status=open&status=closed&after=NEW>; rel="next"'
    }
    assert link_header(request, next="") == {}
