"""What is checked in a file of outlines, and the smaller outlines made from it."""

import json
from typing import Any

import pytest
import shapely
from shapely.geometry import shape

from balai.foundation.places.rules import BadBoundaryFile, dissolve, read_outlines, simplify
from balai.foundation.places.rules.locator import metres_per_degree
from balai.foundation.places.tests.cities import (
    OTHER_CITIES,
    boundary_file,
    feature,
    outlines_of_city,
    square,
    squares,
)


def problems_of(document: object) -> list[tuple[str, int, str]]:
    with pytest.raises(BadBoundaryFile) as bad:
        read_outlines(document=document, city_code="35.73")
    return [(problem.code, problem.feature, problem.name) for problem in bad.value.problems]


def changed(number: int, **values: Any) -> dict[str, Any]:
    """Return the squares with one feature (from 1) changed: properties by name, or the geometry."""
    document = squares()
    chosen = document["features"][number - 1]
    if "geometry" in values:
        chosen["geometry"] = values.pop("geometry")
    chosen["properties"].update(values)
    return document


@pytest.mark.parametrize("code", ["squares", "35.73", *OTHER_CITIES])
def test_outlines_of_real_cities_are_taken(code: str) -> None:
    outlines = outlines_of_city(code)
    assert [outline.code for outline in outlines] == sorted(outline.code for outline in outlines)
    assert all(outline.geometry.is_valid for outline in outlines)
    assert {outline.level for outline in outlines} == {"regency", "district", "village"}


@pytest.mark.parametrize("document", [None, [], "x", {}, {"type": "Feature"}, {"type": "Topology"}])
def test_what_is_no_collection(document: object) -> None:
    assert problems_of(document) == [("not_a_collection", 0, "")]


@pytest.mark.parametrize("features", [None, [], {}, "x"])
def test_a_collection_without_features(features: object) -> None:
    assert problems_of({"type": "FeatureCollection", "features": features}) == [("no_features", 0, "")]


LINE = {"type": "LineString", "coordinates": [[112.6, -7.9], [112.7, -7.9]]}
METRES = {
    "type": "Polygon",
    "coordinates": [[[678000, 9120000], [679000, 9120000], [679000, 9121000], [678000, 9120000]]],
}
LAT_FIRST = {"type": "Polygon", "coordinates": [[[-7.9, 112.6], [-7.9, 112.7], [-7.8, 112.7], [-7.9, 112.6]]]}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"code": ""}, "missing_property"),
        ({"code": None}, "missing_property"),
        ({"code": 3573021002}, "missing_property"),
        ({"level": None}, "missing_property"),
        ({"level": "kelurahan"}, "bad_level"),
        ({"code": "35.73.02"}, "bad_code"),
        ({"code": "35.73.02.x"}, "bad_code"),
        ({"code": "3573021002"}, "bad_code"),
        ({"code": "35.73.02.1000000"}, "bad_code"),
        ({"code": "35.07.02.1002"}, "outside_code"),
        ({"code": "35.73.02.1001"}, "doubled_code"),
        ({"geometry": None}, "no_geometry"),
        ({"geometry": {"type": "Polygon", "coordinates": []}}, "no_geometry"),
        ({"geometry": LINE}, "not_an_area"),
        ({"geometry": {"type": "Polygon"}}, "bad_geometry"),
        ({"geometry": {"type": "Polygon", "coordinates": [[[112.6, -7.9], [112.7, -7.9]]]}}, "bad_geometry"),
        ({"geometry": {"type": "Polygon", "coordinates": [["a"]]}}, "bad_geometry"),
        ({"geometry": {"type": "MultiPolygon", "coordinates": [1, 2]}}, "bad_geometry"),
        (
            {
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[112.6, -7.9], [112.7, -7.9], [112.6, -7.9], [112.6, -7.9]]],
                }
            },
            "bad_geometry",
        ),
        ({"geometry": METRES}, "bad_position"),
        ({"geometry": LAT_FIRST}, "bad_position"),
    ],
)
def test_a_wrong_feature_is_named(values: dict[str, Any], code: str) -> None:
    assert problems_of(changed(7, **values)) == [(code, 7, "Tenggara")]


def test_a_feature_without_a_name_is_named_by_its_number() -> None:
    assert problems_of(changed(7, name="  ")) == [("missing_property", 7, "")]
    document = squares()
    document["features"][3] = {"type": "Polygon"}
    document["features"][4]["properties"] = None
    assert problems_of(document) == [("not_a_feature", 4, ""), ("missing_property", 5, "")]


def test_every_wrong_feature_is_named_at_once() -> None:
    document = changed(5, level="desa")
    document["features"][6]["geometry"] = LINE
    assert problems_of(document) == [("bad_level", 5, "Barat Daya"), ("not_an_area", 7, "Tenggara")]


def test_the_city_and_its_villages_must_be_there() -> None:
    document = squares()
    document["features"] = document["features"][1:3]
    assert [code for code, _, _ in problems_of(document)] == ["no_city", "no_villages"]


def test_a_village_elsewhere_is_found() -> None:
    assert problems_of(changed(7, geometry=square(40, 40))) == [("village_elsewhere", 0, "Tenggara")]
    # a third outside is what real drawings have
    read_outlines(document=changed(7, geometry=square(1.35, 0)), city_code="35.73")


def test_lines_that_cross_themselves_are_mended_and_said() -> None:
    west, south = 112.6, -7.98
    bow = [[west, south], [west + 0.01, south + 0.01], [west + 0.01, south], [west, south + 0.01], [west, south]]
    outlines = read_outlines(document=changed(5, geometry={"type": "Polygon", "coordinates": [bow]}), city_code="35.73")
    mended = next(outline for outline in outlines if outline.name == "Barat Daya")
    assert mended.repaired
    assert mended.geometry.is_valid
    assert mended.geometry.area == pytest.approx(0.5e-4)
    assert [outline.name for outline in outlines if outline.repaired] == ["Barat Daya"]


def test_heights_are_left_out() -> None:
    geometry = square(1.01, 0)
    geometry["coordinates"] = [[[*point, 440.0] for point in geometry["coordinates"][0]]]
    outlines = read_outlines(document=changed(7, geometry=geometry), city_code="35.73")
    assert not any(outline.geometry.has_z for outline in outlines)


@pytest.mark.parametrize("code", ["35.73", *OTHER_CITIES])
def test_small_outlines_stay_within_metres_of_the_whole_ones(code: str) -> None:
    whole = [outline.geometry for outline in outlines_of_city(code) if outline.level == "village"]
    small = [shape(geometry) for geometry in simplify(outlines=whole)]
    per_degree = min(metres_per_degree(lat=whole[0].centroid.y))
    assert (
        max(shapely.hausdorff_distance(one, other) for one, other in zip(whole, small, strict=True)) * per_degree < 60
    )
    assert all(not geometry.is_empty for geometry in small)


def test_common_borders_stay_common() -> None:
    west, wavy = 112.6, [[112.61, -7.98 + step * 0.0002 + 0.00001 * (step % 2)] for step in range(50)]
    left = shape({"type": "Polygon", "coordinates": [[[west, -7.98], *wavy, [west, -7.97], [west, -7.98]]]})
    right = shape({"type": "Polygon", "coordinates": [[*wavy, [112.62, -7.97], [112.62, -7.98], wavy[0]]]})
    small = [shape(geometry) for geometry in simplify(outlines=[left, right])]
    assert shapely.get_num_coordinates(small).sum() < shapely.get_num_coordinates([left, right]).sum() / 3
    assert small[0].intersection(small[1]).area == 0
    assert small[0].union(small[1]).area == pytest.approx(left.union(right).area, rel=0.01)


def test_what_would_vanish_keeps_its_outline() -> None:
    dot = shapely.box(112.6, -7.98, 112.60001, -7.97999)
    assert shape(simplify(outlines=[dot])[0]).area > 0


@pytest.mark.parametrize("code", ["35.73", *OTHER_CITIES])
def test_districts_are_put_together_of_their_villages(code: str) -> None:
    outlines = outlines_of_city(code)
    for outline in outlines:
        if outline.level == "village":
            continue
        inside = [each.geometry for each in outlines if each.level == "village" and each.code.startswith(outline.code)]
        whole = dissolve(villages=inside, drawn=outline.geometry)
        assert whole.is_valid
        assert whole.area == pytest.approx(shapely.union_all(inside).area, rel=0.02)


def test_villages_that_are_not_all_there_do_not_make_a_district() -> None:
    drawn = shape(square(0, 0, 2, 2))
    assert dissolve(villages=[shape(square(0, 0))], drawn=drawn) is drawn
    assert dissolve(villages=[shape(square(0, 0, 2, 1)), shape(square(0, 1.01, 2, 0.99))], drawn=drawn).area == (
        pytest.approx(drawn.area, rel=0.01)
    )


def test_the_example_is_small_enough_for_a_telephone() -> None:
    villages = [outline.geometry for outline in outlines_of_city("35.73") if outline.level == "village"]
    assert len(json.dumps(simplify(outlines=villages), separators=(",", ":"))) < 90_000
    assert boundary_file("35.73").stat().st_size < 100_000


def test_features_keep_long_names_within_the_column() -> None:
    document = squares()
    document["features"].append(feature("35.73.02.1003", "Desa " + "x" * 300, "village", square(1.2, 0.2, 0.1, 0.1)))
    names = [outline.name for outline in read_outlines(document=document, city_code="35.73")]
    assert max(len(name) for name in names) == 120
