"""Services, applications and the survey."""

from balai.modules.services.models.applications import (
    Application,
    ApplicationDocument,
    DelayRisk,
    ReturnNote,
    ReturnTotal,
)
from balai.modules.services.models.cosign import CoSignature
from balai.modules.services.models.life import Bundle, BundleLine, LifeEventText
from balai.modules.services.models.service import Service, ServiceVersion
from balai.modules.services.models.survey import SurveyAnswer, SurveyInvitation, SurveyTotal
from balai.modules.services.models.visits import Visit, VisitFinding

__all__ = [
    "Application",
    "ApplicationDocument",
    "Bundle",
    "BundleLine",
    "CoSignature",
    "DelayRisk",
    "LifeEventText",
    "ReturnNote",
    "ReturnTotal",
    "Service",
    "ServiceVersion",
    "SurveyAnswer",
    "SurveyInvitation",
    "SurveyTotal",
    "Visit",
    "VisitFinding",
]
