"""Services, applications and the survey."""

from balai.modules.services.models.applications import Application, ApplicationDocument, DelayRisk
from balai.modules.services.models.services import Service, ServiceVersion
from balai.modules.services.models.survey import SurveyAnswer, SurveyInvitation, SurveyTotal

__all__ = [
    "Application",
    "ApplicationDocument",
    "DelayRisk",
    "Service",
    "ServiceVersion",
    "SurveyAnswer",
    "SurveyInvitation",
    "SurveyTotal",
]
