"""The web server's entry."""

import gc
import os

from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver
from granian.utils.proxies import wrap_wsgi_with_proxy_headers

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balai.config.settings.production")
application = wrap_wsgi_with_proxy_headers(get_wsgi_application(), trusted_hosts=settings.BALAI_PROXIES)
# the rest of the program, which Django would load while the first visitor waits
get_resolver().url_patterns  # noqa: B018 - for what reading it loads
# what is loaded now stays as long as the process: no collection looks through it again while somebody waits
gc.collect()
gc.freeze()
