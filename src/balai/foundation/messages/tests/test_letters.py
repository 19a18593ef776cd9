"""The letters of the sign-in go the way of all messages."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.urls import reverse

from balai.foundation.calendar import clock
from balai.foundation.identity.models import User
from balai.foundation.identity.sign_in import NoSuchLetter, StaffAccountAdapter
from balai.foundation.messages.actions import send_queued
from balai.foundation.messages.models import DeliveryAttempt, OutboxMessage, Template

pytestmark = pytest.mark.django_db
LINK = re.compile(r"http://localhost:8000(/accounts/password/reset/key/\S+)")


@pytest.fixture(autouse=True)
def _counters(settings: Any) -> None:
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "letters"}}


def ask(email: str) -> None:
    answer = Client().post("/accounts/password/reset/", {"email": email})
    assert answer["Location"] == reverse("account_reset_password_done")


def test_a_forgotten_password_queues_a_letter_to_known_addresses_only(operator: User) -> None:
    ask("nobody@example.org")
    ask(operator.email)
    message = OutboxMessage.objects.get()
    assert (message.template, message.user_id, message.state, message.urgent) == (
        "password_link",
        operator.pk,
        "queued",
        True,
    )
    assert mail.outbox == []
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {OutboxMessage._meta.db_table}")
        stored = repr(cursor.fetchall())
    assert "/reset/key/" not in stored
    assert send_queued(at=clock.now()) == 1
    (letter,) = mail.outbox
    assert letter.to == [operator.email]
    assert letter.subject == "Pilih kata sandi baru"
    found = LINK.search(str(letter.body))
    assert found is not None
    assert Client().get(found[1]).status_code == 302
    message.refresh_from_db()
    assert message.secret_context == ""
    assert DeliveryAttempt.objects.get().outcome == "sent"


def test_the_citys_own_words_count(operator: User) -> None:
    Template.objects.create(
        slug="password_link", channel="email", locale="id", subject="Kata sandi Balai Kota", body="Buka {link} segera."
    )
    ask(operator.email)
    send_queued(at=clock.now())
    (letter,) = mail.outbox
    assert letter.subject == "Kata sandi Balai Kota"
    assert re.fullmatch(r"Buka http://\S+/ segera\.", str(letter.body).strip())


def test_a_link_that_no_longer_works_is_not_sent(operator: User) -> None:
    ask(operator.email)
    send_queued(at=clock.now() + timedelta(days=3, minutes=1))
    assert mail.outbox == []
    assert OutboxMessage.objects.get().state == "skipped"


def test_no_letter_goes_past_the_outbox() -> None:
    with pytest.raises(NoSuchLetter):
        StaffAccountAdapter().send_mail("account/email/password_changed", "ani@example.org", {})
    assert mail.outbox == []
