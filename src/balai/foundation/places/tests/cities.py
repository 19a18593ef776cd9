"""Cities for tests: one of squares, the example city of the package, and others where their outlines are at hand."""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from balai.foundation.places.rules import Outline, Village, read_outlines

PACKAGE = Path(__file__).parents[1]
REPOSITORY = PACKAGE.parents[3]
EXAMPLE = PACKAGE / "data" / "example" / "35.73.geojson"
OTHER_CITIES = ("61.71", "64.71", "14.71")
STEP = 0.01
SQUARES_WEST, SQUARES_SOUTH = 112.6, -7.98


def boundary_file(code: str) -> Path:
    """Return the file of a city's outlines; skip the test where it is not at hand."""
    if code == "35.73":
        return EXAMPLE
    folder = Path(os.environ.get("BALAI_SHARED_DATA", REPOSITORY.parent / "shared" / "data"))
    path = folder / "boundaries" / f"{code}.geojson"
    if not path.exists():
        pytest.skip(f"outlines of {code} are not at hand; BALAI_SHARED_DATA names the folder that has them")
    return path


def square(column: float, row: float, width: float = 1, height: float = 1) -> dict[str, Any]:
    """Return a rectangle of the city of squares as GeoJSON; one step is about 1.1 km."""
    west, south = SQUARES_WEST + column * STEP, SQUARES_SOUTH + row * STEP
    east, north = west + width * STEP, south + height * STEP
    return {
        "type": "Polygon",
        "coordinates": [[[west, south], [east, south], [east, north], [west, north], [west, south]]],
    }


def feature(code: str, name: str, level: str, geometry: object) -> dict[str, Any]:
    """Return one feature."""
    return {"type": "Feature", "properties": {"code": code, "name": name, "level": level}, "geometry": geometry}


# Two districts side by side, four villages each a square; the two eastern ones overlap by a tenth of a step, and a
# gap of a hundredth (11 m) lies between the districts.
VILLAGES: Mapping[str, tuple[str, dict[str, Any]]] = {
    "35.73.01.1001": ("Barat Laut", square(0, 1)),
    "35.73.01.1002": ("Barat Daya", square(0, 0)),
    "35.73.02.1001": ("Timur Laut", square(1.01, 0.9, height=1.1)),
    "35.73.02.1002": ("Tenggara", square(1.01, 0)),
}


def squares() -> dict[str, Any]:
    """Return the outlines of the city of squares."""
    return {
        "type": "FeatureCollection",
        "features": [
            feature("35.73", "Kota Kotak", "regency", square(0, 0, 2.01, 2)),
            feature("35.73.01", "Barat", "district", square(0, 0, 1, 2)),
            feature("35.73.02", "Timur", "district", square(1.01, 0, 1, 2)),
            *(feature(code, name, "village", geometry) for code, (name, geometry) in VILLAGES.items()),
        ],
    }


def written(folder: Path, document: object) -> Path:
    """Return the path of a file that holds a document."""
    path = folder / "outlines.geojson"
    path.write_text(json.dumps(document), "utf-8")
    return path


def outlines_of_city(code: str) -> list[Outline]:
    """Return the outlines of a city."""
    document = squares() if code == "squares" else json.loads(boundary_file(code).read_text("utf-8"))
    return read_outlines(document=document, city_code="35.73" if code == "squares" else code)


def villages_of_city(code: str) -> list[Village]:
    """Return the villages of a city as the locator takes them, with numbers in order of their codes."""
    return [
        Village(
            id=number,
            code=outline.code,
            name=outline.name,
            district_id=1000 + int(outline.parent_code[-2:]),
            district_code=outline.parent_code,
            outline=outline.geometry,
        )
        for number, outline in enumerate(outlines_of_city(code))
        if outline.level == "village"
    ]
