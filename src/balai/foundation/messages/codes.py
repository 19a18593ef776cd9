"""Deliver verification codes by e-mail."""

from datetime import datetime, timedelta

from balai.foundation.identity.models import Resident
from balai.foundation.messages.actions import Draft, queue_messages
from balai.foundation.messages.contributions import MessageTemplate

# As long as identity lets a code live. A code that comes after its death only confuses.
CODE_LIVES = timedelta(minutes=15)

VERIFICATION_CODE = MessageTemplate(
    slug="verification_code",
    channel="email",
    subject_id="Kode Anda: {code}",
    subject_en="Your code: {code}",
    body_id=(
        "Kode Anda: {code}\n\nMasukkan kode ini di halaman yang sedang Anda buka. Berlaku 15 menit.\n\n"
        "Jangan berikan kode ini kepada siapa pun. Petugas tidak pernah menanyakannya. "
        "Tidak meminta kode? Abaikan pesan ini."
    ),
    body_en=(
        "Your code: {code}\n\nEnter it on the page you have open. It works for 15 minutes.\n\n"
        "Give it to nobody; officers never ask for it. You did not ask for a code? Then ignore this message."
    ),
    variables=("code",),
    urgent=True,
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
                expires_at=at + CODE_LIVES,
            )
        ],
        at=at,
    )
