"""The shape of keys and rights."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.api.rules import is_scope, make_token, read_token


@given(st.binary(min_size=4, max_size=4), st.binary(min_size=32, max_size=32))
def test_a_key_reads_back(prefix: bytes, secret: bytes) -> None:
    made = make_token(prefix=prefix.hex(), secret=base64.urlsafe_b64encode(secret).decode().rstrip("="))
    assert read_token(text=f"  {made.text} ") == made
    assert len(made.hash) == 64


@given(st.text(max_size=80))
def test_reading_a_key_never_fails(text: str) -> None:
    assert read_token(text=text) is None


@pytest.mark.parametrize("name", ["open311", "cases.read", "open-data.read"])
def test_rights_are_words(name: str) -> None:
    assert is_scope(name)


@pytest.mark.parametrize("name", ["", "Open311", "a b", ".x", "x.", "x" * 41, "a;b"])
def test_other_texts_are_no_rights(name: str) -> None:
    assert not is_scope(name)
