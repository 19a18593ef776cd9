"""Photos are looked at by their header and made anew."""

from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from balai.foundation.files import _pictures
from balai.foundation.files.rules import Unfit
from balai.foundation.files.tests.pictures import LAT, LON, MARKER, TAKEN, moving, photo, png_bomb, scene

KINDS = ["JPEG", "PNG", "WEBP", "HEIF"]


def read_header(content: bytes) -> _pictures.Header:
    return _pictures.read_header(file=BytesIO(content), size=len(content))


def make_anew(content: bytes) -> _pictures.Clean:
    return _pictures.make_anew(file=BytesIO(content))


def code_of(content: bytes) -> str:
    with pytest.raises(Unfit) as refused:
        read_header(content)
    return refused.value.code


@pytest.mark.parametrize("kind", KINDS)
def test_reads_the_header(kind: str) -> None:
    header = read_header(photo(kind))
    assert (header.width, header.height) == (160, 120)


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_but_the_picture_survives(kind: str) -> None:
    original = photo(kind)
    assert MARKER.encode() in original, "the test photo must carry the marker"
    clean = make_anew(original)
    for content in (clean.picture, clean.thumbnail):
        assert MARKER.encode() not in content
        for block in (b"Exif", b"http://ns.adobe.com", b"xmpmeta", b"ICC_PROFILE", b"GPS"):
            assert block not in content
        with Image.open(BytesIO(content)) as opened:
            assert not opened.getexif()
            assert not {"comment", "exif", "xmp", "icc_profile"} & set(opened.info)


@pytest.mark.parametrize("kind", KINDS)
def test_position_and_time_are_kept_apart(kind: str) -> None:
    evidence = make_anew(photo(kind)).evidence
    assert (evidence.lat, evidence.lon) == (LAT, LON)
    assert evidence.taken_at == TAKEN


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_held_sideways_comes_out_upright(kind: str) -> None:
    clean = make_anew(photo(kind, orientation=6))
    assert (clean.width, clean.height) == (120, 160)
    with Image.open(BytesIO(clean.picture)) as upright:
        top, bottom = upright.getpixel((60, 10)), upright.getpixel((60, 150))
    # turned by a quarter, what was left is on top
    assert top[0] > 150 > top[2]
    assert bottom[2] > 150 > bottom[0]


@pytest.mark.parametrize(
    ("width", "height", "measures"),
    [(4000, 3000, (2000, 1500)), (3000, 1500, (2048, 1024)), (1500, 3000, (1024, 2048)), (640, 480, (640, 480))],
)
def test_long_photos_are_scaled_down(width: int, height: int, measures: tuple[int, int]) -> None:
    clean = make_anew(photo("JPEG", width, height))
    assert (clean.width, clean.height) == measures
    with Image.open(BytesIO(clean.thumbnail)) as small:
        assert max(small.size) == 400


@pytest.mark.parametrize("mode", ["L", "P", "1", "LA", "RGBA", "I;16"])
def test_every_mode_of_png_comes_out(mode: str) -> None:
    out = BytesIO()
    image = scene().convert("I").convert("I;16") if mode == "I;16" else scene().convert(mode)
    image.save(out, "PNG")
    clean = make_anew(out.getvalue())
    assert clean.content_type == "image/jpeg"
    assert (clean.width, clean.height) == (160, 120)


def test_cmyk_comes_out() -> None:
    out = BytesIO()
    scene().convert("CMYK").save(out, "JPEG")
    assert make_anew(out.getvalue()).content_type == "image/jpeg"


def test_what_shows_through_still_does() -> None:
    out = BytesIO()
    image = scene(mode="RGBA")
    image.putalpha(80)
    image.save(out, "PNG")
    clean = make_anew(out.getvalue())
    assert clean.content_type == "image/webp"
    with Image.open(BytesIO(clean.picture)) as opened:
        assert opened.mode == "RGBA"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("tail", [b"<script>alert(1)</script>", b"PK\x03\x04" + b"evil" * 40, b"<?php system('id') ?>"])
def test_polyglots_are_neutralised(kind: str, tail: bytes) -> None:
    content = photo(kind) + tail
    read_header(content)
    clean = make_anew(content)
    assert tail not in clean.picture + clean.thumbnail


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.97])
def test_cut_off_photos_are_refused_at_the_door(kind: str, share: float) -> None:
    content = photo(kind, 400, 300)
    assert code_of(content[: int(len(content) * share)]) == "broken"


def test_the_preview_inside_a_cut_off_photo_is_not_taken_for_its_end() -> None:
    preview = BytesIO()
    scene(40, 30).save(preview, "JPEG")
    block = b"Exif\0\0" + preview.getvalue()
    whole = photo("JPEG", 400, 300)
    segment = b"\xff\xe1" + (len(block) + 2).to_bytes(2, "big") + block
    content = whole[:2] + segment + whole[2:]
    read_header(content)
    assert code_of(content[:-40]) == "broken"


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_moving_pictures_are_refused(kind: str) -> None:
    assert code_of(moving(kind)) == "moving"


def test_a_second_picture_of_the_same_shot_is_accepted() -> None:
    out = BytesIO()
    scene(640, 480).save(out, "MPO", save_all=True, append_images=[scene(64, 48)])
    content = out.getvalue()
    assert read_header(content).width == 640
    assert make_anew(content).width == 640


@pytest.mark.parametrize(("width", "height"), [(60_000, 60_000), (9_000, 9_000), (52_000_001, 1)])
def test_bombs_are_refused_by_their_header(width: int, height: int) -> None:
    assert code_of(png_bomb(width, height)) in {"too_many_pixels", "broken"}


def test_a_bomb_is_refused_again_when_it_is_to_be_decoded() -> None:
    with pytest.raises(Unfit) as refused:
        make_anew(png_bomb(9_000, 9_000))
    assert refused.value.code == "too_many_pixels"


@pytest.mark.parametrize("kind", ["GIF", "BMP", "TIFF", "PPM"])
def test_other_pictures_are_refused(kind: str) -> None:
    assert code_of(photo(kind)) == "not_a_photo"


@pytest.mark.parametrize("content", [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"<html></html>", b"%PDF-1.7\n"])
def test_documents_are_refused(content: bytes) -> None:
    assert code_of(content) == "not_a_photo"


@pytest.mark.filterwarnings("ignore::UserWarning")
@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_damaged_bytes_are_refused_or_made_anew_but_never_crash(kind: str, data: st.DataObject) -> None:
    content = bytearray(photo(kind))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    refusals = {refusal_of(look, bytes(content)) for look in (read_header, make_anew)}
    assert refusals <= {"", "broken", "not_a_photo", "too_many_pixels", "moving"}


def refusal_of(look: Callable[[bytes], object], content: bytes) -> str:
    try:
        look(content)
    except Unfit as unfit:
        return unfit.code
    return ""
