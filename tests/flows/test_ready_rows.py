"""Rows written by ready-made statements read back as saved ones do."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, models
from django.test.utils import isolate_apps

from balai.foundation.events.models import Event
from balai.foundation.files.models import Attachment
from balai.foundation.identity.models import Resident
from balai.foundation.jobs.models import Job
from balai.foundation.rows.insert import MANY, NotForReadyRows, insert_objects, insert_row, insert_rows

AT = datetime(2026, 11, 25, 23, 59, 59, 123456, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def _event(seq: int, **more: Any) -> dict[str, Any]:
    return {
        "stream": "rows:test",
        "seq": seq,
        "at": AT + timedelta(seconds=seq),
        "kind": "Tried",
        "actor_kind": "system",
        "actor_id": None,
        "post_id": None,
        "public": False,
        "data": {"words": 'a "quote", 100 %, a \\ and é', "n": seq},
        "previous_hash": "0" * 64,
        "hash": f"{seq:064d}",
        "delivered_at": None,
        **more,
    }


@pytest.mark.parametrize("count", [1, 3, MANY + 5])
@pytest.mark.parametrize("as_objects", [False, True])
def test_few_and_many_read_back_equal(count: int, as_objects: bool) -> None:
    given = [_event(seq) for seq in range(1, count + 1)]
    insert_rows(Event, [Event(**row) for row in given] if as_objects else given)
    read = Event.objects.filter(stream="rows:test").order_by("seq").values(*given[0])
    assert list(read) == given


def test_one_row_gets_its_key_and_encrypted_columns_stay_so(django_assert_num_queries: Any) -> None:
    row = Resident(name="Siti", email="siti@contoh.example", phone="", nik="", locale="id", created_at=AT)
    with django_assert_num_queries(1):
        insert_row(row)
    assert row.pk
    assert not row._state.adding
    read = Resident.objects.get(pk=row.pk)
    assert (read.email, read.created_at) == ("siti@contoh.example", AT)
    raw = Resident.objects.raw("SELECT id, email AS hidden FROM identity_resident WHERE id = %s", [row.pk])[0]
    assert "siti" not in raw.hidden


def test_several_objects_get_their_keys_each_its_own(django_assert_num_queries: Any) -> None:
    rows = [Attachment(size=size, content_type="image/jpeg", sha256="0" * 64, created_at=AT) for size in range(1, 4)]
    with django_assert_num_queries(1):
        insert_objects(rows)
    assert not any(row._state.adding for row in rows)
    read = Attachment.objects.in_bulk([row.pk for row in rows])
    assert [(read[row.pk].size, read[row.pk].key) for row in rows] == [(row.size, row.key) for row in rows]
    # as saving would have written them: another query finds them
    assert Attachment.objects.filter(key__in=[row.key for row in rows]).count() == 3


def test_nothing_in_a_json_column_is_null_as_saving_stores_it() -> None:
    insert_rows(Job, [Job(path="a.b", run_after=AT, created_at=AT)])
    assert Job.objects.filter(path="a.b", result__isnull=True).exists()


def test_constraints_hold_and_known_rows_are_passed_over() -> None:
    insert_rows(Event, [_event(1)])
    insert_rows(Event, [_event(1, kind="Second"), _event(2)], pass_over_known=True)
    insert_rows(Event, [_event(seq, stream="rows:many") for seq in range(2 * MANY + 1)], pass_over_known=True)
    assert Event.objects.filter(stream="rows:many").count() == 2 * MANY + 1
    assert list(Event.objects.filter(stream="rows:test").order_by("seq").values_list("seq", "kind")) == [
        (1, "Tried"),
        (2, "Tried"),
    ]
    with pytest.raises(IntegrityError):
        insert_rows(Event, [_event(2)])


@isolate_apps("balai.foundation.rows")
def test_a_model_that_only_saving_fills_is_refused() -> None:
    class Kept(models.Model):
        changed_at = models.DateTimeField(auto_now=True)

        class Meta:
            app_label = "rows"

    with pytest.raises(NotForReadyRows, match="changed_at"):
        insert_rows(Kept, [{}])
