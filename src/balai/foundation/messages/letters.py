"""The letters of the sign-in, on the way that all messages take."""

from datetime import datetime

from balai.foundation.identity.models import User
from balai.foundation.messages.actions import Draft, queue_messages
from balai.foundation.messages.contributions import MessageTemplate

PASSWORD_LINK = MessageTemplate(
    slug="password_link",
    channel="email",
    subject_id="Pilih kata sandi baru",
    subject_en="Choose a new password",
    body_id=(
        "Seseorang, semoga Anda sendiri, meminta kata sandi baru untuk akun petugas Anda. "
        "Pilih kata sandi baru lewat tautan ini:\n\n{link}\n\n"
        "Bukan Anda yang meminta? Abaikan pesan ini: kata sandi Anda tetap seperti semula."
    ),
    body_en=(
        "Somebody, we hope you, asked for a new password for your staff account. With this link you choose one:"
        "\n\n{link}\n\n"
        "Was it not you? Then do nothing: your password stays as it is."
    ),
    variables=("link",),
    urgent=True,
)


def send_letter(*, user: User, letter: str, link: str, at: datetime, expires_at: datetime) -> None:
    """Queue a letter with a link that opens an account: encrypted while it waits, emptied when it has left."""
    queue_messages(
        drafts=[
            Draft(
                dedupe_key=f"{letter}:{at:%Y%m%d%H%M%S}:user:{user.pk}:email",
                template=letter,
                channel="email",
                user_id=user.pk,
                subject_kind="user",
                subject_id=user.pk,
                secret_context={"link": link},
                expires_at=expires_at,
            )
        ],
        at=at,
    )
