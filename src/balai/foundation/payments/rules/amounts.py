"""Amounts as a receipt writes them out."""

_DIGITS = (
    "", "satu", "dua", "tiga", "empat", "lima", "enam", "tujuh", "delapan", "sembilan", "sepuluh", "sebelas",
)  # fmt: skip
_SCALES = ((1_000_000_000, "miliar"), (1_000_000, "juta"), (1_000, "ribu"))
# beyond every bill (rules.bills.MOST_IDR)
BEYOND = 1_000_000_000_000


def rupiah_in_words(amount_idr: int) -> str:
    """Return an amount as an Indonesian receipt writes it out: *seratus lima puluh ribu rupiah*.

    :raises ValueError: below 0, or from a million millions on.
    """
    if not 0 <= amount_idr < BEYOND:
        raise ValueError(amount_idr)
    parts, rest = [], amount_idr
    for scale, name in _SCALES:
        count, rest = divmod(rest, scale)
        if (scale, count) == (1_000, 1):
            parts.append("seribu")
        elif count:
            parts.append(f"{_hundreds(count)} {name}")
    if rest:
        parts.append(_hundreds(rest))
    return f"{' '.join(parts) or 'nol'} rupiah"


def _hundreds(number: int) -> str:
    """Return a number from 1 to 999 in words."""
    if number < len(_DIGITS):
        return _DIGITS[number]
    if number < 20:
        return f"{_DIGITS[number - 10]} belas"
    if number < 100:
        head, rest = f"{_DIGITS[number // 10]} puluh", number % 10
    else:
        head, rest = "seratus" if number < 200 else f"{_DIGITS[number // 100]} ratus", number % 100
    return f"{head} {_hundreds(rest)}" if rest else head
