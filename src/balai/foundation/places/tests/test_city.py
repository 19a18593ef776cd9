"""Making a city, renewing its outlines, reading it."""

import json
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db.models import ProtectedError

from balai.foundation.calendar.models import CalendarVersion, Holiday, Schedule
from balai.foundation.places import actions, queries
from balai.foundation.places.models import Area, Boundary, City
from balai.foundation.places.rules import BadBoundaryFile
from balai.foundation.places.tests.cities import (
    EXAMPLE,
    boundary_file,
    feature,
    square,
    squares,
    written,
)

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


def make(path: Path, code: str = "35.73", **values: Any) -> actions.CitySetUp:
    return actions.set_up_city(code=code, boundary=path, at=AT, **values)


def test_the_national_list_is_loaded_once_with_names_as_written() -> None:
    assert actions.load_national_areas() == 38 + 514 + 7277
    assert actions.load_national_areas() == 0
    assert Area.objects.get(code="35.73").name == "Kota Malang"
    assert Area.objects.get(code="31").name == "DKI Jakarta"
    assert Area.objects.get(code="73.10").name == "Kabupaten Pangkajene dan Kepulauan"
    district = Area.objects.select_related("parent__parent").get(code="35.73.01")
    assert (district.level, district.parent.code, district.parent.parent.name) == ("district", "35.73", "Jawa Timur")


@pytest.mark.parametrize(
    ("code", "name", "zone", "districts", "villages"),
    [
        ("35.73", "Kota Malang", "Asia/Jakarta", 5, 57),
        ("61.71", "Kota Pontianak", "Asia/Jakarta", 6, 29),
        ("64.71", "Kota Balikpapan", "Asia/Makassar", 6, 34),
        ("14.71", "Kota Pekanbaru", "Asia/Jakarta", 15, 83),
    ],
)
def test_any_city_is_set_up_by_one_call(*, code: str, name: str, zone: str, districts: int, villages: int) -> None:
    path = boundary_file(code)
    city = actions.create_city(code=code, boundary=path, at=AT)
    assert (city.name, city.government_name, city.time_zone) == (name, f"Pemerintah {name}", zone)
    assert [len(queries.districts()), len(queries.villages())] == [districts, villages]
    assert Schedule.objects.get(is_default=True).slug == "office-5"
    assert CalendarVersion.objects.get().time_zone == zone
    assert Holiday.objects.filter(date__year=2026).count() == 25
    village = Boundary.objects.select_related("area__parent").filter(area__level="village").first()
    assert village is not None
    assert village.geometry["type"] in ("Polygon", "MultiPolygon")
    west, south, east, north = queries.locator(queries.current_city()).bounds
    assert (village.west >= west, village.south >= south, village.east <= east, village.north <= north) == (True,) * 4


def test_the_city_and_its_villages_cost_one_query_each(tmp_path: Path, django_assert_num_queries: Any) -> None:
    make(written(tmp_path, squares()))
    with django_assert_num_queries(1):
        city = queries.current_city()
        assert city.area.code == "35.73"
    with django_assert_num_queries(1):
        assert [area.name for area in queries.villages()] == ["Barat Laut", "Barat Daya", "Timur Laut", "Tenggara"]
    with django_assert_num_queries(1):
        assert {area.code for area in queries.villages_by_id().values()} == {
            "35.73.01.1001",
            "35.73.01.1002",
            "35.73.02.1001",
            "35.73.02.1002",
        }
    with django_assert_num_queries(1):
        assert queries.districts()[0].code == "35.73.01"
    with django_assert_num_queries(1):
        locator = queries.locator(city)
    with django_assert_num_queries(0):
        assert queries.locator(city) is locator
    place = locator.locate(lat=-7.975, lon=112.605)
    village = queries.villages_by_id()[place.village_id]
    assert (village.name, village.parent_id) == ("Barat Daya", place.district_id)
    queries.outlines_geojson("village")
    with django_assert_num_queries(1):
        queries.outlines_geojson("village")


def test_before_set_up_there_is_no_city() -> None:
    with pytest.raises(queries.NoCityYet):
        queries.current_city()
    assert queries.villages() == []
    with pytest.raises(queries.NoCityYet):
        queries.outlines_geojson("village")


def test_outlines_are_a_collection_with_codes_and_names(tmp_path: Path) -> None:
    make(written(tmp_path, squares()))
    collection = json.loads(queries.outlines_geojson("village"))
    assert collection["type"] == "FeatureCollection"
    assert next(each["properties"] for each in collection["features"]) == {
        "code": "35.73.01.1001",
        "name": "Barat Laut",
        "parent": "35.73.01",
    }
    assert len(json.loads(queries.outlines_geojson("district"))["features"]) == 2
    assert len(json.loads(queries.outlines_geojson("regency"))["features"]) == 1
    with pytest.raises(ValueError, match="province"):
        queries.outlines_geojson("province")


def test_the_same_file_again_changes_nothing(tmp_path: Path) -> None:
    first = make(written(tmp_path, squares()))
    again = make(written(tmp_path, squares()))
    assert (first.is_new, again.is_new) == (True, False)
    assert not again.outlines_changed
    assert again.city.boundary_version == first.city.boundary_version
    assert City.objects.count() == 1


def test_new_outlines_count_at_once(tmp_path: Path) -> None:
    first = make(written(tmp_path, squares()))
    document = squares()
    document["features"][4]["geometry"], document["features"][3]["geometry"] = (
        document["features"][3]["geometry"],
        document["features"][4]["geometry"],
    )
    document["features"][5]["properties"]["name"] = "Timur Laut Baru"
    again = make(written(tmp_path, document), name="Kota Kotak")
    assert again.outlines_changed
    assert again.city.boundary_version > first.city.boundary_version
    found = queries.locator(queries.current_city()).locate(lat=-7.975, lon=112.605)
    assert found.village_code == "35.73.01.1001"
    assert queries.current_city().name == "Kota Kotak"
    assert "Timur Laut Baru" in [area.name for area in queries.villages()]


def test_villages_that_vanish_go_unless_something_refers_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(written(tmp_path, squares()))
    referred = Area.objects.get(code="35.73.02.1002")
    delete = Area.delete

    def delete_unless_referred(area: Area, *args: Any, **kwargs: Any) -> Any:
        if area.pk == referred.pk:
            raise ProtectedError("a case", {referred})
        return delete(area, *args, **kwargs)

    monkeypatch.setattr(Area, "delete", delete_unless_referred)
    document = squares()
    document["features"] = [each for each in document["features"] if each["properties"]["name"][:1] != "T"]
    document["features"].append(feature("35.73.02.1003", "Timur Raya", "village", square(1.01, 0, 1, 2)))
    done = make(written(tmp_path, document))
    assert (done.removed, done.kept) == (("Timur Laut",), ("Tenggara",))
    assert Area.objects.filter(pk=referred.pk).exists()
    assert [area.name for area in queries.villages()] == ["Barat Laut", "Barat Daya", "Timur Raya"]
    assert queries.locator(done.city).locate(lat=-7.975, lon=112.615).village_code == "35.73.02.1003"
    assert make(written(tmp_path, document)).kept == ()


def test_a_wrong_file_changes_nothing(tmp_path: Path) -> None:
    document = squares()
    document["features"].append(feature("35.73.09.1001", "Entah", "village", square(0.2, 0.2, 0.1, 0.1)))
    for broken in (document, {"type": "FeatureCollection", "features": []}):
        with pytest.raises(BadBoundaryFile):
            make(written(tmp_path, broken))
    assert not Area.objects.exists()
    assert not City.objects.exists()
    assert not Holiday.objects.exists()


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"", "not_json"), (b"{", "not_json"), (b"\xff\xfe{}", "not_json"), (b"[" * 100_000, "not_json")],
)
def test_files_that_cannot_be_read_say_why(tmp_path: Path, content: bytes, code: str) -> None:
    path = tmp_path / "x.geojson"
    path.write_bytes(content)
    with pytest.raises(BadBoundaryFile) as bad:
        make(path)
    assert bad.value.problems[0].code == code
    with pytest.raises(BadBoundaryFile) as missing:
        make(tmp_path / "nothing.geojson")
    assert missing.value.problems[0].code == "no_file"


def test_one_installation_serves_one_city(tmp_path: Path) -> None:
    make(written(tmp_path, squares()))
    other = json.loads(json.dumps(squares()).replace("35.73", "35.79"))
    with pytest.raises(actions.AnotherCity):
        make(written(tmp_path, other), code="35.79")
    nowhere = json.loads(json.dumps(squares()).replace("35.73", "35.99"))
    with pytest.raises(actions.UnknownCity):
        make(written(tmp_path, nowhere), code="35.99")


def test_days_off_that_staff_keep_are_not_loaded_again(tmp_path: Path) -> None:
    make(written(tmp_path, squares()))
    Holiday.objects.exclude(date="2026-12-25").delete()
    make(written(tmp_path, squares()))
    assert Holiday.objects.count() == 1


def test_the_command_makes_shows_and_renews(tmp_path: Path) -> None:
    out = StringIO()
    call_command("city", "create", "35.73", "--boundary", str(EXAMPLE), "--name", "Kota Malang", stdout=out)
    assert "Kota Malang (35.73), Asia/Jakarta: made; 5 districts, 57 villages." in out.getvalue()
    call_command("city", "create", "35.73", "--boundary", str(EXAMPLE), stdout=out)
    assert "unchanged" in out.getvalue()
    call_command("city", "show", stdout=out)
    assert "Pemerintah Kota Malang; Asia/Jakarta" in out.getvalue()


def test_the_command_tells_what_is_wrong_in_both_languages(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="Belum ada kota"):
        call_command("city", "show")
    document = squares()
    document["features"][4]["properties"]["level"] = "desa"
    with pytest.raises(CommandError) as refused:
        call_command("city", "create", "35.73", "--boundary", str(written(tmp_path, document)))
    assert "Fitur 5 (Barat Daya): level bukan regency" in str(refused.value)
    assert "Feature 5 (Barat Daya): the level is not regency" in str(refused.value)
    nowhere = json.loads(json.dumps(squares()).replace("35.73", "35.99"))
    with pytest.raises(CommandError, match=r"Tidak ada kabupaten/kota berkode 35\.99"):
        call_command("city", "create", "35.99", "--boundary", str(written(tmp_path, nowhere)))
    call_command("city", "create", "35.73", "--boundary", str(written(tmp_path, squares())), stdout=StringIO())
    other = json.loads(json.dumps(squares()).replace("35.73", "35.79"))
    with pytest.raises(CommandError, match="sudah melayani Kota Malang"):
        call_command("city", "create", "35.79", "--boundary", str(written(tmp_path, other)))


def test_many_wrong_features_are_told_by_the_first_ones(tmp_path: Path) -> None:
    document = squares()
    document["features"] += [feature("35.73.01.1", "x", "village", None)] * 30
    with pytest.raises(CommandError, match=r"and 10 more\."):
        call_command("city", "create", "35.73", "--boundary", str(written(tmp_path, document)))


def test_every_problem_has_its_words_in_both_languages() -> None:
    from typing import get_args

    from django.utils.translation import override

    from balai.foundation.places.rules import BoundaryProblem
    from balai.foundation.places.rules.outlines import ProblemCode
    from balai.foundation.places.words import describe_problem

    for code in get_args(ProblemCode):
        said = {}
        for language in ("id", "en"):
            with override(language):
                said[language] = describe_problem(BoundaryProblem(code=code, feature=3, name="Barat", detail="x"))
        assert said["id"] != said["en"]
