"""Which of Indonesia's three time zones a province keeps."""

WIB, WITA, WIT = "Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"
_WITA_PROVINCES = frozenset({"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"})
_WIT_PROVINCES = frozenset({"81", "82", "91", "92", "93", "94", "95", "96"})


def time_zone_of(*, code: str) -> str:
    """Return the time zone of an area by the first two digits of its code.

    Source: Keppres 41/1987 on the division of Indonesia into three time zones; provinces made since keep the zone of
    the one they were cut from.
    """
    province = code[:2]
    if province in _WIT_PROVINCES:
        return WIT
    return WITA if province in _WITA_PROVINCES else WIB
