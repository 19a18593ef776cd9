"""Who asks: what limits count as one caller."""

from django.http import HttpRequest

from balai.foundation.limits.rules import line_of


def caller_of(request: HttpRequest) -> str:
    """Return the line of the network from which a request comes, for the key of a limit."""
    return line_of(str(request.META.get("REMOTE_ADDR", "")))
