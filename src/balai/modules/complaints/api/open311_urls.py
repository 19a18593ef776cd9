"""Addresses of Open311 under ``/open311/``."""

from django.urls import path, register_converter

from balai.modules.complaints.api import open311_views as views


class FormConverter:
    """The suffix that chooses the format."""

    regex = "xml|json"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(FormConverter, "open311_form")
app_name = "open311"
urlpatterns = [
    path("discovery.<open311_form:form>", views.discovery, name="discovery"),
    path("v2/discovery.<open311_form:form>", views.discovery, name="discovery_v2"),
    path("v2/services.<open311_form:form>", views.services, name="services"),
    path("v2/services/<str:code>.<open311_form:form>", views.service, name="service"),
    path("v2/requests.<open311_form:form>", views.requests, name="requests"),
    path("v2/requests/<str:reference>.<open311_form:form>", views.one_request, name="request"),
    path("v2/tokens/<str:token>.<open311_form:form>", views.token, name="token"),
]
