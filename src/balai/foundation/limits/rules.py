"""Windows of time in which things are counted, and who counts as one caller."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv6Address, ip_address


def window_end(*, at: datetime, per: timedelta) -> int:
    """Return the end of the window that holds ``at``, in seconds since 1970.

    Windows of one length follow each other without gaps from 1970 on; a moment on the border opens the next one.

    :raises ValueError: if ``per`` is not a whole number of seconds, at least one.
    """
    seconds = per // timedelta(seconds=1)
    if seconds < 1 or per != timedelta(seconds=seconds):
        raise ValueError(f"a window lasts whole seconds, at least one, not {per!r}")
    elapsed = (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(seconds=1)
    return (elapsed // seconds + 1) * seconds


def seconds_until(*, end: int, at: datetime) -> int:
    """Return how many whole seconds to wait from ``at`` until ``end``; at least one."""
    left = timedelta(seconds=end) - (at - datetime(1970, 1, 1, tzinfo=UTC))
    return max(1, -(-left // timedelta(seconds=1)))


def line_of(address: str) -> str:
    """Return what is counted as one caller for an address of the network.

    One line holds a single IPv4 address but 2^64 of IPv6: there the first 64 bits are counted, or whoever guesses
    would take a new address for each try. What is no address is counted as it stands.
    """
    try:
        ip = ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if not isinstance(ip, IPv6Address):
        return str(ip)
    return str(ip.ipv4_mapped or IPv6Address(int(ip) >> 64 << 64))
