"""Tests: quick hashes, no network, a database of their own."""

import os
import tempfile

os.environ.setdefault("BALAI_DATA", tempfile.mkdtemp(prefix="balai-test-"))

from balai.config.settings.base import *  # noqa: F403 - the data folder must be set first

ALLOWED_HOSTS = ["*"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # noqa: F405
# Tests break connections on purpose, and a pool would mend them behind the next test's back in its own time.
DATABASES["default"]["OPTIONS"].pop("pool", None)  # noqa: F405 - from the settings below
# The tests' name for a database in memory; pytest-django knows it of Django's own backend only.
if DATABASES["default"]["ENGINE"] == "balai.config.sqlite":  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": ":memory:"}  # noqa: F405
