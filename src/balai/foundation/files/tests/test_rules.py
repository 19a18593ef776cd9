"""The rules of what may be attached."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.files import rules
from balai.foundation.files.rules import Unfit
from balai.foundation.files.tests.pictures import photo


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/webp"), ("HEIF", "image/heic")],
)
def test_knows_photos_by_their_content(kind: str, expected: str) -> None:
    assert rules.content_type_of(head=photo(kind)[: rules.HEAD_BYTES]) == expected


def test_knows_a_heic_whose_first_brand_is_the_general_one() -> None:
    head = b"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic"
    assert rules.content_type_of(head=head) == "image/heic"


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"MZ\x90\x00",
        b"#!/bin/sh\n",
        b"<svg xmlns=",
        b"<!DOCTYPE html>",
        b" %PDF-1.7",
        b"GIF89a",
        b"BM6\x00",
        b"PK\x03\x04",
        b"RIFF\x00\x00\x00\x00WAVEfmt ",
        b"\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom",
        b"\x00\x00\x00\x1cftypavif\x00\x00\x00\x00avifmif1miaf",
    ],
)
def test_takes_nothing_else_for_a_photo(head: bytes) -> None:
    assert rules.content_type_of(head=head) is None


@given(st.binary(max_size=80))
def test_recognising_never_fails(head: bytes) -> None:
    assert rules.content_type_of(head=head) in {None, rules.DOCUMENT_TYPE, *rules.PHOTO_TYPES}


@pytest.mark.parametrize("name", ["a.jpg", "A.JPEG", "IMG 1.HEIC", "blob", "", "C:\\fakepath\\x.png", "dir/x.webp"])
def test_accepts_names_of_photos_and_names_without_ending(name: str) -> None:
    rules.check_name(name=name)


@pytest.mark.parametrize("name", ["a.jpg.exe", "a.svg", "a.html", "a.php", "foto.jpg.html", "a.pdf.exe", "a.gif"])
def test_refuses_other_endings(name: str) -> None:
    with pytest.raises(Unfit) as refused:
        rules.check_name(name=name)
    assert refused.value.code == "wrong_name"


@pytest.mark.parametrize(("size", "code"), [(0, "empty"), (rules.MAX_BYTES + 1, "too_large")])
def test_refuses_sizes_outside_the_limits(size: int, code: str) -> None:
    with pytest.raises(Unfit) as refused:
        rules.check_size(size=size)
    assert refused.value.code == code


def test_accepts_sizes_at_the_limits() -> None:
    rules.check_size(size=1)
    rules.check_size(size=rules.MAX_BYTES)


@pytest.mark.parametrize(
    ("width", "height", "frames", "content_type", "code"),
    [
        (60_000, 60_000, 1, "image/png", "too_many_pixels"),
        (1, 52_000_001, 1, "image/jpeg", "too_many_pixels"),
        (8192, 6144, 1, "image/webp", "too_many_pixels"),
        (100, 100, 2, "image/png", "moving"),
        (100, 100, 30, "image/webp", "moving"),
        (0, 100, 1, "image/jpeg", "broken"),
    ],
)
def test_refuses_bombs_and_moving_pictures(width: int, height: int, frames: int, content_type: str, code: str) -> None:
    with pytest.raises(Unfit) as refused:
        rules.check_measures(width=width, height=height, frames=frames, content_type=content_type)
    assert refused.value.code == code


@pytest.mark.parametrize(("width", "height", "frames"), [(8192, 6144, 1), (4032, 3024, 3)])
def test_accepts_what_telephones_make(width: int, height: int, frames: int) -> None:
    rules.check_measures(width=width, height=height, frames=frames, content_type="image/jpeg")


@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(1, 5000))
def test_fitting_keeps_within_the_side_and_never_enlarges(width: int, height: int, side: int) -> None:
    new_width, new_height = rules.fit(width=width, height=height, side=side)
    assert 1 <= new_width <= width
    assert 1 <= new_height <= height
    assert max(new_width, new_height) <= max(side, 1)
    if max(width, height) > side:
        assert max(new_width, new_height) == side


@pytest.mark.parametrize(("size", "expected"), [(52 * 2**20, 52), (10 * 2**20 + 1, 11), (1, 1)])
def test_tells_megabytes_rounded_up(size: int, expected: int) -> None:
    assert rules.megabytes(size) == expected


def test_reads_a_position() -> None:
    gps = {1: "S", 2: (7.0, 15.0, 27.0), 3: "E", 4: (112.0, 45.0, 7.56)}
    assert rules.position_in(gps=gps) == (-7.2575, 112.7521)
    assert rules.position_in(gps={**gps, 1: b"N\0", 3: "W"}) == (7.2575, -112.7521)


@pytest.mark.parametrize(
    "gps",
    [
        {},
        {1: "S", 2: (7.0, 15.0), 3: "E", 4: (112.0, 45.0, 7.0)},
        {1: "S", 2: (95.0, 0.0, 0.0), 3: "E", 4: (112.0, 0.0, 0.0)},
        {1: "S", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},
        {1: "S", 2: (float("nan"), 0.0, 0.0), 3: "E", 4: (112.0, 0.0, 0.0)},
        {1: "S", 2: 7, 3: "E", 4: 112},
    ],
)
def test_reads_no_position_from_nonsense(gps: dict[int, object]) -> None:
    assert rules.position_in(gps=gps) is None


_VALUES = st.one_of(st.text(max_size=4), st.binary(max_size=4), st.floats(), st.tuples(st.floats(), st.floats()))


@given(st.fixed_dictionaries({}, optional=dict.fromkeys((1, 2, 3, 4), _VALUES)))
def test_reading_a_position_never_fails(gps: dict[int, object]) -> None:
    rules.position_in(gps=gps)


@pytest.mark.parametrize(
    ("moment", "offset", "expected"),
    [
        ("2026:11:27 14:30:00", None, "2026-11-27T14:30:00"),
        ("2026:11:27 14:30:00\0", "+07:00", "2026-11-27T14:30:00+07:00"),
        ("2026:11:27 14:30:00", "WIB", "2026-11-27T14:30:00"),
        ("0000:00:00 00:00:00", None, ""),
        ("    ", None, ""),
        (None, None, ""),
    ],
)
def test_reads_when_a_photo_was_taken(moment: object, offset: object, expected: str) -> None:
    assert rules.taken_at_in(moment=moment, offset=offset) == expected


def test_names_on_disk_hold_nothing_but_random_letters() -> None:
    assert rules.incoming_name(random_hex="ab12") == "incoming/ab12"
    name = rules.stored_name(key_hex="ab12", content_type="image/webp", kind="thumbnails")
    assert name == "thumbnails/ab/ab12.webp"
