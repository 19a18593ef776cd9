"""Identity numbers, telephones and what the public never reads."""

import re
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from balai.foundation.identity.rules import (
    CODE_ALPHABET,
    BadPhone,
    check_nik,
    mask_personal_data,
    new_access_code,
    normalise_phone,
    tidy_code,
)

# invented: serials at the end of the range
MAN, WOMAN = "3374010411879999", "3374014508689998"
GAPS = ("", " ", ".", "-", "  ", "_", ",", "\n", "\u00a0", " - ", " \u2013 ", "/")


@st.composite
def niks(draw: st.DrawFn) -> str:
    province = draw(st.sampled_from([11, 21, 33, 35, 64, 96]))
    day = draw(st.integers(1, 31)) + draw(st.sampled_from([0, 40]))
    parts = (
        province,
        draw(st.sampled_from([*range(1, 70), *range(71, 100)])),
        draw(st.integers(1, 99)),
        day,
        draw(st.integers(1, 12)),
        draw(st.integers(0, 99)),
    )
    return "".join(f"{part:02d}" for part in parts) + f"{draw(st.integers(1, 9999)):04d}"


@given(nik=niks())
def test_a_well_formed_nik_has_no_problem(nik):
    assert check_nik(nik) == []


@pytest.mark.parametrize(
    ("nik", "problems"),
    [
        ("", ["length"]),
        (MAN[:15], ["length"]),
        (MAN + "1", ["length"]),
        ("337401041187999x", ["length"]),
        ("337401041187999\u00b2", ["length"]),  # a superscript is a digit to str.isdigit, and no number
        ("\uff13" * 16, ["length"]),
        ("2074010411879999", ["province"]),
        ("3300010411879999", ["regency"]),
        ("3370010411879999", ["regency"]),
        ("3374000411879999", ["district"]),
        ("3374010011879999", ["birth_date"]),
        ("3374013211879999", ["birth_date"]),
        ("3374014011879999", ["birth_date"]),
        ("3374017211879999", ["birth_date"]),
        ("3374010400879999", ["birth_date"]),
        ("3374010413879999", ["birth_date"]),
        ("3374010411870000", ["serial"]),
        ("2000000000000000", ["province", "regency", "district", "birth_date", "serial"]),
    ],
)
def test_each_fault_of_a_nik_has_its_name(nik, problems):
    found = check_nik(nik)
    assert [problem.code for problem in found] == problems
    assert all(problem.is_error for problem in found)


def test_another_birth_date_or_sex_is_only_a_warning():
    assert check_nik(MAN, born=date(1987, 11, 4), female=False) == []
    assert check_nik(WOMAN, born=date(1968, 8, 5), female=True) == []
    found = check_nik(WOMAN, born=date(1968, 8, 6), female=False)
    assert [(problem.code, problem.is_error) for problem in found] == [
        ("other_birth_date", False),
        ("other_sex", False),
    ]


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("081234567890", "+6281234567890"),
        ("0812-3456-7890", "+6281234567890"),
        (" 812 3456 7890 ", "+6281234567890"),
        ("62 812 3456 7890", "+6281234567890"),
        ("+62 (0)812 3456 7890", "+6281234567890"),
        ("0062 812 3456 7890", "+6281234567890"),
        ("(0341) 551234", "+62341551234"),
        ("+65 6123 4567", "+6561234567"),
    ],
)
def test_a_telephone_number_becomes_international(typed, number):
    assert normalise_phone(typed) == number
    assert normalise_phone(number) == number


@pytest.mark.parametrize(
    "typed", ["", "   ", "0", "112", "tidak ada", "12345678", "+0812345678", "08" * 12, "\uff10\uff18" * 5]
)
def test_what_cannot_be_a_telephone_number_is_refused(typed):
    with pytest.raises(BadPhone):
        normalise_phone(typed)


@given(nik=niks(), gaps=st.lists(st.sampled_from(GAPS), min_size=15, max_size=15))
def test_no_nik_survives_however_it_is_spaced(nik, gaps):
    written = "".join(digit + gap for digit, gap in zip(nik, [*gaps, ""], strict=True))
    masked = mask_personal_data(f"NIK saya {written}. Terima kasih")
    assert re.sub(r"\D", "", masked) == ""
    assert masked.startswith("NIK saya ")
    assert masked.endswith(". Terima kasih")


TYPED = st.text(alphabet="0123456789 .-/(),+@abRp:\n\u2013_", max_size=80)


@given(text=st.one_of(st.text(max_size=200), TYPED))
@example(text="0812 34567890 0813 34567890")
@example(text="RT 012 0812 3456 7890")
def test_masking_twice_changes_nothing_more(text):
    once = mask_personal_data(text)
    assert mask_personal_data(once) == once


@given(text=st.one_of(st.text(max_size=200), TYPED))
def test_no_run_of_sixteen_digits_and_no_address_survives(text):
    masked = mask_personal_data(text)
    assert not re.search(r"\d{16}", masked) or re.search(r"(?:19|20)\d\d(?:(?:19|20)\d\d){3}", masked)
    assert not re.search(r"[\w.+-]+@[\w-]+\.[\w-]+", masked)


@pytest.mark.parametrize(
    "number",
    [
        "081234567890",
        "0812-3456-7890",
        "0812.3456.7890",
        "0812  3456  7890",
        "08 12 34 56 78 90",
        "08.12.34.56.78.90",
        "+62 812 3456 7890",
        "+62 (0)812 3456 7890",
        "62812345678",
        "812 3456 7890",
        "(0341) 551234",
        "021 1234567",
        "+65 6123 4567",
        "warga.kota+1@surat.contoh.id",
    ],
)
def test_telephones_and_addresses_are_masked_whole(number):
    masked = mask_personal_data(f"Hubungi {number}, saya di rumah")
    assert re.fullmatch(r"Hubungi \[(telepon|surel) disamarkan\], saya di rumah", masked)


@pytest.mark.parametrize(
    "text",
    [
        "Jl. Ijen No 12-14, RT 05 RW 03, 65111",
        "Sejak tahun 2024, 2025 dan 2026",
        "2023 2024 2025 2026",
        "Biayanya Rp1.250.000, katanya",
        "Rp 62.500.000.000",
        "rp 850000000",
        "Buka 08.00-16.00",
        "Buka 08.00 \u2013 16.00 setiap hari",
        "Pada 05-11-2026 14.30",
        "Pada 14.30 05/11/2026",
        "Di -7.966620, 112.632632",
        "Laporan 26-GP5E-JNU2",
        "Telepon 112",
        "",
    ],
)
def test_what_names_nobody_stays(text):
    assert mask_personal_data(text) == text


def test_an_access_code_has_no_letters_that_look_alike():
    assert not set("0O1IL") & set(CODE_ALPHABET)
    numbers = iter(range(8))
    assert new_access_code(lambda below: next(numbers)) == CODE_ALPHABET[:8]
    assert tidy_code(" cnth-2345 ") == "CNTH2345"


def test_an_address_behind_a_long_run_of_letters_is_masked() -> None:
    assert "contoh.id" not in mask_personal_data("Email" + "." * 90 + "ani@contoh.id")
