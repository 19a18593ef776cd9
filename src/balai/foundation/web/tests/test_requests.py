"""What no database keeps is turned away at the door, however it is written."""

import json
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.places.models import City
from balai.foundation.web.rules.requests import RefusedRequest, check_body, check_texts

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters()), inner),
)


def texts_in(value: Any) -> list[str]:
    """Return every text in a value of JSON, names included."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [*value, *(text for each in value.values() for text in texts_in(each))]
    return [text for each in value for text in texts_in(each)] if isinstance(value, list) else []


def is_refused(body: bytes) -> bool:
    try:
        check_body(body)
    except RefusedRequest:
        return True
    return False


def cannot_be_kept(text: str) -> bool:
    return "\x00" in text or any("\ud800" <= sign <= "\udfff" for sign in text)


@given(
    st.recursive(
        st.text(st.characters(categories=["Cs", "Lu", "So"], include_characters='\x00\\u"')),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    ),
    st.booleans(),
)
def test_a_body_is_refused_just_when_a_text_in_it_cannot_be_kept(value: Any, is_escaped: bool) -> None:
    body = json.dumps(value, ensure_ascii=is_escaped).encode("utf-8", "surrogatepass")
    # two halves that meet are one character to whoever reads them
    assert is_refused(body) == any(cannot_be_kept(text) for text in texts_in(json.loads(body)))


@given(JSON)
def test_what_can_be_kept_passes(value: Any) -> None:
    if not any(cannot_be_kept(text) for text in texts_in(value)):
        assert not is_refused(json.dumps(value).encode())
        assert not is_refused(json.dumps(value, ensure_ascii=False).encode())
        check_texts(texts_in(value), most=10_000)


@pytest.mark.parametrize(
    ("body", "refused"),
    [
        (rb'"\u0000"', True),
        (rb'"\\u0000"', False),
        (rb'"\\\u0000"', True),
        (rb'"\ud800"', True),
        (rb'"\uDBFFx"', True),
        (rb'"\udc00\ud800"', True),
        (rb'"\ud83d\ude00"', False),
        (rb'"\ud83d\ud83d\ude00"', True),
        (rb'"\\ud800"', False),
        (b'"\xed\xa0\x80"', True),
        (b'"\xed\x9f\xbf"', False),
        (b'"a\x00b"', True),
        ('"a"'.encode("utf-16"), True),
        (b"", False),
    ],
)
def test_escapes_are_read_as_json_reads_them(body: bytes, refused: bool) -> None:
    assert is_refused(body) == refused


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800", "\udfff", "é\udc00"])
def test_texts_of_forms_are_checked_too(text: str) -> None:
    with pytest.raises(RefusedRequest):
        check_texts([text], most=100)


@pytest.mark.parametrize(
    "kind", ["application/json", "text/plain", "application/merge-patch+json", "application/x-www-form-urlencoded", ""]
)
@pytest.mark.parametrize("text", [r"a\u0000b", r"a\ud800b"])
def test_programs_are_told_whatever_they_call_their_body(city: City, client: Client, kind: str, text: str) -> None:
    answer = client.generic("POST", "/api/anything", f'{{"text": "{text}"}}'.encode(), content_type=kind)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert "tidak dapat disimpan" in answer.json()["detail"]


def test_a_form_in_an_encoding_that_makes_halves_is_turned_away(city: City, client: Client) -> None:
    body = b'--x\r\nContent-Disposition: form-data; name="next"\r\n\r\n+2AA-\r\n--x--\r\n'
    answer = client.generic(
        "POST", "/preferences/", body, content_type="multipart/form-data; boundary=x; charset=utf-7"
    )
    assert answer.status_code == 400
