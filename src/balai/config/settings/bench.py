"""Benchmarks: production's manners on one machine without TLS, no mail leaves."""

from balai.config.settings.base import *  # noqa: F403 - a settings file extends the one below it

ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
