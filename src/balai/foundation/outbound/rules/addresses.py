"""Which addresses other programs may have."""

import ipaddress
from urllib.parse import urlsplit

PORTS = frozenset({443, 8443})
LONGEST = 300


class BadAddress(ValueError):
    """Nothing is sent there. ``reason``: not_an_address, not_https, has_password, bad_port, private, unknown_host."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def check_address(address: str, *, local_allowed: bool = False) -> tuple[str, int, bool]:
    """Return (host, port, encrypted) of an address that may be stored.

    Names are looked up only when something is sent: what a name means can change.

    :raises BadAddress: for anything but https on a usual port; ``local_allowed`` (development, tests) lets all pass.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise BadAddress("not_an_address") from error
    if not parts.hostname or len(address) > LONGEST or any(letter in address for letter in " \t\r\n\\"):
        raise BadAddress("not_an_address")
    if parts.username or parts.password:
        raise BadAddress("has_password")
    secure = parts.scheme == "https"
    if not secure and not (local_allowed and parts.scheme == "http"):
        raise BadAddress("not_https")
    port = port or (443 if secure else 80)
    if port not in PORTS and not local_allowed:
        raise BadAddress("bad_port")
    return parts.hostname, port, secure


def check_ip(text: str, *, local_allowed: bool = False) -> str:
    """Return an address of the network that may be called: a public one, so that nobody looks around inside our house.

    :raises BadAddress: ``private`` for loop-back, private, link-local, multicast, reserved and cloud metadata
        addresses, also when an IPv6 address hides an IPv4 one.
    """
    ip = ipaddress.ip_address(text.split("%", maxsplit=1)[0])
    inner = getattr(ip, "ipv4_mapped", None) or getattr(ip, "sixtofour", None)
    teredo = getattr(ip, "teredo", None)
    hidden = [each for each in (inner, *(teredo or ())) if each is not None]
    if not local_allowed and not all(each.is_global and not each.is_multicast for each in (ip, *hidden)):
        raise BadAddress("private")
    return str(ip)
