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
