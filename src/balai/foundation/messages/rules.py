"""Words with places to fill, pauses between tries, quiet hours."""

import re
from collections.abc import Collection, Mapping
from datetime import datetime, time, timedelta

MOST_TRIES = 8
FIRST_PAUSE = timedelta(minutes=1)
# Whatever stands between braces is meant as a name; so a typing error is met when it is saved, not when it is sent.
_PLACE = re.compile(r"\{([^{}\n]*)\}")


class MissingValue(Exception):
    """A text asks for a name that has no value. ``name`` is that name."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def names_in(text: str) -> tuple[str, ...]:
    """Return the names that a text asks for, each once, in order."""
    return tuple(dict.fromkeys(_PLACE.findall(text)))


def unknown_names(*, text: str, known: Collection[str]) -> tuple[str, ...]:
    """Return the names in ``text`` that are not among the known ones."""
    return tuple(name for name in names_in(text) if name not in known)


def fill(*, text: str, values: Mapping[str, str]) -> str:
    """Return ``text`` with each ``{name}`` replaced by its value; braces inside values stay as they are.

    :raises MissingValue: for a name without a value.
    """

    def value(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise MissingValue(match[1])
        return values[match[1]]

    return _PLACE.sub(value, text)


def pause_before_try(*, attempts: int) -> timedelta:
    """Return how long to wait after ``attempts`` tries: 1, 3, 9, 27 minutes … 12 hours; eight tries take 18 hours."""
    return FIRST_PAUSE * int(3 ** min(attempts - 1, 6))


def end_of_quiet(*, local: datetime, quiet_from: time, quiet_until: time) -> datetime | None:
    """Return when quiet hours end if ``local``, a moment of the city's day, lies in them; else None.

    They may run over midnight; the hour of ``quiet_until`` itself is no longer quiet.
    """
    now = local.time()
    over_midnight = quiet_from > quiet_until
    is_quiet = now >= quiet_from or now < quiet_until if over_midnight else quiet_from <= now < quiet_until
    if not is_quiet:
        return None
    end = local.replace(
        hour=quiet_until.hour, minute=quiet_until.minute, second=quiet_until.second, microsecond=0, fold=0
    )
    return end + timedelta(days=1) if over_midnight and now >= quiet_from else end


def mask_address(address: str) -> str:
    """Return an address for logs and lists: first letter and domain, or the last three digits."""
    name, at, domain = address.partition("@")
    return f"{name[:1]}…@{domain}" if at else f"…{address[-3:]}"
