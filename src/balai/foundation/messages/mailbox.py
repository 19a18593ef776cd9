"""The demo's post: nothing leaves the machine, everything can be read."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from balai.foundation.calendar import clock
from balai.foundation.messages.models import MailboxItem


class MailboxBackend(BaseEmailBackend):
    """Keep e-mails as rows."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Store what would have been sent."""
        at = clock.now()
        MailboxItem.objects.bulk_create(
            [
                MailboxItem(
                    at=at,
                    channel="email",
                    recipient=", ".join(mail.to)[:200],
                    subject=str(mail.subject)[:200],
                    body=str(mail.body),
                )
                for mail in email_messages
            ]
        )
        return len(email_messages)
