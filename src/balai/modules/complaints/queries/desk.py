"""The number that the frame shows beside the complaints desk."""

from django.http import HttpRequest

from balai.engines.cases.web import late_count as late_of_family


def late_count(*, request: HttpRequest) -> int:
    """Return how many reports that this officer sees are late."""
    return late_of_family(request, family="complaint")
