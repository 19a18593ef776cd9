"""The addresses of the site with this room's own, wherever the root has them."""

from django.urls import include, path

urlpatterns = [path("", include("balai.config.urls")), path("", include("balai.foundation.calendar.urls"))]
handler403 = "balai.foundation.web.views.permission_denied"
handler404 = "balai.foundation.web.views.page_not_found"
