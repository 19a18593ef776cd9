"""Addresses of our own and of others' browser files. Others' may be missing: then the page is plainer."""

import re
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from django.contrib.staticfiles import finders
from django.templatetags.static import static

ISLANDS = ("map", "photo", "steps", "draft", "copy", "keys", "time")
VENDOR_FILES = {"leaflet.js": "vendor/leaflet/leaflet.js", "leaflet.css": "vendor/leaflet/leaflet.css"}
FONT = "vendor/fonts/plus-jakarta-sans-latin.woff2"
SPRITE = "vendor/icons.svg"
_SYMBOL = re.compile(r'<symbol id="([a-z0-9-]+)"[^>]*>(.*?)</symbol>', re.DOTALL)


@cache
def island_addresses() -> dict[str, str]:
    """Return the addresses of the islands and of what they load, for the starter script."""
    found = {name: static(f"web/islands/{name}.js") for name in ISLANDS}
    found["map.css"] = static("web/map.css")
    found.update({name: static(path) for name, path in VENDOR_FILES.items() if has_file(path)})
    return found


@cache
def has_file(path: str) -> bool:
    """Return whether a static file is there."""
    return finders.find(path) is not None


@cache
def icons() -> dict[str, str]:
    """Return the drawing of each icon by its name; empty when set-up could not fetch the sprite."""
    found = finders.find(SPRITE)
    if not isinstance(found, str):
        return {}
    return {name: drawing.strip() for name, drawing in _SYMBOL.findall(Path(found).read_text("utf-8"))}


@cache
def program_version() -> str:
    """Return the installed version of the program."""
    try:
        return version("balai")
    except PackageNotFoundError:
        return ""
