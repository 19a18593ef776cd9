"""The addresses of the site with this room's own, wherever the root has them."""

from django.urls import include, path

from balai.config.urls import handler400, handler403, handler404, handler500

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [path("", include("balai.config.urls")), path("", include("balai.foundation.places.urls"))]
