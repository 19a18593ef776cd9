"""Signatures, addresses, pauses."""

from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, IPv6Network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.outbound.rules.addresses import BadAddress, check_address, check_ip
from balai.foundation.outbound.rules.pauses import PAUSES, pause_after, pause_of_hand_over
from balai.foundation.outbound.rules.signatures import BadSignature, check, key_of, sign

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def test_the_example_of_the_specification() -> None:
    """The values of the Standard Webhooks libraries' own test."""
    made = sign(
        secret=SECRET,
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        at=datetime.fromtimestamp(1614265330, tz=UTC),
        body=b'{"test": 2432232314}',
    )
    assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@given(st.binary(), st.binary(min_size=1))
def test_whatever_is_signed_is_proved_and_nothing_else(body: bytes, other: bytes) -> None:
    signature = sign(secret=SECRET, message_id="m", at=AT, body=body)
    facts = {"message_id": "m", "timestamp": str(int(AT.timestamp())), "at": AT}
    check(secrets=["whsec_AAAA", SECRET], signatures=f"v1,AAAA {signature}", body=body, **facts)
    with pytest.raises(BadSignature, match="wrong"):
        check(secrets=[SECRET], signatures=signature, body=body + other, **facts)
    with pytest.raises(BadSignature, match="wrong"):
        check(secrets=["whsec_AAAA", ""], signatures=signature, body=body, **facts)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"signatures": ""}, "no_signature"),
        ({"message_id": ""}, "no_signature"),
        ({"timestamp": "gestern"}, "bad_time"),
        ({"timestamp": "9" * 30}, "bad_time"),
        ({"timestamp": "9" * 12}, "bad_time"),
        ({"timestamp": str(int((AT - timedelta(minutes=6)).timestamp()))}, "too_old"),
        ({"timestamp": str(int((AT + timedelta(minutes=6)).timestamp()))}, "too_old"),
    ],
)
def test_what_proves_nothing(changed: dict[str, str], reason: str) -> None:
    facts = {
        "message_id": "m",
        "timestamp": str(int(AT.timestamp())),
        "signatures": sign(secret=SECRET, message_id="m", at=AT, body=b"x"),
    }
    with pytest.raises(BadSignature, match=reason):
        check(secrets=[SECRET], body=b"x", at=AT, **{**facts, **changed})


def test_what_is_no_secret() -> None:
    with pytest.raises(ValueError, match="no secret"):
        key_of("whsec_not base 64")


@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("http://contoh.go.id/x", "not_https"),
        ("ftp://contoh.go.id/x", "not_https"),
        ("https://user:pass@contoh.go.id/", "has_password"),
        ("https://contoh.go.id:22/", "bad_port"),
        ("https://contoh.go.id:99999/", "not_an_address"),
        ("https:///x", "not_an_address"),
        ("contoh.go.id", "not_an_address"),
        ("https://contoh.go.id/ x", "not_an_address"),
        ("https://contoh.go.id\\@jahat.example/", "not_an_address"),
        ("https://contoh.go.id/" + "x" * 300, "not_an_address"),
    ],
)
def test_addresses_that_are_not_kept(address: str, reason: str) -> None:
    with pytest.raises(BadAddress, match=reason):
        check_address(address)


def test_good_addresses() -> None:
    assert check_address("https://contoh.go.id/hook?x=1") == ("contoh.go.id", 443, True)
    assert check_address("https://contoh.go.id:8443/") == ("contoh.go.id", 8443, True)
    assert check_address("http://127.0.0.1:5000/", local_allowed=True) == ("127.0.0.1", 5000, False)


@pytest.mark.parametrize(
    "number",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "100.64.0.1",
        "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
        "2002:7f00:1::", "2001:db8::1", "255.255.255.255", "::ffff:169.254.169.254", "::ffff:192.0.0.8",
        "192.0.0.8", "192.0.0.9", "192.0.0.170", "192.88.99.1", "198.18.0.1", "203.0.113.1", "240.0.0.1",
        "fec0::1", "feff::1", "100::1", "3fff::1", "2001:1::1", "2001:20::1", "4000::1", "5f00::1",
    ],
)  # fmt: skip
def test_nobody_looks_around_in_our_house(number: str) -> None:
    with pytest.raises(BadAddress, match="private"):
        check_ip(number)
    assert check_ip(number, local_allowed=True)


V4_INSIDE = {
    "NAT64": lambda v4: f"64:ff9b::{v4}",
    "NAT64 of one's own": lambda v4: f"64:ff9b:1:0:0:0:{v4}",
    "compatible": lambda v4: f"::{v4}",
    "translated": lambda v4: f"::ffff:0:{v4}",
    "6to4": lambda v4: str(IPv6Address((0x2002 << 112) | (int(v4) << 80) | 1)),
    "Teredo": lambda v4: str(IPv6Address((0x20010000 << 96) | (int(v4) ^ 0xFFFFFFFF))),
    "Teredo's server": lambda v4: str(IPv6Address((0x20010000 << 96) | (int(v4) << 64))),
}


@pytest.mark.parametrize("form", list(V4_INSIDE))
@given(v4=st.ip_addresses(v=4) | st.sampled_from([IPv4Address("127.0.0.1"), IPv4Address("169.254.169.254")]))
def test_no_form_of_ipv6_leads_to_an_address_inside_it(form: str, v4: IPv4Address) -> None:
    with pytest.raises(BadAddress, match="private"):
        check_ip(V4_INSIDE[form](v4))


@given(v4=st.ip_addresses(v=4))
def test_a_mapped_address_is_what_it_maps(v4: IPv4Address) -> None:
    def is_refused(text: str) -> bool:
        try:
            check_ip(text)
        except BadAddress:
            return True
        return False

    assert is_refused(f"::ffff:{v4}") == is_refused(str(v4))
    if v4.is_private or v4.is_multicast or v4.is_loopback or v4.is_link_local or v4.is_reserved:
        assert is_refused(str(v4))


@given(v6=st.ip_addresses(v=6))
def test_only_what_is_given_out_to_the_world_is_called(v6: IPv6Address) -> None:
    try:
        check_ip(str(v6))
    except BadAddress:
        return
    assert v6.ipv4_mapped or v6 in IPv6Network("2000::/3")
    assert v6.ipv4_mapped or v6.is_global


def test_public_numbers_are_called() -> None:
    assert check_ip("203.194.112.10") == "203.194.112.10"
    assert check_ip("::ffff:203.194.112.10")
    assert check_ip("2404:6800:4003:c00::64") == "2404:6800:4003:c00::64"


@given(st.integers(1, len(PAUSES)), st.floats(0, 1))
def test_pauses_grow_and_end(tries: int, jitter: float) -> None:
    pause = pause_after(tries, jitter=jitter)
    assert pause is not None
    assert PAUSES[tries - 1] * 0.89 <= pause <= PAUSES[tries - 1] * 1.11
    assert pause_after(len(PAUSES) + 1, jitter=jitter) is None
    assert pause_of_hand_over(tries + 50, jitter=jitter) <= timedelta(minutes=67)
