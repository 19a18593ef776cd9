"""A city in production: behind a reverse proxy that ends TLS, on PostgreSQL."""

import os

from balai.config.settings.base import *  # noqa: F403 - a settings file extends the one below it

# A first try on a bare machine has no certificate yet; BALAI_HTTPS=0 says so explicitly.
_https = os.environ.get("BALAI_HTTPS", "1") == "1"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = _https
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if _https else 0
SESSION_COOKIE_SECURE = _https
CSRF_COOKIE_SECURE = _https
