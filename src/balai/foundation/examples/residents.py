"""Invented residents: names out of tales and gardens with a surname that says so, addresses that lead nowhere."""

from random import Random

DOMAIN = "contoh.malang.example"
FIRST = (
    "Bagaskara", "Candrakirana", "Damarwulan", "Kembang", "Larasati", "Panji", "Sekarwangi", "Wirasaba", "Anjasmara",
    "Galuh", "Jatayu", "Kenanga", "Melur", "Nawangwulan", "Ragil", "Sekartaji", "Tanjung", "Udayana", "Wulandari",
    "Cindelaras", "Jaka", "Klenting", "Lembayung", "Mahesa", "Padmi", "Rinjani", "Sambara", "Tejo", "Wening", "Yuyu",
)  # fmt: skip
LAST = (
    "Contohadi", "Contohwati", "Contohan", "Contoharjo", "Contohningsih", "Contohsari", "Contohputra", "Contohjaya",
)  # fmt: skip


def resident_name(*, number: int, seed: int) -> str:
    """Return the name of the invented resident with this number."""
    chance = Random(f"{seed}:{number}")
    return f"{chance.choice(FIRST)} {chance.choice(LAST)} {number + 1}"


def resident_email(*, number: int) -> str:
    """Return an address under ``.example``, which no mail reaches (RFC 2606)."""
    return f"warga{number + 1:05d}@{DOMAIN}"


def resident_nik(*, number: int, seed: int, regency: str) -> str:
    """Return an identity number that is well formed; ``regency`` are its first four digits. It is nobody's."""
    chance = Random(f"nik:{seed}:{number}")
    day = chance.randint(1, 28) + 40 * chance.randint(0, 1)
    return f"{regency}{chance.randint(1, 5):02}{day:02}{chance.randint(1, 12):02}{chance.randint(50, 99):02}9{number % 1000:03}"
