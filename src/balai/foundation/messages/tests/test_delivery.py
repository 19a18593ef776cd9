"""The way of a message: at most once, never lost."""

import logging
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from django.core import mail
from django.db import connection, transaction

from balai.foundation.identity.models import Resident
from balai.foundation.messages import actions
from balai.foundation.messages.actions import Draft, deliver
from balai.foundation.messages.channels import Uncertain
from balai.foundation.messages.contributions import Channel
from balai.foundation.messages.models import DeliveryAttempt, OutboxMessage
from balai.foundation.messages.queries import outbox_reading
from balai.foundation.messages.tests.conftest import AT

pytestmark = pytest.mark.django_db
State = OutboxMessage.State
MINUTE = timedelta(minutes=1)
Maker = Callable[..., Draft]


def queue(*drafts: Draft) -> OutboxMessage:
    actions.queue_messages(drafts=drafts, at=AT)
    found = OutboxMessage.objects.order_by("-id").first()
    assert found is not None
    return found


def deliver_all(*, at: Any = AT) -> None:
    while actions.send_queued(at=at):
        pass


def test_a_message_arrives_and_its_secret_is_forgotten(draft: Maker) -> None:
    message = queue(draft())
    assert actions.send_queued(at=AT) == 1
    message.refresh_from_db()
    assert (message.state, message.attempts, message.secret_context) == (State.SENT, 1, "")
    assert (message.sent_at, message.sending_since, message.next_try_at) == (AT + (message.sent_at - AT), None, None)
    (sent,) = mail.outbox
    assert (sent.to, sent.subject) == (["siti@example.org"], "Kode Anda: 123456")
    attempt = DeliveryAttempt.objects.get()
    assert (attempt.outcome, attempt.provider_id) == ("sent", sent.extra_headers["Message-ID"])
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"


def test_the_same_key_is_queued_once(draft: Maker) -> None:
    actions.queue_messages(drafts=[draft(), draft(), draft("other")], at=AT)
    actions.queue_messages(drafts=[draft()], at=AT + MINUTE)
    deliver_all()
    actions.queue_messages(drafts=[draft()], at=AT + MINUTE)
    deliver_all(at=AT + MINUTE)
    assert len(mail.outbox) == 2


def test_queueing_is_one_statement(draft: Maker, django_assert_num_queries: Any) -> None:
    drafts = [draft(f"event:{number}") for number in range(20)]
    with django_assert_num_queries(1):
        assert actions.queue_messages(drafts=drafts, at=AT) == 20


def test_a_change_that_is_rolled_back_tells_nobody(draft: Maker) -> None:
    with transaction.atomic():
        queue(draft())
        transaction.set_rollback(True)
    assert actions.send_queued(at=AT) == 0
    assert mail.outbox == []


def test_an_unknown_channel_is_an_error_and_queues_nothing(draft: Maker) -> None:
    with pytest.raises(actions.UnknownChannel):
        actions.queue_messages(drafts=[draft(), draft("b", channel="pigeon")], at=AT)
    assert not OutboxMessage.objects.exists()


def test_without_an_address_it_is_skipped(draft: Maker) -> None:
    Resident.objects.update(email="")
    message = queue(draft())
    deliver_all()
    message.refresh_from_db()
    assert (message.state, message.reason, message.secret_context) == (State.SKIPPED, "no_address", "")


def test_nobody_writes_to_a_closed_account(draft: Maker, operator: Any) -> None:
    operator.is_active = False
    operator.save()
    message = queue(draft(resident_id=None, user_id=operator.pk))
    deliver_all()
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.SKIPPED, "no_address")


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"template": "nobody_wrote_this"}, "missing_words: nobody_wrote_this"),
        ({"secret_context": {}}, "missing_words: verification_code {code}"),
    ],
)
def test_without_words_nothing_leaves(draft: Maker, changes: dict[str, Any], reason: str) -> None:
    message = queue(draft(**changes))
    deliver_all()
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, reason)
    assert mail.outbox == []


@pytest.mark.parametrize(
    ("chosen", "own", "subject"),
    [
        ("", "id", "Kode Anda: 123456"),
        ("", "en", "Your code: 123456"),
        ("en", "id", "Your code: 123456"),
        ("fr", "en", "Your code: 123456"),
    ],
)
def test_it_speaks_the_recipients_language(draft: Maker, chosen: str, own: str, subject: str) -> None:
    queue(draft(locale=chosen))
    Resident.objects.update(locale=own)
    deliver_all()
    assert mail.outbox[0].subject == subject


def test_what_comes_too_late_is_not_sent(draft: Maker) -> None:
    message = queue(draft(expires_at=AT + 15 * MINUTE))
    deliver_all(at=AT + 15 * MINUTE)
    message.refresh_from_db()
    assert (message.state, message.reason, message.secret_context) == (State.SKIPPED, "too_late", "")


def test_whoever_waits_for_a_code_goes_first(draft: Maker, operator: Any) -> None:
    calm = {"template": "operator_digest", "context": {"count": 1, "problems": "x"}, "secret_context": {}}
    actions.queue_messages(drafts=[draft(f"calm:{number}", **calm) for number in range(3)], at=AT - MINUTE)
    queue(draft("code"))
    deliver_all()
    assert [sent.subject.split()[0] for sent in mail.outbox] == ["Kode", "Balai:", "Balai:", "Balai:"]


def test_a_change_that_was_undone_is_not_told(draft: Maker) -> None:
    message = queue(draft("case:1:2:resident:1:email"))
    assert actions.cancel_queued(key_prefix="case:1:2:", reason="undone", at=AT) == 1
    deliver_all()
    message.refresh_from_db()
    assert (message.state, message.reason, mail.outbox) == (State.SKIPPED, "undone", [])


def test_called_back_while_it_was_prepared_it_does_not_leave(draft: Maker, monkeypatch: Any) -> None:
    message = queue(draft("case:1:2:resident:1:email"))
    prepare = deliver._prepare

    def called_back(*args: Any, **kwargs: Any) -> Any:
        parcel = prepare(*args, **kwargs)
        assert actions.cancel_queued(key_prefix="case:1:2:", reason="undone", at=AT) == 1
        return parcel

    monkeypatch.setattr(deliver, "_prepare", called_back)
    deliver_all()
    message.refresh_from_db()
    assert (message.state, mail.outbox) == (State.SKIPPED, [])


def test_it_waits_for_the_end_of_quiet_hours(draft: Maker, monkeypatch: Any) -> None:
    sent: list[str] = []
    bell = Channel(
        slug="email",
        address=lambda **who: "x",
        send=lambda **what: sent.append(what["key"]) or "id",
        quiet_from=time(9),
        quiet_until=time(11),
    )
    monkeypatch.setattr(deliver, "channels", lambda: {"email": bell})
    monkeypatch.setattr(deliver, "current_city", lambda: type("City", (), {"time_zone": "Asia/Jakarta"}))
    calm = {"template": "operator_digest", "context": {"count": 1, "problems": "x"}, "secret_context": {}}
    queue(draft("calm", **calm))
    queue(draft("urgent"))
    deliver_all()  # ten o'clock in Jakarta
    assert sent == ["urgent"]
    deliver_all(at=AT + timedelta(minutes=59))
    assert sent == ["urgent"]
    deliver_all(at=AT + timedelta(hours=1))
    assert sent == ["urgent", "calm"]


class Killed(BaseException):
    """The process ended here."""


def kill_at(step: int, *, after: bool) -> Any:
    """Return a wrapper of statements that ends the process before, or after, the one of this number."""
    seen = 0

    def wrapper(execute: Any, sql: Any, params: Any, many: Any, context: Any) -> Any:
        nonlocal seen
        seen += 1
        if seen == step and not after:
            raise Killed
        result = execute(sql, params, many, context)
        if seen == step:
            raise Killed
        return result

    return wrapper


def run_until_killed(step: int, *, after: bool) -> bool:
    try:
        with connection.execute_wrapper(kill_at(step, after=after)):
            actions.send_queued(at=AT)
    except Killed:
        return True
    return False


@pytest.mark.parametrize("after", [False, True])
@pytest.mark.parametrize("step", range(1, 16))
def test_killed_between_any_two_statements(draft: Maker, step: int, after: bool) -> None:
    """Every statement of the way in turn is the last one. Nothing is sent twice, nothing is lost unseen."""
    message = queue(draft())
    killed = run_until_killed(step, after=after)
    left_before = len(mail.outbox)
    for minutes in range(1, 31):
        actions.settle_uncertain(at=AT + minutes * MINUTE)
        deliver_all(at=AT + minutes * MINUTE)
    message.refresh_from_db()
    if message.state == State.FAILED:
        assert message.reason.startswith("uncertain")
        assert killed
        assert len(mail.outbox) == left_before <= 1
        # a person may decide
        assert actions.send_again(message_id=message.pk, by=_someone(), at=AT + timedelta(hours=1))
        deliver_all(at=AT + timedelta(hours=1))
        message.refresh_from_db()
        assert len(mail.outbox) == left_before + 1
    assert message.state == State.SENT
    if left_before == 0:
        assert len(mail.outbox) == 1


def test_the_steps_cover_the_whole_way(draft: Maker) -> None:
    queue(draft())
    assert not run_until_killed(16, after=False)
    assert len(mail.outbox) == 1


def _someone() -> Any:
    from django.contrib.auth import get_user_model

    return get_user_model().objects.create(email="someone@example.org", name="Someone", created_at=AT)


def test_killed_while_preparing_it_is_sent_by_another(draft: Maker, monkeypatch: Any) -> None:
    queue(draft())

    def die(*args: Any, **kwargs: Any) -> Any:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(deliver, "_prepare", die)
        with pytest.raises(Killed):
            actions.send_queued(at=AT)
    deliver_all(at=AT + 4 * MINUTE)
    assert mail.outbox == []
    actions.settle_uncertain(at=AT + timedelta(hours=1))
    deliver_all(at=AT + 5 * MINUTE)
    assert len(mail.outbox) == 1


def test_killed_in_the_providers_hands_it_is_shown_and_not_repeated(draft: Maker, monkeypatch: Any) -> None:
    message = queue(draft())

    def send_and_die(**what: Any) -> str:
        raise Killed

    channel = Channel(slug="email", address=lambda **who: "x@example.org", send=send_and_die)
    with monkeypatch.context() as patched:
        patched.setattr(deliver, "channels", lambda: {"email": channel})
        with pytest.raises(Killed):
            actions.send_queued(at=AT)
    assert actions.settle_uncertain(at=AT + 9 * MINUTE) == 0
    assert actions.settle_uncertain(at=AT + 11 * MINUTE) == 1
    deliver_all(at=AT + timedelta(days=2))
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, "uncertain: worker ended while sending")
    assert mail.outbox == []


def test_an_answer_that_comes_late_corrects_what_was_uncertain(draft: Maker, monkeypatch: Any) -> None:
    message = queue(draft())

    def slow(**what: Any) -> str:
        actions.settle_uncertain(at=AT + timedelta(hours=1))
        return "id-7"

    channel = Channel(slug="email", address=lambda **who: "x@example.org", send=slow)
    monkeypatch.setattr(deliver, "channels", lambda: {"email": channel})
    actions.send_queued(at=AT)
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.SENT, "")


@pytest.mark.parametrize("trouble", [Uncertain("silent"), RuntimeError("what? siti@example.org")])
def test_an_error_nobody_planned_counts_as_uncertain(
    draft: Maker, monkeypatch: Any, caplog: pytest.LogCaptureFixture, trouble: Exception
) -> None:
    message = queue(draft())

    def break_down(**what: Any) -> str:
        raise trouble

    channel = Channel(slug="email", address=lambda **who: "siti@example.org", send=break_down)
    monkeypatch.setattr(deliver, "channels", lambda: {"email": channel})
    with caplog.at_level(logging.INFO):
        deliver_all()
    message.refresh_from_db()
    assert message.state == State.FAILED
    assert message.reason.startswith("uncertain")
    assert "siti@" not in caplog.text + message.reason


def test_a_slow_batch_lets_go_of_the_rest(draft: Maker, monkeypatch: Any) -> None:
    actions.queue_messages(drafts=[draft(f"event:{number}") for number in range(5)], at=AT)
    ticks = iter([0.0, 1.0, 61.0])
    monkeypatch.setattr(deliver.time, "monotonic", lambda: next(ticks))
    assert actions.send_queued(at=AT) == 1
    assert OutboxMessage.objects.filter(state=State.QUEUED, next_try_at=AT).count() == 4


def test_receipts(draft: Maker) -> None:
    message = queue(draft())
    deliver_all()
    provider_id = DeliveryAttempt.objects.get().provider_id
    assert actions.note_receipt(provider_id=provider_id, arrived=True, at=AT)
    message.refresh_from_db()
    assert message.state == State.DELIVERED
    assert actions.note_receipt(provider_id=provider_id, arrived=False, detail="550 gone", at=AT)
    message.refresh_from_db()
    assert (message.state, message.reason) == (State.FAILED, "refused: 550 gone")
    assert not actions.note_receipt(provider_id="", arrived=True, at=AT)


def test_an_idle_look_is_one_query(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        assert actions.send_queued(at=AT) == 0


def test_old_contents_are_forgotten(draft: Maker) -> None:
    sent = queue(draft(context={"title": "x"}))
    deliver_all()
    failed = queue(draft("b", template="nobody_wrote_this", context={"title": "x"}))
    deliver_all()
    waiting = queue(draft("c", context={"title": "x"}))
    assert actions.forget_contents(at=AT + timedelta(days=29)) == 0
    assert actions.forget_contents(at=AT + timedelta(days=31)) == 1
    for message in (sent, failed, waiting):
        message.refresh_from_db()
    assert (failed.secret_context, failed.context, sent.context) == ("", {"title": "x"}, {"title": "x"})
    assert actions.forget_contents(at=AT + timedelta(days=181)) == 2
    assert actions.forget_contents(at=AT + timedelta(days=182)) == 0
    waiting.refresh_from_db()
    assert (waiting.context, waiting.secret_context) == ({"title": "x"}, '{"code": "123456"}')


def test_health_tells_how_long_a_message_has_been_due(draft: Maker) -> None:
    assert outbox_reading(at=AT) == {"oldest_due_seconds": None}
    queue(draft())
    assert outbox_reading(at=AT - MINUTE) == {"oldest_due_seconds": None}
    assert outbox_reading(at=AT + MINUTE) == {"oldest_due_seconds": 60}
    deliver_all()
    assert outbox_reading(at=AT + MINUTE) == {"oldest_due_seconds": None}
