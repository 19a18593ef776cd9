"""The daily letter to operators."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core import mail

from balai.foundation.jobs.models import Job
from balai.foundation.messages import actions
from balai.foundation.messages.actions import Draft
from balai.foundation.messages.digest import send_digest
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.messages.tests.conftest import AT

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def test_when_all_is_well_nobody_gets_a_letter(operator: Any, draft: Callable[..., Draft]) -> None:
    actions.queue_messages(drafts=[draft()], at=AT)
    actions.send_queued(at=AT)
    assert send_digest(at=AT + timedelta(minutes=5)) == 0


def test_every_operator_gets_one_letter_a_day_in_their_language(operator: Any, draft: Callable[..., Draft]) -> None:
    people = get_user_model().objects
    people.create(email="ana@example.org", name="Ana", locale="en", is_operator=True, created_at=AT)
    people.create(email="gone@example.org", name="Gone", is_operator=True, is_active=False, created_at=AT)
    people.create(email="officer@example.org", name="Officer", created_at=AT)
    actions.queue_messages(drafts=[draft(f"bad:{number}", template="nobody_wrote") for number in range(3)], at=AT)
    actions.send_queued(at=AT)
    Job.objects.create(path="a.b", status=Job.Status.FAILED, run_after=AT, created_at=AT, finished_at=AT)
    for hour in (1, 2):
        send_digest(at=AT + timedelta(hours=hour))
        actions.send_queued(at=AT + timedelta(hours=hour))
    letters = {letter.to[0]: letter for letter in mail.outbox}
    assert set(letters) == {"operator@example.org", "ana@example.org"}
    assert len(mail.outbox) == 2
    english = letters["ana@example.org"]
    assert english.subject == "Balai: 2 matters need your attention"
    assert "3 messages “nobody_wrote” failed: There are no words for this message" in english.body
    assert "Background jobs that failed at every try: 1" in english.body
    indonesian = letters["operator@example.org"]
    assert "3 pesan “nobody_wrote” gagal" in indonesian.body
    # the next day only what still is wrong
    assert send_digest(at=AT + timedelta(days=1, hours=1)) == 2


def test_what_was_sent_after_all_is_no_trouble(operator: Any, draft: Callable[..., Draft]) -> None:
    actions.queue_messages(drafts=[draft(template="nobody_wrote")], at=AT)
    actions.send_queued(at=AT)
    OutboxMessage.objects.update(template="verification_code")
    actions.send_again(message_id=OutboxMessage.objects.get().pk, by=operator, at=AT)
    actions.send_queued(at=AT)
    assert send_digest(at=AT + timedelta(hours=1)) == 0
