"""Make forms, change their drafts, publish them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from balai.foundation.events.actions import append
from balai.foundation.events.rules import Actor
from balai.foundation.forms.events import FormPublished, stream_of
from balai.foundation.forms.models import Form, FormVersion
from balai.foundation.forms.rules.schema import (
    Problem,
    schema_from_json,
    schema_problems,
    schema_to_json,
)


class FormMovedOn(Exception):
    """Somebody else changed the form after the page was loaded; nothing was changed."""


class FormNotReady(Exception):
    """The form cannot work yet; nothing was published. ``problems`` name the places."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{each.path} {each.code} {each.other}".strip() for each in problems))
        self.problems = problems


def create_form(
    *, slug: str, label_id: str, label_en: str = "", unit_id: int | None, schema: Mapping[str, Any], at: datetime
) -> Form:
    """Make a form with a first draft.

    :raises BadSchema: if the draft is no form.
    """
    return Form.objects.create(
        slug=slug,
        label_id=label_id,
        label_en=label_en,
        unit_id=unit_id,
        draft=schema_to_json(schema_from_json(schema)),
        changed_at=at,
    )


@transaction.atomic
def save_draft(*, form_id: int, schema: Mapping[str, Any], expected_revision: int, at: datetime) -> Form:
    """Keep a new draft; the one before it stays for one step back.

    :raises FormMovedOn: if the form was changed since ``expected_revision``.
    :raises BadSchema: if the draft is no form; one that cannot work yet is kept all the same.
    """
    checked = schema_to_json(schema_from_json(schema))
    form = Form.objects.select_for_update(of=("self",)).get(pk=form_id)
    if form.revision != expected_revision:
        raise FormMovedOn
    form.before, form.draft = form.draft, checked
    form.revision += 1
    form.changed_at = at
    form.save(update_fields=["draft", "before", "revision", "changed_at"])
    return form


@transaction.atomic
def undo_draft(*, form_id: int, expected_revision: int, at: datetime) -> Form:
    """Take the last change of the draft back; doing it twice brings it again.

    :raises FormMovedOn: if the form was changed since ``expected_revision``, or there is nothing to take back.
    """
    form = Form.objects.select_for_update(of=("self",)).get(pk=form_id)
    if form.revision != expected_revision or form.before is None:
        raise FormMovedOn
    form.draft, form.before = form.before, form.draft
    form.revision += 1
    form.changed_at = at
    form.save(update_fields=["draft", "before", "revision", "changed_at"])
    return form


@transaction.atomic
def publish_form(*, form_id: int, actor: Actor, at: datetime, expected_revision: int | None = None) -> FormVersion:
    """Publish the draft as the next version, and return it; the one that is live when nothing changed.

    :raises FormNotReady: if the form cannot work.
    :raises FormMovedOn: if the draft was changed since ``expected_revision``.
    """
    form = Form.objects.select_for_update(of=("self",)).select_related("live").get(pk=form_id)
    if expected_revision is not None and form.revision != expected_revision:
        raise FormMovedOn
    if form.live is not None and form.live.schema == form.draft:
        return form.live
    schema = schema_from_json(form.draft)
    if problems := schema_problems(schema):
        raise FormNotReady(problems)
    version = FormVersion.objects.create(
        form=form,
        number=form.live.number + 1 if form.live else 1,
        schema=form.draft,
        published_at=at,
        published_by_id=actor.id if actor.kind == "staff" else None,
    )
    form.live = version
    form.save(update_fields=["live"])
    append(
        stream=stream_of(form.pk),
        event=FormPublished(form=form.slug, number=version.number, fields=sum(1 for _ in schema.fields())),
        actor=actor,
        at=at,
        public=True,
    )
    return version
