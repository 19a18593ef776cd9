"""Numbers of documents, as offices write them: ``400.12/17/DINSOS/XI/2026``."""

import re
from datetime import date

ROMAN_MONTHS = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII")
LONGEST_NUMBER = 80
_PLACE = re.compile(r"\{([a-z_]+)(?::(\d))?\}")
_KNOWN = ("sequence", "year", "month", "roman_month")
# the separator of the signed text, and what no register can hold
_FORBIDDEN = re.compile(r"[|\x00-\x1f\x7f]")


class BadNumber(ValueError):
    """A number or its pattern cannot be used. ``code``: empty, too_long, characters, unknown_place, no_sequence."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_number(*, number: str) -> None:
    """Check a document's number.

    :raises BadNumber: if it is empty, longer than 80 characters, or holds a bar or a control character.
    """
    if not number.strip():
        raise BadNumber("empty")
    if len(number) > LONGEST_NUMBER:
        raise BadNumber("too_long")
    if _FORBIDDEN.search(number):
        raise BadNumber("characters")


def check_pattern(*, pattern: str) -> None:
    """Check a pattern with the places ``{sequence}``, ``{sequence:4}``, ``{year}``, ``{month}``, ``{roman_month}``.

    :raises BadNumber: for an unknown place, or where two documents of a year would get the same number.
    """
    names = [match.group(1) for match in _PLACE.finditer(pattern)]
    if any(name not in _KNOWN for name in names) or _PLACE.sub("", pattern).strip("{}") != _PLACE.sub("", pattern):
        raise BadNumber("unknown_place")
    if "sequence" not in names or "year" not in names:
        raise BadNumber("no_sequence")


def number_of(*, pattern: str, sequence: int, on: date) -> str:
    """Return the number that a pattern gives; ``{sequence:4}`` is filled up with zeros.

    :raises BadNumber: if the pattern or the number cannot be used.
    """
    check_pattern(pattern=pattern)
    values = {
        "sequence": str(sequence),
        "year": str(on.year),
        "month": f"{on.month:02}",
        "roman_month": ROMAN_MONTHS[on.month - 1],
    }
    number = _PLACE.sub(lambda match: values[match.group(1)].zfill(int(match.group(2) or 0)), pattern)
    check_number(number=number)
    return number
