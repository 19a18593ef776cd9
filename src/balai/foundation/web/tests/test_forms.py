"""Forms that a screen reader can connect, and a brand that cannot carry a script."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import translation
from PIL import Image

from balai.foundation.web import actions
from balai.foundation.web.forms import BrandForm
from balai.foundation.web.gallery import SampleForm
from balai.foundation.web.models import Brand

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M0 0h8v8z" fill="#0b5e63"/></svg>'


def test_label_hint_and_error_belong_to_the_field() -> None:
    form = SampleForm({"name": "Siti", "text": "short"})
    with translation.override("id"):
        html = form.as_div()
    assert '<label class="b-label" for="id_phone">' in html
    assert 'id="id_phone_error"' in html
    assert 'aria-describedby="id_phone_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_name_helptext"' in html
    assert "(tidak wajib)" in html
    # The summary leads to the fields.
    assert 'href="#id_phone"' in html
    assert 'href="#id_shown_0"' in html
    assert "Isian Anda tetap ada" in html


def test_choices_stand_in_a_fieldset_with_its_question() -> None:
    html = SampleForm()["shown"].as_field_group()
    assert "<fieldset" in html
    assert '<legend class="b-label">Who may see your name?' in html
    assert html.count('class="b-option"') == 3


def test_a_single_tick_box_has_its_label_behind_it() -> None:
    html = SampleForm()["agreed"].as_field_group()
    assert html.index("<input") < html.index("<label")


def _brand(**changes: Any) -> BrandForm:
    files = {"mark": changes.pop("mark")} if "mark" in changes else {}
    return BrandForm({"service_name": "Balai", "colour": "#0b5e63", **changes}, files)


@pytest.mark.parametrize("colour", ["red", "#zzzzzz", "12"])
def test_a_colour_must_be_one(colour: str) -> None:
    assert "colour" in _brand(colour=colour).errors


@pytest.mark.parametrize(
    "address",
    ["http://a.example/{z}/{x}/{y}.png", "https://a.example/tiles", 'https://a.example/{z}/{x}/{y}"><script>', "x"],
)
def test_a_street_map_must_be_a_safe_address(address: str) -> None:
    assert "tile_url" in _brand(tile_url=address, tile_attribution="©").errors


def test_a_street_map_names_its_makers() -> None:
    address = "https://{s}.tile.example/{z}/{x}/{y}.png"
    assert "tile_attribution" in _brand(tile_url=address).errors
    assert _brand(tile_url=address, tile_attribution="© OpenStreetMap").is_valid()


@pytest.mark.parametrize(
    "evil",
    [
        b"<script>alert(1)</script>",
        b'<path d="M0 0" onload="alert(1)"/>',
        b'<a href="javascript:alert(1)"><path d="M0 0"/></a>',
        b"<foreignObject><body xmlns='http://www.w3.org/1999/xhtml'><img src='x' onerror='alert(1)'/></body></foreignObject>",
        b'<image href="https://evil.example/x.png"/>',
        b'<use href="https://evil.example/x.svg#a"/>',
        b'<rect style="fill:url(https://evil.example)"/>',
        b'<rect fill="url(https://evil.example/x#y)"/>',
        b'<style>@import "https://evil.example"</style>',
        b'<animate attributeName="href" to="javascript:alert(1)"/>',
        b'<set attributeName="onload" to="alert(1)"/>',
    ],
)
def test_a_drawing_loses_what_could_act(evil: bytes) -> None:
    content = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8">' + evil + b'<path d="M1 1h2"/></svg>'
    clean = actions.read_mark(upload=SimpleUploadedFile("mark.svg", content))
    assert "M1 1h2" in clean
    for word in ("script", "onload", "onerror", "javascript", "evil", "foreignObject", "style", "href", "animate"):
        assert word not in clean


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"hello",
        b"<html><body/></html>",
        b'<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]><svg xmlns="http://www.w3.org/2000/svg">&x;</svg>',
        b'<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="1"/>',
        b"\x89PNG\r\n\x1a\nbroken",
    ],
)
def test_what_is_no_drawing_is_refused(content: bytes) -> None:
    with pytest.raises(actions.UnusableMark):
        actions.read_mark(upload=SimpleUploadedFile("mark.svg", content))


def test_a_png_is_drawn_anew_and_small() -> None:
    stored = BytesIO()
    Image.new("RGB", (1000, 500), "#0b5e63").save(stored, "PNG", pnginfo=None)
    mark = actions.read_mark(upload=SimpleUploadedFile("mark.png", stored.getvalue()))
    assert 'viewBox="0 0 256 128"' in mark
    assert "data:image/png;base64," in mark


@pytest.mark.django_db
def test_a_change_of_the_brand_moves_its_version() -> None:
    words = {"service_name": "Balai", "tagline_id": "", "tagline_en": "", "tile_url": "", "tile_attribution": ""}
    first = actions.change_brand(**words, colour="#ABC", mark_svg="<svg/>")
    second = actions.change_brand(**words, colour="#0b5e63")
    assert (first.version, second.version) == (1, 2)
    brand = Brand.objects.get()
    assert (brand.colour, brand.mark_svg) == ("#0b5e63", "<svg/>")
    actions.change_brand(**words, colour="#0b5e63", mark_svg="")
    assert Brand.objects.get().mark_svg == ""
