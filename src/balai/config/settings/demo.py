"""The demo city: example data, everything visible, nothing leaves the machine."""

import os

from balai.config.settings.base import *  # noqa: F403 - a settings file extends the one below it

BALAI_DEMO = True
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = os.environ.get("BALAI_EMAIL_BACKEND", "balai.foundation.messages.mailbox.MailboxBackend")
