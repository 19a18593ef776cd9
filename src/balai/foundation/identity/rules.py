"""Identity numbers, telephones, codes, and what is masked before the public reads it. Pure."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

PROVINCES = frozenset(
    {*range(11, 20), 21, *range(31, 37), *range(51, 54), *range(61, 66), *range(71, 77), 81, 82, *range(91, 97)}
)
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
    if not nik.isdigit() or len(nik) != 16:
        return [NikProblem("length")]
    problems = []
    day, month, year = int(nik[6:8]), int(nik[8:10]), int(nik[10:12])
    if int(nik[:2]) not in PROVINCES:
        problems.append(NikProblem("province"))
    if int(nik[2:4]) == 0:
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
    digits = re.sub(r"[^\d+]", "", text.strip())
    if digits.startswith("00"):
        digits = "+" + digits[2:]
    if digits.startswith("0"):
        digits = "+62" + digits[1:]
    elif digits.startswith("62"):
        digits = "+" + digits
    elif digits.startswith("8"):
        digits = "+62" + digits
    if not re.fullmatch(r"\+[1-9]\d{7,14}", digits):
        raise BadPhone(text)
    return digits


_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LONG_NUMBER = re.compile(r"(?<!\d)\d(?:[ .\-/]?\d){15,}(?!\d)")
_PHONE = re.compile(
    r"(?<![\d+])(?:\+?62|0)[ .\-]?(?:\(?\d{2,4}\)?[ .\-]?)\d{3,4}[ .\-]?\d{2,5}(?:[ .\-]?\d{1,4})?(?!\d)"
)


def mask_personal_data(text: str) -> str:
    """Return ``text`` with identity numbers, telephone numbers and e-mail addresses masked; idempotent."""
    text = _EMAIL.sub("[surel disamarkan]", text)
    text = _LONG_NUMBER.sub("[nomor disamarkan]", text)
    return _PHONE.sub(lambda match: "[telepon disamarkan]" if len(re.sub(r"\D", "", match[0])) >= 9 else match[0], text)


def new_access_code(random: Callable[[int], int]) -> str:
    """Return a code of eight characters that cannot be mistaken for one another; ``random(n)`` gives 0 to below n."""
    return "".join(CODE_ALPHABET[random(len(CODE_ALPHABET))] for _ in range(CODE_LENGTH))


def tidy_code(text: str) -> str:
    """Return a typed code without spaces and hyphens, in capitals."""
    return re.sub(r"[\s-]", "", text).upper()
