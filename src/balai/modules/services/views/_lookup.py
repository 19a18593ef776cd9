"""Where somebody comes back to an application with its number and code: whichever room asks for them."""

from django.urls import NoReverseMatch, reverse

from balai.foundation.registry.discover import contributions
from balai.foundation.web.contributions import LookupBox


def lookup_address(reference: str = "") -> str:
    """Return the address where number and code are asked for, with the number filled in; empty where nobody asks."""
    for box in sorted(contributions(LookupBox), key=lambda each: each.order):
        try:
            address = reverse(box.view)
        except NoReverseMatch:
            continue  # its module is switched off
        return f"{address}?{box.parameter}={reference}&code=" if reference else address
    return ""
