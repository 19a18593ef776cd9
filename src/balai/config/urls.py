"""Root addresses: the frame's own, and what each module mounts."""

from django.urls import include, path

from balai.foundation.registry.discover import modules

urlpatterns = [
    path("", include("balai.foundation.web.urls")),
    path("", include("balai.foundation.calendar.urls")),
    path("", include("balai.foundation.places.urls")),
    path("", include("balai.foundation.identity.urls")),
    path("", include("balai.foundation.files.urls")),
    path("", include("balai.foundation.jobs.urls")),
    path("", include("balai.foundation.messages.urls")),
    path("", include("balai.foundation.units.urls")),
    path("", include("balai.foundation.api.urls")),
    path("", include("balai.foundation.forms.urls")),
    path("", include("balai.foundation.documents.urls")),
    path("", include("balai.foundation.payments.urls")),
    path("", include("balai.foundation.outbound.urls")),
    *(path(module.mount, include(module.urls)) for module in modules() if module.urls),
    *(path(mount, include(urls)) for module in modules() for mount, urls in module.doors),
]
handler400 = "balai.foundation.web.views.bad_request"
handler403 = "balai.foundation.web.views.permission_denied"
handler404 = "balai.foundation.web.views.page_not_found"
# allauth's own limits ask for this one
handler429 = "balai.foundation.web.views.too_many_requests"
handler500 = "balai.foundation.web.views.server_error"
