"""What strangers put into addresses and headers."""

import pytest
from django.core.signals import request_started
from django.test import RequestFactory

from balai.config.wsgi import application
from balai.modules.complaints.queries.public import PublicFilter


@pytest.mark.parametrize("text", ["-inf,-90,inf,90", "0,0,1e300,1", "nan,0,1,1", "113,-7,112,-9", "112,-91,113,0"])
def test_a_box_off_the_globe_is_no_box(text: str) -> None:
    assert PublicFilter(bbox=text).box is None


def test_a_box_on_the_globe_is_read() -> None:
    assert PublicFilter(bbox="112,-9,113,-7").box == (112.0, -9.0, 113.0, -7.0)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("peer", "seen"),
    [("127.0.0.1", "203.0.113.9"), ("198.51.100.7", "198.51.100.7")],
)
def test_only_our_own_proxy_says_who_the_visitor_is(peer: str, seen: str) -> None:
    environ = RequestFactory().get("/healthz").environ | {
        "REMOTE_ADDR": peer,
        # the first was made up by the visitor, the last was written by the proxy
        "HTTP_X_FORWARDED_FOR": "192.0.2.1, 203.0.113.9",
    }
    addresses = []

    def note(environ: dict[str, str], **_rest: object) -> None:
        addresses.append(environ["REMOTE_ADDR"])

    request_started.connect(note)
    try:
        application(environ, lambda *_given: None)
    finally:
        request_started.disconnect(note)
    assert addresses == [seen]
