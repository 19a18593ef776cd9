"""What messages give: e-mail, its sending, its words for codes."""

from datetime import timedelta

from balai.foundation.identity.contributions import CodeSender
from balai.foundation.jobs.contributions import Drain, Periodic
from balai.foundation.messages.actions import send_queued
from balai.foundation.messages.channels import email_address, send_email
from balai.foundation.messages.codes import VERIFICATION_CODE, send_code
from balai.foundation.messages.contributions import Channel
from balai.foundation.messages.tasks import settle
from balai.foundation.registry.descriptor import Room

room = Room(
    slug="messages",
    gives=(
        Channel(slug="email", address=email_address, send=send_email),
        VERIFICATION_CODE,
        CodeSender(channel="email", send=send_code),
        Drain(name="messages.send", call=send_queued),
        Periodic(name="messages.settle", every=timedelta(minutes=1), call=settle),
    ),
)
