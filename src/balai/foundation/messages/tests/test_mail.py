"""Real SMTP, with a server that misbehaves."""

import logging
import socket
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from balai.foundation.messages import actions
from balai.foundation.messages.actions import Draft
from balai.foundation.messages.models import DeliveryAttempt, OutboxMessage
from balai.foundation.messages.tests.conftest import AT, MailServer

pytestmark = pytest.mark.django_db
State = OutboxMessage.State
MINUTE = timedelta(minutes=1)
Maker = Callable[..., Draft]


@pytest.fixture
def message(draft: Maker, by_smtp: MailServer) -> OutboxMessage:
    actions.queue_messages(drafts=[draft()], at=AT)
    return OutboxMessage.objects.get()


def run(message: OutboxMessage, *, at: Any = AT) -> OutboxMessage:
    while actions.send_queued(at=at):
        pass
    message.refresh_from_db()
    return message


def test_a_mail_in_text_and_html(message: OutboxMessage, mail_server: MailServer) -> None:
    assert run(message).state == State.SENT
    (mail,) = mail_server.mails
    assert (mail["To"], mail["Subject"], mail["Content-Language"]) == ("siti@example.org", "Kode Anda: 123456", "id")
    text, html = (mail.get_body(preferencelist=(kind,)).get_content() for kind in ("plain", "html"))
    assert "123456" in text
    assert "<p>" in html
    assert 'lang="id"' in html


def test_values_cannot_become_markup_or_headers(draft: Maker, by_smtp: MailServer, mail_server: MailServer) -> None:
    evil = "<script>alert(1)</script>\nBcc: all@example.org"
    context = {"count": evil, "problems": evil}
    actions.queue_messages(drafts=[draft(template="operator_digest", context=context)], at=AT)
    run(OutboxMessage.objects.get())
    (mail,) = mail_server.mails
    assert mail["Bcc"] is None
    assert "<script>" not in mail.get_body(preferencelist=("html",)).get_content()


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "END"])
@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        ("451 4.7.1 grey: siti@example.org comes again", State.QUEUED, "later: 451"),
        ("550 5.1.1 <siti@example.org> no such person", State.FAILED, "refused: 550"),
    ],
)
def test_later_and_never(  # noqa: PLR0917 - pytest hands them in by name
    message: OutboxMessage,
    mail_server: MailServer,
    caplog: pytest.LogCaptureFixture,
    command: str,
    answer: str,
    state: str,
    reason: str,
) -> None:
    mail_server.answers[command] = answer
    with caplog.at_level(logging.DEBUG, logger="balai"):
        run(message)
    assert (message.state, message.sending_since, mail_server.received) == (state, None, [])
    assert message.reason.startswith(reason)
    assert "siti@" not in caplog.text + message.reason + DeliveryAttempt.objects.get().detail
    mail_server.answers.clear()
    run(message, at=AT + 2 * MINUTE)
    assert len(mail_server.mails) == (1 if state == State.QUEUED else 0)


@pytest.mark.parametrize("command", ["CONNECT", "EHLO", "MAIL", "RCPT"])
@pytest.mark.parametrize("misbehaviour", ["drop", "hang"])
def test_silence_before_the_text_is_tried_again(
    message: OutboxMessage, mail_server: MailServer, settings: Any, command: str, misbehaviour: str
) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    mail_server.answers |= {command: misbehaviour, "HELO": misbehaviour}
    run(message)
    assert (message.state, message.next_try_at >= AT + MINUTE) == (State.QUEUED, True)
    mail_server.answers.clear()
    assert run(message, at=AT + 2 * MINUTE).state == State.SENT
    assert len(mail_server.mails) == 1


@pytest.mark.parametrize("misbehaviour", ["drop", "hang"])
def test_silence_after_the_text_is_not_tried_again(
    message: OutboxMessage, mail_server: MailServer, settings: Any, misbehaviour: str
) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    mail_server.answers["END"] = misbehaviour
    run(message)
    assert message.state == State.FAILED
    assert message.reason.startswith("uncertain")
    # it has left indeed: a second try would have been a second letter
    assert len(mail_server.mails) == 1
    run(message, at=AT + timedelta(days=1))
    assert len(mail_server.mails) == 1


def test_a_rude_goodbye_does_not_matter(message: OutboxMessage, mail_server: MailServer) -> None:
    mail_server.answers["QUIT"] = "drop"
    assert run(message).state == State.SENT


def test_the_second_copy_has_the_id_of_the_first(
    message: OutboxMessage, mail_server: MailServer, settings: Any, operator: Any
) -> None:
    settings.EMAIL_TIMEOUT = 0.2
    mail_server.answers["END"] = "drop"
    run(message)
    mail_server.answers.clear()
    assert actions.send_again(message_id=message.pk, by=operator, at=AT + MINUTE)
    assert not actions.send_again(message_id=message.pk, by=operator, at=AT + MINUTE)
    assert run(message, at=AT + MINUTE).state == State.SENT
    first, second = mail_server.mails
    assert first["Message-ID"] == second["Message-ID"]


def test_a_dead_server_loses_nothing(draft: Maker, by_smtp: MailServer, mail_server: MailServer, settings: Any) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        settings.EMAIL_PORT = taken.getsockname()[1]  # bound, nobody listens: refused
        actions.queue_messages(drafts=[draft(f"event:{number}") for number in range(30)], at=AT)
        for minutes in range(6 * 60):
            while actions.send_queued(at=AT + minutes * MINUTE):
                pass
        tries = DeliveryAttempt.objects.count()
        # once a minute somebody knocks, whatever waits
        assert 30 < tries <= 6 * 60
        assert set(OutboxMessage.objects.values_list("state", flat=True)) == {State.QUEUED}
    settings.EMAIL_PORT = mail_server.port
    for hours in range(6, 24):
        while actions.send_queued(at=AT + timedelta(hours=hours)):
            pass
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {State.SENT}
    assert len(mail_server.mails) == 30
    assert len({mail["Message-ID"] for mail in mail_server.mails}) == 30


def test_eight_tries_then_a_person(message: OutboxMessage, mail_server: MailServer, operator: Any) -> None:
    mail_server.answers["RCPT"] = "451 later"
    moment, pauses = AT, []
    while message.state == State.QUEUED:
        run(message, at=moment)
        if message.next_try_at:
            pauses.append(round((message.next_try_at - moment) / MINUTE))
            moment = message.next_try_at
    assert (message.state, message.attempts, pauses) == (State.FAILED, 8, [1, 3, 9, 27, 81, 243, 729])
    assert [attempt.outcome for attempt in DeliveryAttempt.objects.order_by("id")] == ["retry"] * 7 + ["failed"]
    mail_server.answers.clear()
    assert actions.send_all_again(by=operator, at=moment) == 1
    assert run(message, at=moment).state == State.SENT


def test_sending_all_again_leaves_out_what_may_have_left(draft: Maker, mail_server: MailServer, operator: Any) -> None:
    actions.queue_messages(drafts=[draft("a"), draft("b")], at=AT)
    OutboxMessage.objects.filter(dedupe_key="a").update(state=State.FAILED, reason="uncertain: worker ended")
    OutboxMessage.objects.filter(dedupe_key="b").update(state=State.FAILED, reason="away: refused")
    assert actions.send_all_again(by=operator, at=AT) == 1
    assert OutboxMessage.objects.get(dedupe_key="a").state == State.FAILED
