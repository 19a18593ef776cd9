"""Which addresses other programs may have."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

PORTS = frozenset({443, 8443})
LONGEST = 300
# Of IPv6 only this block is given out to the world. All forms that carry an IPv4 address inside lie outside it
# (::a.b.c.d, ::ffff:0:a.b.c.d, NAT64 under 64:ff9b), and so do site-local fec0::/10 and all that is not given out.
WORLD = IPv6Network("2000::/3")
# what lies inside it, or looks public to the standard library, and leads elsewhere all the same
NOT_PUBLIC = (
    # for protocols: Teredo, which carries an IPv4 address, PCP, ORCHID and others
    IPv6Network("2001::/23"),
    # 6to4 carries an IPv4 address
    IPv6Network("2002::/16"),
    # documentation
    IPv6Network("3fff::/20"),
    # for protocols on the first hop: DS-Lite, PCP, the dummy address 192.0.0.8
    IPv4Network("192.0.0.0/24"),
    # relays of 6to4
    IPv4Network("192.88.99.0/24"),
)


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
        addresses, and for every form of IPv6 that carries an IPv4 address except a plain mapped one.
    """
    ip = ip_address(text.split("%", maxsplit=1)[0])
    if not local_allowed and not _is_public(ip if isinstance(ip, IPv4Address) else ip.ipv4_mapped or ip):
        raise BadAddress("private")
    return str(ip)


def _is_public(ip: IPv4Address | IPv6Address) -> bool:
    is_given_out = isinstance(ip, IPv4Address) or ip in WORLD
    return is_given_out and ip.is_global and not ip.is_multicast and not any(ip in block for block in NOT_PUBLIC)
