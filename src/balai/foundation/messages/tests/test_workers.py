"""Worker processes, one of them killed, and a real mail server: nobody gets a letter twice."""

from collections import Counter
from collections.abc import Callable

import pytest

from balai.foundation.calendar import clock
from balai.foundation.identity.actions import register_resident
from balai.foundation.jobs.models import WorkerBeat
from balai.foundation.jobs.tests.installation import Installation
from balai.foundation.messages import actions
from balai.foundation.messages.actions import Draft
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.messages.tests.conftest import MailServer

State = OutboxMessage.State


@pytest.fixture
def post(installation: Installation, mail_server: MailServer) -> Callable[[int], None]:
    """Let the workers use the server, and return a function that queues letters."""
    # the tests' settings would send nothing
    installation.settings = {
        "DJANGO_SETTINGS_MODULE": "balai.config.settings.base",
        "BALAI_SMTP_HOST": "127.0.0.1",
        "BALAI_SMTP_PORT": str(mail_server.port),
    }

    def queue(count: int) -> None:
        resident = register_resident(email="siti@example.org", at=clock.now())
        assert resident is not None
        actions.queue_messages(
            drafts=[
                Draft(
                    dedupe_key=f"letter:{number}",
                    template="verification_code",
                    channel="email",
                    resident_id=resident.pk,
                    secret_context={"code": f"letter-{number}"},
                )
                for number in range(count)
            ],
            at=clock.now(),
        )

    return queue


def subjects(mail_server: MailServer) -> Counter[str]:
    return Counter(mail["Subject"] for mail in mail_server.mails)


def test_two_workers_send_each_message_once(
    installation: Installation, post: Callable[[int], None], mail_server: MailServer
) -> None:
    installation.use_own_keys()
    post(80)
    installation.start()
    installation.start()
    installation.wait(lambda: WorkerBeat.objects.count() == 2)
    installation.wait(lambda: not OutboxMessage.objects.filter(state=State.QUEUED).exists())
    assert set(OutboxMessage.objects.values_list("state", flat=True)) == {State.SENT}
    assert subjects(mail_server) == Counter(f"Kode Anda: letter-{number}" for number in range(80))


def test_a_killed_worker_sends_nothing_twice(
    installation: Installation, post: Callable[[int], None], mail_server: MailServer
) -> None:
    installation.use_own_keys()
    post(60)
    worker = installation.start()
    installation.wait(lambda: len(mail_server.received) >= 15)
    worker.kill()
    worker.wait()
    # what it had claimed and not handed over comes back by itself in five minutes; the test does not wait
    OutboxMessage.objects.filter(state=State.QUEUED, sending_since__isnull=True).update(next_try_at=clock.now())
    installation.start()
    in_hand = OutboxMessage.objects.filter(state=State.QUEUED, sending_since__isnull=True)
    installation.wait(lambda: not in_hand.exists())
    installation.wait(lambda: OutboxMessage.objects.filter(state=State.SENT).count() >= 59)
    assert max(subjects(mail_server).values()) == 1
    assert len(mail_server.received) >= 59
    # at most the one letter that was in its hands is not known of
    assert OutboxMessage.objects.exclude(state=State.SENT).count() <= 1
