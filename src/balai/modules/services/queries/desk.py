"""The number that the frame shows beside the applications desk."""

from django.http import HttpRequest

from balai.engines.cases.web import late_count as late_of_family
from balai.modules.services.rules.checks import FAMILY


def late_count(*, request: HttpRequest) -> int:
    """Return how many applications and checks that this officer sees are late."""
    return late_of_family(request, family=FAMILY)
