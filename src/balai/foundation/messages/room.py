"""What messages give: e-mail, its sending, its words for codes, the pages about all this."""

from datetime import timedelta

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from balai.foundation.identity.contributions import CodeSender, LetterSender
from balai.foundation.identity.permissions import Permission
from balai.foundation.jobs.contributions import Drain, Periodic
from balai.foundation.messages import tasks
from balai.foundation.messages.actions import send_queued
from balai.foundation.messages.channels import email_address, send_email
from balai.foundation.messages.codes import VERIFICATION_CODE, send_code
from balai.foundation.messages.contributions import Channel
from balai.foundation.messages.digest import OPERATOR_DIGEST, TEST_MESSAGE
from balai.foundation.messages.letters import PASSWORD_LINK, send_letter
from balai.foundation.messages.queries import outbox_reading
from balai.foundation.registry.descriptor import Room
from balai.foundation.web.contributions import HealthReading, MenuItem

TEXTS = MenuItem(
    label=_("Messages"), view="messages:texts", icon="mail", order=920, audience="staff", permission="messages.edit"
)
MAILBOX = MenuItem(label=_("Mailbox of the demonstration"), view="messages:mailbox", audience="foot", order=900)

room = Room(
    slug="messages",
    gives=(
        Permission(name="messages.edit", label=_("Edit the texts of messages, send failed ones again")),
        Channel(slug="email", address=email_address, send=send_email),
        VERIFICATION_CODE,
        PASSWORD_LINK,
        OPERATOR_DIGEST,
        TEST_MESSAGE,
        CodeSender(channel="email", send=send_code),
        LetterSender(send=send_letter),
        Drain(name="messages.send", call=send_queued),
        Periodic(name="messages.settle", every=timedelta(minutes=1), call=tasks.settle),
        Periodic(name="messages.digest", every=timedelta(days=1), call=tasks.tell_operators),
        Periodic(name="messages.forget", every=timedelta(days=1), call=tasks.forget),
        HealthReading(name="outbox", read=outbox_reading),
        TEXTS,
        *((MAILBOX,) if settings.BALAI_DEMO else ()),
    ),
)
