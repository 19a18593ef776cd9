"""The demo city: example data, everything visible, nothing leaves the machine."""

import os

from balai.config.settings.base import *  # noqa: F403 - a settings file extends the one below it

BALAI_DEMO = True
# programs on the same machine may be told, so that the webhooks can be tried
BALAI_OUTBOUND_LOCAL = True
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = os.environ.get("BALAI_EMAIL_BACKEND", "balai.foundation.messages.mailbox.MailboxBackend")
