"""Ways to deliver a message."""

import smtplib
from typing import Any

from django.core.mail import EmailMessage


class TemporaryTrouble(Exception):
    """It may work later."""


class PermanentTrouble(Exception):
    """It will not work, however often."""


def mask_address(address: str) -> str:
    """Return an address for logs: first letter and domain, or the last three digits."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}" if at else f"…{address[-3:]}"


def email_address(*, resident: Any, user: Any) -> str:
    """Return the e-mail address of a recipient, or nothing."""
    return str(resident.email if resident is not None else user.email if user is not None else "")


def send_email(*, address: str, subject: str, body: str, key: str) -> str:
    """Send one e-mail and return its id."""
    message = EmailMessage(subject=" ".join(subject.split()), body=body, to=[address], headers={"X-Balai-Key": key})
    try:
        message.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, smtplib.SMTPSenderRefused) as error:
        codes = (
            [code for code, _ in error.recipients.values()]
            if isinstance(error, smtplib.SMTPRecipientsRefused)
            else [error.smtp_code]
        )
        if all(code >= 500 for code in codes):
            raise PermanentTrouble(f"refused: {codes}") from error
        raise TemporaryTrouble(f"later: {codes}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise TemporaryTrouble(f"{type(error).__name__}: the mail server does not answer") from error
    return ""
