"""The demo city: example data, everything visible, nothing leaves the machine."""

import os

from balai.config.settings.base import *  # noqa: F403 - a settings file extends the one below it

BALAI_DEMO = True
# For trying webhooks with a program on this machine. Off by default: whoever reaches a demo knows its sign-ins.
BALAI_OUTBOUND_LOCAL = os.environ.get("BALAI_OUTBOUND_LOCAL") == "1"
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = os.environ.get("BALAI_EMAIL_BACKEND", "balai.foundation.messages.mailbox.MailboxBackend")
