"""Counting on a real database."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from balai.foundation.limits.actions import TooMany, check_count, check_limit, count_up, forget_old_windows
from balai.foundation.limits.models import RateCounter

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 27, 7, 30, 15, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def test_counting_is_one_statement_and_counts_each_key_and_window_apart(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(3):
        assert [count_up(key="a", per=MINUTE, at=AT) for _ in range(3)] == [1, 2, 3]
    assert count_up(key="b", per=MINUTE, at=AT) == 1
    assert count_up(key="a", per=MINUTE, at=AT + MINUTE) == 1
    assert count_up(key="a", per=HOUR, at=AT) == 1
    assert count_up(key="a", per=MINUTE, at=AT) == 4


def test_windows_of_two_lengths_that_end_together_are_counted_apart() -> None:
    at = datetime(2026, 11, 27, 7, 59, 30, tzinfo=UTC)
    assert count_up(key="a", per=MINUTE, at=at) == 1
    assert count_up(key="a", per=HOUR, at=at) == 1


def test_beyond_the_limit_one_waits_for_the_next_window() -> None:
    for _ in range(2):
        check_limit(key="a", limit=2, per=MINUTE, at=AT)
    with pytest.raises(TooMany) as refused:
        check_limit(key="a", limit=2, per=MINUTE, at=AT)
    assert refused.value.retry_after == 45
    check_limit(key="a", limit=2, per=MINUTE, at=AT + timedelta(seconds=refused.value.retry_after))


def test_looking_at_a_count_does_not_count() -> None:
    for _ in range(3):
        check_count(key="a", limit=1, per=MINUTE, at=AT)
    count_up(key="a", per=MINUTE, at=AT)
    check_count(key="a", limit=2, per=MINUTE, at=AT)
    check_count(key="b", limit=1, per=MINUTE, at=AT)
    check_count(key="a", limit=1, per=HOUR, at=AT)
    with pytest.raises(TooMany) as refused:
        check_count(key="a", limit=1, per=MINUTE, at=AT)
    assert refused.value.retry_after == 45
    check_count(key="a", limit=1, per=MINUTE, at=AT + MINUTE)


def test_what_is_counted_is_not_readable_in_the_table() -> None:
    count_up(key="send-code:+6281234567890", per=MINUTE, at=AT)
    row = RateCounter.objects.get()
    assert "6281234567890" not in str(row)
    assert len(row.key) == 32


def test_keys_of_any_length_and_script_are_counted() -> None:
    long = "ꦏꦺꦴꦠ" * 200
    assert count_up(key=long, per=MINUTE, at=AT) == 1
    assert count_up(key=long, per=MINUTE, at=AT) == 2
    assert count_up(key=long + "x", per=MINUTE, at=AT) == 1


def test_windows_that_are_over_go_and_running_ones_stay() -> None:
    count_up(key="a", per=MINUTE, at=AT)
    count_up(key="a", per=HOUR, at=AT)
    assert forget_old_windows(at=AT + timedelta(seconds=44)) == 0
    assert forget_old_windows(at=AT + timedelta(seconds=45)) == 1
    assert forget_old_windows(at=AT + timedelta(seconds=45)) == 0
    assert count_up(key="a", per=HOUR, at=AT) == 2


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_all_counted() -> None:
    def count(_number: int) -> int:
        try:
            return count_up(key="a", per=MINUTE, at=AT)
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=8) as pool:
        assert sorted(pool.map(count, range(200))) == list(range(1, 201))


@pytest.mark.django_db(transaction=True)
def test_a_count_outside_a_transaction_waits_for_no_disk_and_changes_no_later_commit(
    django_assert_num_queries: Any,
) -> None:
    how = "PRAGMA synchronous" if connection.vendor == "sqlite" else "SHOW synchronous_commit"

    def setting() -> Any:
        with connection.cursor() as cursor:
            cursor.execute(how)
            return cursor.fetchone()

    before = setting()
    with django_assert_num_queries(1) as queries:
        assert count_up(key="a", per=MINUTE, at=AT) == 1
    light = "set_config('synchronous_commit', 'off', true)" in queries[0]["sql"]
    assert light is (connection.vendor == "postgresql")
    assert count_up(key="a", per=MINUTE, at=AT) == 2
    assert setting() == before


def test_a_count_inside_a_transaction_leaves_its_commit_as_it_is(django_assert_num_queries: Any) -> None:
    with transaction.atomic(), django_assert_num_queries(1) as queries:
        count_up(key="a", per=MINUTE, at=AT)
    assert "synchronous_commit" not in queries[0]["sql"]
