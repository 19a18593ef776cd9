"""How often somebody may have documents checked; pages and programs are counted together."""

from datetime import timedelta

from django.http import HttpRequest

from balai.foundation.calendar import clock
from balai.foundation.limits.actions import check_limit
from balai.foundation.limits.callers import caller_of

HOUR = timedelta(hours=1)
# a counter checks many; somebody who guesses codes needs more than the age of the world
CODES_AN_HOUR = 600
# each file keeps a processor busy for half a second
FILES_AN_HOUR = 40


def limit_codes(request: HttpRequest) -> None:
    """Count one look at a code.

    :raises TooMany: after 600 in an hour from one address.
    """
    _limit(request, "check", CODES_AN_HOUR)


def limit_files(request: HttpRequest) -> None:
    """Count one file to judge.

    :raises TooMany: after 40 in an hour from one address.
    """
    _limit(request, "file", FILES_AN_HOUR)


def _limit(request: HttpRequest, what: str, most: int) -> None:
    address = caller_of(request)
    check_limit(key=f"documents:{what}:{address}", limit=most, per=HOUR, at=clock.now())
