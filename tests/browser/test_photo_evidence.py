"""A photo made smaller in the browser still tells the server where and when it was taken."""

import base64
import os
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page

from balai.foundation.files._pictures import make_anew
from balai.foundation.files.rules import LONG_SIDE
from balai.foundation.files.tests.pictures import LAT, LON, TAKEN, exif
from tests.browser.test_report_flow import site

__all__ = ["site"]


def large_photo(path: Path, *, orientation: int) -> int:
    """Write a photo that is worth shrinking: its left half is dark once it is upright; return its bytes."""
    upright = Image.frombytes("RGB", (3000, 2000), os.urandom(3000 * 2000 * 3)).reduce(4).resize((3000, 2000))
    upright.paste((10, 10, 10), (0, 0, 1500, 2000))
    # orientation 6: the sensor lay on its side
    stored = upright.transpose(Image.Transpose.ROTATE_90) if orientation == 6 else upright
    stored.save(path, "JPEG", quality=95, exif=exif(orientation=orientation))
    return path.stat().st_size


@pytest.mark.parametrize("orientation", [1, 6])
def test_place_and_time_travel_with_the_smaller_photo(site: str, page: Page, tmp_path: Path, orientation: int) -> None:
    path = tmp_path / "lubang.jpg"
    size = large_photo(path, orientation=orientation)
    page.goto(site + "/complaints/new/")
    page.set_input_files("#id_photo", str(path))
    page.get_by_text("Tambah foto").wait_for()
    sent = base64.b64decode(
        page.evaluate(
            """async () => {
              const bytes = new Uint8Array(await document.querySelector("#id_photo").files[0].arrayBuffer());
              let text = "";
              for (let at = 0; at < bytes.length; at += 8192) {
                text += String.fromCharCode(...bytes.subarray(at, at + 8192));
              }
              return btoa(text);
            }"""
        )
    )
    assert len(sent) < size
    assert max(Image.open(BytesIO(sent)).size) <= LONG_SIDE
    clean = make_anew(file=BytesIO(sent))
    assert (clean.evidence.lat, clean.evidence.lon, clean.evidence.taken_at) == (LAT, LON, TAKEN)
    # turned upright once, not twice
    assert (clean.width, clean.height) == (2048, 1365)
    shown = Image.open(BytesIO(clean.picture)).convert("L")
    assert shown.getpixel((200, 600)) < 60 < shown.getpixel((1800, 600))


def test_a_photo_without_evidence_travels_as_before(site: str, page: Page, tmp_path: Path) -> None:
    path = tmp_path / "polos.jpg"
    Image.frombytes("RGB", (2400, 1600), os.urandom(2400 * 1600 * 3)).save(path, quality=95)
    page.goto(site + "/complaints/new/")
    page.set_input_files("#id_photo", str(path))
    page.get_by_text("Tambah foto").wait_for()
    width = page.evaluate("async () => (await createImageBitmap(document.querySelector('#id_photo').files[0])).width")
    assert width == LONG_SIDE


def test_what_is_no_photo_is_told_at_once_and_left_out(site: str, page: Page, tmp_path: Path) -> None:
    good, note = tmp_path / "lubang.jpg", tmp_path / "catatan.txt"
    Image.new("RGB", (320, 240), "grey").save(good, "JPEG")
    note.write_text("lubang besar", "utf-8")
    page.goto(site + "/complaints/new/")
    page.set_input_files("#id_photo", [str(note), str(good)])
    page.get_by_text("catatan.txt: bukan foto").wait_for()
    names = "[...document.querySelector('#id_photo').files].map((file) => file.name)"
    assert page.evaluate(names) == ["lubang.jpg"]
