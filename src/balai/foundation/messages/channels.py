"""The way by e-mail, and what may go wrong on any way."""

import hashlib
import smtplib
from contextlib import suppress
from email.utils import parseaddr
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string

from balai.foundation.identity.models import Resident, User
from balai.foundation.identity.rules import mask_personal_data


class TemporaryTrouble(Exception):
    """Nothing has left; it may work later."""


class ServerAway(TemporaryTrouble):
    """Nobody answered at all: not this message's fault, and the others need not try now."""


class PermanentTrouble(Exception):
    """Nothing has left, and it will not work, however often."""


class Uncertain(Exception):
    """It may have left, or not."""


def email_address(*, resident: Resident | None, user: User | None) -> str:
    """Return the e-mail address of a recipient, or nothing; nobody writes to accounts that were closed."""
    if resident is not None:
        return str(resident.email)
    return user.email if user is not None and user.is_active else ""


def send_email(*, address: str, subject: str, body: str, key: str, locale: str) -> str:
    """Send one e-mail as text and as simple HTML, and return its Message-ID.

    :raises ServerAway: if the server does not answer or does not know us; :raises TemporaryTrouble: if it said
    "later"; :raises PermanentTrouble: if it said "never"; :raises Uncertain: if it went silent after the text.
    """
    message_id = _message_id(key)
    post = get_connection(fail_silently=False)
    mail = EmailMultiAlternatives(
        subject=" ".join(subject.split()),
        body=body,
        to=[address],
        # an answering machine must not answer us
        headers={"Message-ID": message_id, "Auto-Submitted": "auto-generated", "Content-Language": locale},
        connection=post,
    )
    html = render_to_string("messages/email.html", {"subject": mail.subject, "body": body, "locale": locale})
    mail.attach_alternative(html, "text/html")
    try:
        post.open()
    except (OSError, smtplib.SMTPException) as error:
        raise ServerAway(_said(error)) from error
    text_began = _watch(post)
    try:
        mail.send()
    except smtplib.SMTPRecipientsRefused as error:
        _refused(*next(iter(error.recipients.values())), cause=error)
    except smtplib.SMTPResponseException as error:
        _refused(error.smtp_code, error.smtp_error, cause=error)
    except (OSError, smtplib.SMTPException) as error:
        if text_began():
            raise Uncertain(_said(error)) from error
        raise TemporaryTrouble(_said(error)) from error
    except ValueError as error:
        # Django refuses an address or a subject that no mail can carry
        raise PermanentTrouble(_said(error)) from error
    finally:
        # what was sent is sent, however the goodbye goes
        with suppress(OSError, smtplib.SMTPException):
            post.close()
    return message_id


def _message_id(key: str) -> str:
    """Return the same id for the same message, so that mail programs can tell a second copy."""
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"
    return f"<{hashlib.sha256(f'{settings.BALAI_BASE_URL} {key}'.encode()).hexdigest()[:32]}@{domain}>"


def _watch(post: Any) -> Any:
    """Return a function that tells whether the text of a mail was begun: before, an error is certain, after, it is not."""
    line = getattr(post, "connection", None)
    if not isinstance(line, smtplib.SMTP):
        return lambda: True
    begun: list[bool] = []
    send_text = line.data

    def data(text: Any) -> Any:
        begun.append(True)
        return send_text(text)

    line.data = data  # type: ignore[assignment,method-assign]
    return lambda: bool(begun)


def _refused(code: int, said: bytes | str, *, cause: Exception) -> None:
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    answer = f"{code} {mask_personal_data(text)}"[:200]
    raise (PermanentTrouble if code >= 500 else TemporaryTrouble)(answer) from cause


def _said(error: Exception) -> str:
    return f"{type(error).__name__} {mask_personal_data(str(error))}"[:200]
