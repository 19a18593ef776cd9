"""The staff's pages of messages, and the demo's mailbox."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from balai.foundation.calendar import clock
from balai.foundation.events.models import Event
from balai.foundation.messages import actions, queries
from balai.foundation.messages.actions import Draft
from balai.foundation.messages.mailbox import MailboxBackend
from balai.foundation.messages.models import MailboxItem, OutboxMessage, Template
from balai.foundation.messages.tests.conftest import AT
from balai.foundation.messages.words import default_words, defaults

pytestmark = pytest.mark.django_db
State = OutboxMessage.State
EDIT = "/settings/messages/texts/verification_code/email/"
GOOD = {
    "subject_id": "{code} adalah kode Anda",
    "body_id": "Kode: {code}",
    "subject_en": "Your code: {code}",
    "body_en": "Code {code}, {base_url}",
}


@pytest.fixture
def editor(sign_in: Callable[..., Client], operator: Any) -> Client:
    return sign_in("messages.edit", user=operator)


PAGES = ["/settings/messages/", EDIT, "/settings/messages/outbox/"]
DOORS = [
    f"{EDIT}reset/",
    "/settings/messages/outbox/again/",
    "/settings/messages/outbox/1/again/",
    "/settings/messages/test/",
]


def test_only_with_the_permission(sign_in: Callable[..., Client]) -> None:
    client = sign_in("settings.edit")
    assert [client.get(page).status_code for page in PAGES] == [403] * 3
    assert [client.post(door).status_code for door in [EDIT, *DOORS]] == [403] * 5


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_pages_open(sign_in: Callable[..., Client], draft: Callable[..., Draft], language: str) -> None:
    actions.queue_messages(drafts=[draft()], at=AT)
    client = sign_in("messages.edit", language=language)
    assert [client.get(page).status_code for page in PAGES] == [200] * 3
    subject = default_words(defaults()["verification_code", "email"], locale=language).subject
    assert subject in client.get("/settings/messages/").content.decode()


def test_an_edit_counts_at_once(editor: Client, draft: Callable[..., Draft], operator: Any) -> None:
    actions.queue_messages(drafts=[draft("a")], at=AT)
    answer = editor.post(EDIT, GOOD)
    assert answer.status_code == 302
    actions.send_queued(at=AT)
    assert (mail.outbox[0].subject, mail.outbox[0].body) == ("123456 adalah kode Anda", "Kode: 123456")
    assert set(Template.objects.values_list("locale", "edited_by")) == {("id", operator.pk), ("en", operator.pk)}
    assert Event.objects.filter(kind="MessageWordsChanged", actor_id=operator.pk).count() == 1
    assert "last changed by Operator" in editor.get(EDIT).content.decode()
    assert editor.post(f"{EDIT}reset/").status_code == 302
    assert not Template.objects.exists()
    actions.queue_messages(drafts=[draft("b")], at=AT)
    actions.send_queued(at=AT)
    assert mail.outbox[1].subject == "Kode Anda: 123456"


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("id", "Pesan ini tidak mengenal {kode}. Yang dikenal: {code}, {base_url}. Tulisan Anda tersimpan."),
        ("en", "This message does not know {kode}. It knows: {code}, {base_url}. Your text is kept."),
    ],
)
def test_an_unknown_name_is_refused_by_name(sign_in: Callable[..., Client], language: str, told: str) -> None:
    client = sign_in("messages.edit", language=language)
    answer = client.post(EDIT, {**GOOD, "body_id": "Kode {kode}"})
    assert answer.status_code == 422
    page = answer.content.decode()
    assert told in page
    assert "Kode {kode}" in page
    assert not Template.objects.exists()


def test_a_preview_stores_nothing(editor: Client) -> None:
    answer = editor.post(EDIT, {**GOOD, "preview": "1"})
    assert answer.status_code == 200
    assert "‹code› adalah kode Anda" in answer.content.decode()
    assert not Template.objects.exists()


def test_saving_the_original_words_keeps_the_original(editor: Client) -> None:
    for (slug, channel), brought in defaults().items():
        page = f"/settings/messages/texts/{slug}/{channel}/"
        values = {
            f"{part}_{locale}": getattr(default_words(brought, locale=locale), part)
            for part in ("subject", "body")
            for locale in ("id", "en")
        }
        assert editor.post(page, values).status_code == 302, slug
    assert not Template.objects.exists()


def test_own_words_with_a_name_that_was_taken_away_can_be_mended(editor: Client, draft: Callable[..., Draft]) -> None:
    Template.objects.create(slug="verification_code", channel="email", locale="id", subject="{old}", body="{old}")
    assert "‹old›" in editor.get(EDIT).content.decode()
    actions.queue_messages(drafts=[draft()], at=AT)
    actions.send_queued(at=AT)
    assert OutboxMessage.objects.get().reason == "missing_words: verification_code {old}"


def test_an_action_refuses_unknown_names_too(operator: Any) -> None:
    from balai.foundation.messages.words import Words

    with pytest.raises(actions.UnknownNames) as refused:
        actions.change_words(
            slug="verification_code", channel="email", words={"id": Words("{kode}", "x")}, by=operator, at=AT
        )
    assert refused.value.names == ("kode",)


def test_an_unknown_message_is_not_found(editor: Client) -> None:
    assert editor.get("/settings/messages/texts/nothing/email/").status_code == 404


def test_the_log_shows_masked_addresses_and_reasons(editor: Client, draft: Callable[..., Draft]) -> None:
    actions.queue_messages(
        drafts=[draft("a"), draft("b", template="nobody_wrote_this", context={"reference": "MLG-2026-000123"})], at=AT
    )
    actions.send_queued(at=AT)
    page = editor.get("/settings/messages/outbox/").content.decode()
    assert "siti@" not in page
    assert "123456" not in page
    assert "s…@example.org" in page
    assert "MLG-2026-000123" in page
    assert "There are no words for this message" in page
    failed = editor.get("/settings/messages/outbox/?state=failed").content.decode()
    assert "verification_code" not in failed
    assert "nobody_wrote_this" in failed


def test_sending_again_from_the_log(editor: Client, draft: Callable[..., Draft]) -> None:
    actions.queue_messages(drafts=[draft()], at=AT)
    message = OutboxMessage.objects.get()
    again = reverse("messages:again", args=[message.pk])
    editor.post(again)
    assert not Event.objects.filter(kind="MessagesSentAgain").exists()
    OutboxMessage.objects.update(state=State.FAILED, reason="away: refused")
    assert "Send again" in editor.get("/settings/messages/outbox/").content.decode()
    assert editor.post(again).status_code == 302
    assert Event.objects.get(kind="MessagesSentAgain").data["message_id"] == message.pk
    actions.send_queued(at=clock.now())
    message.refresh_from_db()
    assert message.state == State.SENT
    OutboxMessage.objects.update(state=State.FAILED, reason="away: refused")
    editor.post("/settings/messages/outbox/again/")
    message.refresh_from_db()
    assert message.state == State.QUEUED


def test_a_test_message_to_oneself(editor: Client) -> None:
    answer = editor.post("/settings/messages/test/", follow=True)
    assert "operator@example.org" in answer.content.decode()
    actions.send_queued(at=clock.now())
    assert mail.outbox[0].to == ["operator@example.org"]


def test_the_log_has_pages(draft: Callable[..., Draft], django_assert_num_queries: Any) -> None:
    actions.queue_messages(drafts=[draft(f"event:{number}") for number in range(queries.PAGE * 2 + 5)], at=AT)
    with django_assert_num_queries(1):
        first, following = queries.outbox()
    second, third = queries.outbox(before=following)
    last, nothing = queries.outbox(before=third)
    assert [len(first), len(second), len(last), nothing] == [queries.PAGE, queries.PAGE, 5, None]
    ids = [line.message.pk for line in (*first, *second, *last)]
    assert ids == sorted(ids, reverse=True)
    assert len(set(ids)) == queries.PAGE * 2 + 5


def test_messages_about_a_matter(draft: Callable[..., Draft]) -> None:
    actions.queue_messages(drafts=[draft("a", subject_kind="case", subject_id=7), draft("b")], at=AT)
    assert [each.dedupe_key for each in queries.messages_about(subject_kind="case", subject_id=7)] == ["a"]


def test_no_mailbox_outside_a_demo(client: Client) -> None:
    MailboxItem.objects.create(at=AT, channel="email", recipient="siti@example.org", subject="x", body="x")
    assert client.get("/mailbox/").status_code == 404
    assert client.get(f"/mailbox/{MailboxItem.objects.get().pk}/").status_code == 404


def test_everybody_reads_the_demos_mailbox(
    client: Client, settings: Any, draft: Callable[..., Draft], mail_server: Any
) -> None:
    settings.BALAI_DEMO = True
    assert client.get("/mailbox/").status_code == 200
    settings.EMAIL_BACKEND = f"{MailboxBackend.__module__}.{MailboxBackend.__qualname__}"
    long = "x" * 300
    drafts = [draft(), draft("b", template="operator_digest", context={"count": long, "problems": "<b>http://a.id/"})]
    actions.queue_messages(drafts=drafts, at=AT)
    actions.send_queued(at=AT)
    page = client.get("/mailbox/").content.decode()
    assert "Kode Anda: 123456" in page
    letters = [client.get(f"/mailbox/{item.pk}/").content.decode() for item in MailboxItem.objects.order_by("id")]
    assert "siti@example.org" in letters[0]
    assert "&lt;b&gt;" in letters[1]
    assert '<a href="http://a.id/"' in letters[1]
    assert client.get("/mailbox/999999/").status_code == 404


def test_the_page_of_the_list_costs_few_queries(
    editor: Client, draft: Callable[..., Draft], django_assert_max_num_queries: Any
) -> None:
    actions.queue_messages(drafts=[draft(f"event:{number}") for number in range(60)], at=AT)
    editor.get("/settings/messages/outbox/")
    with django_assert_max_num_queries(8):
        editor.get("/settings/messages/outbox/")


def test_old_messages_wait_for_nobody(draft: Callable[..., Draft]) -> None:
    actions.queue_messages(drafts=[draft()], at=AT)
    assert queries.troubles(at=AT + timedelta(minutes=59)).late == 0
    assert queries.troubles(at=AT + timedelta(minutes=61)).late == 1
