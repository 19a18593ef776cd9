"""Deliver verification codes by e-mail."""

from datetime import datetime

from balai.foundation.identity.models import Resident
from balai.foundation.messages.actions import Draft, queue_messages
from balai.foundation.messages.contributions import MessageTemplate

VERIFICATION_CODE = MessageTemplate(
    slug="verification_code",
    channel="email",
    subject_id="Kode Anda: {code}",
    subject_en="Your code: {code}",
    body_id="Kode Anda {code}. Berlaku 15 menit. Jangan berikan kepada siapa pun.",
    body_en="Your code is {code}. It works for 15 minutes. Give it to nobody.",
    variables=("code",),
)


def send_code(*, resident: Resident, code: str, key: str, at: datetime) -> None:
    """Queue a code to a resident's e-mail address."""
    queue_messages(
        drafts=[
            Draft(
                dedupe_key=f"{key}:email",
                template=VERIFICATION_CODE.slug,
                channel="email",
                locale=resident.locale,
                resident_id=resident.pk,
                secret_context={"code": code},
            )
        ],
        at=at,
    )
