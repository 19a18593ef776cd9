"""Public references: short, not sequential, readable aloud."""

from collections.abc import Callable

# no 0 O 1 I L: they are mistaken for one another on paper and on the telephone
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
BODY_LENGTH = 7


def check_character(body: str) -> str:
    """Return the character that makes a swapped or mistyped one show (weighted sum modulo 31, a prime)."""
    total = sum(weight * ALPHABET.index(letter) for weight, letter in enumerate(body, start=2))
    return ALPHABET[total % len(ALPHABET)]


def new_reference(*, year: int, random: Callable[[int], int]) -> str:
    """Return a new reference such as ``26-K7QX-M3R8``: year, seven random letters, check character.

    ``random(n)`` gives a number from 0 to below n. 31^7, about 27 thousand million, for each year.
    """
    letters = "".join(ALPHABET[random(len(ALPHABET))] for _ in range(BODY_LENGTH))
    full = letters + check_character(f"{letters}")
    return f"{year % 100:02d}-{full[:4]}-{full[4:]}"


def tidy_reference(text: str) -> str:
    """Return what a person typed in the form ``26-K7QX-M3R8``; letters that cannot be meant are left as they are."""
    letters = "".join(letter for letter in text.upper() if letter.isalnum())
    if len(letters) != BODY_LENGTH + 3:
        return text.strip().upper()
    return f"{letters[:2]}-{letters[2:6]}-{letters[6:]}"


def is_reference(text: str) -> bool:
    """Return whether ``text`` is a well-formed reference with a right check character."""
    parts = tidy_reference(text).split("-")
    if len(parts) != 3 or not parts[0].isdigit() or len(parts[1]) != 4 or len(parts[2]) != 4:
        return False
    letters = parts[1] + parts[2]
    return all(letter in ALPHABET for letter in letters) and check_character(letters[:-1]) == letters[-1]


def register_number(*, unit_code: str, year: int, value: int) -> str:
    """Return the official number, gapless within a unit and a year: ``000123/DPUPRPKP/2026``."""
    return f"{value:06d}/{unit_code.upper()}/{year}"
