"""Numbers, seals, masks: pure."""

from datetime import date

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.documents.rules.numbers import BadNumber, check_number, number_of
from balai.foundation.documents.rules.seals import (
    CODE_ALPHABET,
    BadSeal,
    Statement,
    grouped_code,
    holder_mark,
    key_name,
    masked_name,
    new_check_code,
    read_seal,
    seal_text,
    tidy_check_code,
)
from balai.foundation.documents.rules.texts import printable, with_marks

KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)
PUBLIC = KEY.public_key().public_bytes_raw()
KEYS = {key_name(PUBLIC): PUBLIC}
SAID = Statement(
    number="400.12/17/DINSOS/XI/2026",
    template="domicile",
    issued_on=date(2026, 11, 25),
    valid_until=date(2027, 5, 25),
    holder_mark="0123456789abcdef",
)


def test_a_number_is_written_as_offices_do() -> None:
    pattern = "400.12/{sequence:4}/DINSOS/{roman_month}/{year}"
    assert number_of(pattern=pattern, sequence=17, on=date(2026, 11, 25)) == "400.12/0017/DINSOS/XI/2026"


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("{year}", "no_sequence"),
        ("{sequence}", "no_sequence"),
        ("{sequence}/{who}/{year}", "unknown_place"),
        ("{sequence}/{year}/{", "unknown_place"),
        ("{sequence}|{year}", "characters"),
        ("A" * 80 + "{sequence}{year}", "too_long"),
    ],
)
def test_a_bad_pattern_is_named(pattern: str, code: str) -> None:
    with pytest.raises(BadNumber) as refused:
        number_of(pattern=pattern, sequence=1, on=date(2026, 1, 1))
    assert refused.value.code == code


def test_an_empty_number_is_refused() -> None:
    with pytest.raises(BadNumber, match="empty"):
        check_number(number="  ")


def test_a_seal_says_what_was_signed() -> None:
    text = seal_text(statement=SAID, public=PUBLIC, sign=KEY.sign)
    assert text.isalnum()
    assert text == text.upper()
    assert read_seal(text=text, keys=KEYS) == SAID
    assert read_seal(text=f"https://kota.example/documents/c/ABC?s={text.lower()}\n", keys=KEYS) == SAID


def test_a_document_without_an_end_and_without_a_holder_has_a_seal() -> None:
    said = Statement(number="1/2026", template="a", issued_on=date(2026, 1, 1), valid_until=None, holder_mark="")
    assert read_seal(text=seal_text(statement=said, public=PUBLIC, sign=KEY.sign), keys=KEYS) == said


def test_every_changed_character_is_noticed() -> None:
    text = seal_text(statement=SAID, public=PUBLIC, sign=KEY.sign)
    for place in range(len(text) - 1):
        changed = text[:place] + ("B" if text[place] == "A" else "A") + text[place + 1 :]
        with pytest.raises(BadSeal):
            read_seal(text=changed, keys=KEYS)


def test_a_stranger_s_seal_is_not_ours() -> None:
    other = Ed25519PrivateKey.from_private_bytes(b"o" * 32)
    public = other.public_key().public_bytes_raw()
    with pytest.raises(BadSeal, match="unknown_key"):
        read_seal(text=seal_text(statement=SAID, public=public, sign=other.sign), keys=KEYS)
    # one that claims our key
    with pytest.raises(BadSeal, match="forged"):
        read_seal(text=seal_text(statement=SAID, public=PUBLIC, sign=other.sign), keys=KEYS)


@given(st.text(max_size=300))
def test_nonsense_is_refused_and_never_breaks(text: str) -> None:
    with pytest.raises(BadSeal):
        read_seal(text=text, keys=KEYS)


def test_the_holder_s_mark_forgives_writing_and_nothing_else() -> None:
    mark = holder_mark(check_code="ABCD", name="Siti Nur'aini, S.Pd.")
    assert mark == holder_mark(check_code="ABCD", name=" SITI  NUR AINI S PD")
    assert mark != holder_mark(check_code="ABCE", name="Siti Nur'aini, S.Pd.")
    assert mark != holder_mark(check_code="ABCD", name="Siti Nuraini")
    assert holder_mark(check_code="ABCD", name=" ") == ""


def test_check_codes_are_readable() -> None:
    numbers = iter(range(100))
    code = new_check_code(lambda below: next(numbers) % below)
    assert len(code) == 12
    assert not set(code) & set("01OIL")
    assert set(code) <= set(CODE_ALPHABET)
    assert tidy_check_code(grouped_code(code).lower()) == code


def test_texts_are_made_fit_for_paper() -> None:
    data = {
        "holder": "Siti\u200b Nuri\u0301 😀\ufe0f",
        "rows": [("a\x07", "50 °C © №1\n\u202eb")],
        "count": 3,
        "none": None,
    }
    assert printable(data) == {
        "holder": "Siti Nurí ",
        "rows": [["a", "50 °C © №1\nb"]],
        "count": 3,
        "none": None,
    }
    # letters of any script are somebody's name
    assert printable("محمد 王 ᬩᬮᬶ") == "محمد 王 ᬩᬮᬶ"


def test_what_no_face_has_gets_a_mark_wherever_it_stands() -> None:
    data = {"holder": "王 Ꭓꭓ m!", "rows": ["王王", {"王": 1}], "count": 3}
    # a template that writes in capitals is refused the capital of a small letter
    assert with_marks(data, lacking=["王", "Ꭓ"]) == {"holder": "□ □□ m!", "rows": ["□□", {"王": 1}], "count": 3}


def test_a_mark_over_a_letter_takes_no_letter_along() -> None:
    data = {"holder": "Num\u20dd mama 王", "nik": "3573\u20dd"}
    once = with_marks(data, lacking=["m", "3", "\u20dd", "王"])
    assert once == {"holder": "Num□ mama 王", "nik": "3573□"}
    assert with_marks(once, lacking=["王"]) == {"holder": "Num□ mama □", "nik": "3573□"}
    assert with_marks(once, lacking=["3"]) == once
    assert with_marks("Siti", lacking=[]) == "Siti"


def test_a_masked_name_shows_first_letters() -> None:
    assert masked_name("Siti Rahmawati-Purnamasari") == "S••• R••••••"
    assert masked_name("") == ""
