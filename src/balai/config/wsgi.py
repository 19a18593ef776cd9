"""The web server's entry."""

import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balai.config.settings.production")
application = wrap_wsgi_with_proxy_headers(get_wsgi_application(), trusted_hosts=settings.BALAI_PROXIES)
