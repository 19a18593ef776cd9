"""The report form stays light on a paid line: page, styles and scripts of the first look, compressed."""

import gzip
import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

pytestmark = pytest.mark.django_db
MOST_BYTES = 50_000
# come when a map is about to be seen, are never waited for, or belong to paper
NOT_COUNTED = ("print.css", ".woff2")
# what start.js loads on this page besides the map
ISLANDS = ("steps", "photo", "draft")


def _file(address: str) -> bytes:
    found = finders.find(address.removeprefix("/static/"))
    assert isinstance(found, str), address
    return Path(found).read_bytes()


def test_the_form_weighs_less_than_fifty_kilobytes(client, city):
    page = client.get(reverse("complaints:new"))
    text = page.content.decode()
    addresses = re.findall(r'<(?:link rel="stylesheet" href|script[^>]* src)="([^"]+)"', text)
    files = {"the page": page.content}
    for address in addresses:
        if address.endswith(NOT_COUNTED):
            continue
        files[address] = _file(address) if address.startswith("/static/") else client.get(address).content
    files |= {name: _file(f"/static/web/islands/{name}.js") for name in ISLANDS}

    weights = {name: len(gzip.compress(content, 6)) for name, content in files.items()}

    assert len(weights) >= 9
    assert sum(weights.values()) <= MOST_BYTES, weights
