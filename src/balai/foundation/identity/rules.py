"""Identity numbers, telephones, codes, and what is masked before the public reads it. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

PROVINCES = frozenset(
    {*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81, 82, *range(91, 97)}
)
# 01–69 are regencies, 71–99 cities
NO_REGENCY = frozenset({0, 70})
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8


@dataclass(frozen=True)
class NikProblem:
    """What is wrong with an identity number. ``is_error`` false: only a warning. ``code`` is stable."""

    code: str
    is_error: bool = True


def check_nik(nik: str, *, born: date | None = None, female: bool | None = None) -> list[NikProblem]:
    """Return what is wrong with the structure of a NIK; a mismatch with birth date or sex is only a warning.

    Source: UU 23/2006 art. 13; PP 40/2019 art. 30 (the number follows no later change of address or record).
    """
    # isdigit alone lets superscripts pass, which are no numbers
    if not (nik.isascii() and nik.isdigit()) or len(nik) != 16:
        return [NikProblem("length")]
    problems = []
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    if int(nik[:2]) not in PROVINCES:
        problems.append(NikProblem("province"))
    if int(nik[2:4]) in NO_REGENCY:
        problems.append(NikProblem("regency"))
    if int(nik[4:6]) == 0:
        problems.append(NikProblem("district"))
    real_day = day - 40 if day > 40 else day
    if not 1 <= real_day <= 31 or not 1 <= month <= 12:
        problems.append(NikProblem("birth_date"))
    if nik[12:] == "0000":
        problems.append(NikProblem("serial"))
    if born is not None and (real_day, month, year) != (born.day, born.month, born.year % 100):
        problems.append(NikProblem("other_birth_date", is_error=False))
    if female is not None and female != (day > 40):
        problems.append(NikProblem("other_sex", is_error=False))
    return problems


class BadPhone(Exception):
    """This cannot be a telephone number."""


def normalise_phone(text: str) -> str:
    """Return a telephone number in E.164; one without a country code is Indonesian.

    :raises BadPhone: if it cannot be one.
    """
    digits = re.sub(r"[^0-9+]", "", text)
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("0"):
        digits = "+62" + digits[1:]
    elif digits.startswith("62"):
        digits = "+" + digits
    elif digits.startswith("8"):
        digits = "+62" + digits
    # "+62 (0)812…" is how many people write both prefixes
    digits = re.sub(r"^\+620+", "+62", digits)
    if not re.fullmatch(r"\+[1-9][0-9]{7,14}", digits):
        raise BadPhone(text)
    return digits


# what people put between digits; a comma only without a space, or two coordinates would read as one number
_GAP = r"(?:[\s._/()\-\u2010-\u2015\u2212]{1,3}|,)?"
# a name has at most 64 letters: time stays in proportion to the text, and a longer run before it hides nothing
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_LONG_NUMBER = re.compile(rf"(?<!\d)\d(?:{_GAP}\d){{15,}}(?!\d)")
# groups of four that all begin with 19 or 20 are years: in a NIK and in a KK the third would begin with a month
_YEARS = re.compile(r"(?:(?:19|20)\d\d\D*)+")
# with its country code, with the 0 of a trunk line, or a mobile number that begins with 8 and has no gap but these
_PHONE = re.compile(
    rf"(?<![\d+])\(?(?:\+\d(?:{_GAP}\d){{7,14}}|(?:62|0)(?:{_GAP}\d){{7,14}}|8[1-9]\d(?:[ \-]?\d){{6,9}})(?!\d)"
)
_DAY = r"(?:[0-3]?\d([./-])[01]?\d\1(?:\d{4}|\d{2}))"
_HOUR = r"(?:[0-2]?\d[.:][0-5]\d)"
# days and hours with nothing but a space or a dash between them: "08.00-16.00", "05-11-2026 14.30"
_WHEN = re.compile(rf"{_HOUR}(?:\s*[-\u2013]\s*{_HOUR})?|(?:{_HOUR}\s+)?{_DAY}(?:\s+{_HOUR}|\s+\d{{1,2}})?")
_MONEY = re.compile(r"\bRp[.\s]{0,3}$", re.IGNORECASE)


def mask_personal_data(text: str) -> str:
    """Return ``text`` with identity numbers, telephone numbers and e-mail addresses masked; idempotent.

    House numbers, years, dates, coordinates and sums after ``Rp`` stay. In doubt a number is masked.
    """
    text = _EMAIL.sub("[surel disamarkan]", text)
    text = _LONG_NUMBER.sub(lambda found: found[0] if _YEARS.fullmatch(found[0]) else "[nomor disamarkan]", text)
    return _PHONE.sub(_mask_phone, text)


def _mask_phone(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 8) : found.start()]
    if not found[0].startswith("+") and (_MONEY.search(before) or _WHEN.fullmatch(found[0])):
        return found[0]
    return "[telepon disamarkan]"


def new_access_code(random: Callable[[int], int]) -> str:
    """Return a code of eight characters that cannot be mistaken for one another; ``random(n)`` gives 0 to below n."""
    return "".join(CODE_ALPHABET[random(len(CODE_ALPHABET))] for _ in range(CODE_LENGTH))


def tidy_code(text: str) -> str:
    """Return a typed code without spaces and hyphens, in capitals."""
    return re.sub(r"[\s-]", "", text).upper()
