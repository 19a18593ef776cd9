"""Drafts change, published versions do not."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from balai.foundation.events.models import Event
from balai.foundation.events.rules import SYSTEM
from balai.foundation.forms import actions
from balai.foundation.forms.models import Form, FormVersion
from balai.foundation.forms.queries import published_form
from balai.foundation.forms.rules.schema import BadSchema, Problem

AT = datetime(2026, 11, 25, 3, tzinfo=UTC)
pytestmark = pytest.mark.django_db


def schema(*slugs: str) -> dict[str, Any]:
    fields = [{"slug": slug, "kind": "text", "label_id": slug.title()} for slug in slugs]
    return {"steps": [{"slug": "one", "label_id": "Satu", "fields": fields}]}


@pytest.fixture
def form() -> Form:
    return actions.create_form(slug="ktp", label_id="KTP", unit_id=None, schema=schema("name"), at=AT)


def test_a_version_is_published_once_and_stays(form: Form, django_assert_num_queries: Any) -> None:
    first = actions.publish_form(form_id=form.pk, actor=SYSTEM, at=AT)
    assert actions.publish_form(form_id=form.pk, actor=SYSTEM, at=AT) == first
    actions.save_draft(form_id=form.pk, schema=schema("name", "born"), expected_revision=0, at=AT)
    second = actions.publish_form(form_id=form.pk, actor=SYSTEM, at=AT)
    assert (first.number, second.number) == (1, 2)
    assert [field.slug for field in published_form(first.pk).schema.fields()] == ["name"]
    assert [field.slug for field in published_form(second.pk).schema.fields()] == ["name", "born"]
    with django_assert_num_queries(0):
        published_form(first.pk)
    assert Event.objects.filter(kind="FormPublished").count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        FormVersion.objects.filter(pk=first.pk).update(schema={})


def test_two_who_change_at_once_are_told(form: Form) -> None:
    actions.save_draft(form_id=form.pk, schema=schema("name", "a"), expected_revision=0, at=AT)
    with pytest.raises(actions.FormMovedOn):
        actions.save_draft(form_id=form.pk, schema=schema("name", "b"), expected_revision=0, at=AT)
    with pytest.raises(actions.FormMovedOn):
        actions.publish_form(form_id=form.pk, actor=SYSTEM, at=AT, expected_revision=0)
    form.refresh_from_db()
    assert [field["slug"] for field in form.draft["steps"][0]["fields"]] == ["name", "a"]


def test_one_step_back_and_forth(form: Form) -> None:
    actions.save_draft(form_id=form.pk, schema=schema("name", "a"), expected_revision=0, at=AT)
    back = actions.undo_draft(form_id=form.pk, expected_revision=1, at=AT)
    assert [field["slug"] for field in back.draft["steps"][0]["fields"]] == ["name"]
    again = actions.undo_draft(form_id=form.pk, expected_revision=2, at=AT)
    assert [field["slug"] for field in again.draft["steps"][0]["fields"]] == ["name", "a"]


def test_what_cannot_work_is_kept_but_not_published(form: Form) -> None:
    actions.save_draft(form_id=form.pk, schema=schema("name", "name"), expected_revision=0, at=AT)
    with pytest.raises(actions.FormNotReady) as refused:
        actions.publish_form(form_id=form.pk, actor=SYSTEM, at=AT)
    assert refused.value.problems == (Problem("name", "twice"),)
    assert not FormVersion.objects.exists()
    with pytest.raises(BadSchema):
        actions.save_draft(form_id=form.pk, schema={"steps": "x"}, expected_revision=1, at=AT)
