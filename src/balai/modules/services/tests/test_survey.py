"""The survey: the table of the regulation, grades at their borders, and a real file."""

import csv
import json
import os
from decimal import Decimal
from fractions import Fraction
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from balai.modules.services.rules.survey import (
    ELEMENTS,
    ElementSum,
    NoAnswers,
    Sums,
    grade_of,
    rounded,
    sample_size,
    sum_answers,
    survey_index,
)
from balai.modules.services.rules.survey_file import BadSurveyFile, decode, read_survey

# Krejcie and Morgan as the annex prints it (pairs of population and sample)
TABLE = [
    "10",
    "10",
    "15",
    "14",
    "20",
    "19",
    "25",
    "24",
    "30",
    "28",
    "35",
    "32",
    "40",
    "36",
    "45",
    "40",
    "50",
    "44",
    "55",
    "48",
    "60",
    "52",
    "65",
    "56",
    "70",
    "59",
    "75",
    "63",
    "80",
    "66",
    "85",
    "70",
    "90",
    "73",
    "95",
    "76",
    "100",
    "80",
    "110",
    "86",
    "120",
    "92",
    "130",
    "97",
    "140",
    "103",
    "150",
    "108",
    "160",
    "113",
    "170",
    "118",
    "180",
    "123",
    "190",
    "127",
    "200",
    "132",
    "210",
    "136",
    "220",
    "140",
    "230",
    "144",
    "240",
    "148",
    "250",
    "152",
    "260",
    "155",
    "270",
    "159",
    "280",
    "162",
    "290",
    "165",
    "300",
    "169",
    "320",
    "175",
    "340",
    "181",
    "360",
    "186",
    "380",
    "191",
    "400",
    "196",
    "420",
    "201",
    "440",
    "205",
    "460",
    "210",
    "480",
    "214",
    "500",
    "217",
    "550",
    "226",
    "600",
    "234",
    "650",
    "242",
    "700",
    "248",
    "750",
    "254",
    "800",
    "260",
    "850",
    "265",
    "900",
    "269",
    "950",
    "274",
    "1000",
    "278",
    "1100",
    "285",
    "1200",
    "291",
    "1300",
    "297",
    "1400",
    "302",
    "1500",
    "306",
    "1600",
    "310",
    "1700",
    "313",
    "1800",
    "317",
    "1900",
    "320",
    "2000",
    "322",
    "2200",
    "327",
    "2400",
    "331",
    "2600",
    "335",
    "2800",
    "338",
    "3000",
    "341",
    "3500",
    "346",
    "4000",
    "351",
    "4500",
    "354",
    "5000",
    "357",
    "6000",
    "361",
    "7000",
    "364",
    "8000",
    "367",
    "9000",
    "368",
    "10000",
    "370",
    "15000",
    "375",
    "20000",
    "377",
    "30000",
    "379",
    "40000",
    "380",
    "50000",
    "381",
    "75000",
    "382",
    "1000000",
    "384",
]
BORDERS = [
    ("25.00", "D"),
    ("64.99", "D"),
    ("65.00", "C"),
    ("76.60", "C"),
    ("76.61", "B"),
    ("88.30", "B"),
    ("88.31", "A"),
    ("100.00", "A"),
]
HEADER = ",".join(ELEMENTS)


@pytest.mark.parametrize(
    ("population", "size"), [(int(n), int(s)) for n, s in zip(TABLE[::2], TABLE[1::2], strict=True)]
)
def test_the_table_of_sample_sizes_follows_from_the_formula(population: int, size: int) -> None:
    assert sample_size(population) == size


def test_nobody_needs_no_sample() -> None:
    assert sample_size(0) == 0


@pytest.mark.parametrize(("converted", "grade"), BORDERS)
def test_grades_at_their_borders(converted: str, grade: str) -> None:
    assert grade_of(Decimal(converted))[0] == grade


def test_all_fours_are_one_hundred_exactly_and_ninety_nine_with_the_rounded_weight() -> None:
    sums = sum_answers([dict.fromkeys(ELEMENTS, 4)] * 3)
    assert survey_index(sums=sums).converted == Decimal("100.00")
    rough = survey_index(sums=sums, weight="0.11")
    assert (rough.index, rough.converted) == (Decimal("3.9600"), Decimal("99.00"))


def test_the_worst_answers_have_the_lowest_grade_with_either_weight() -> None:
    sums = sum_answers([dict.fromkeys(ELEMENTS, 1)])
    assert survey_index(sums=sums).converted == Decimal("25.00")
    rough = survey_index(sums=sums, weight="0.11")
    assert (rough.converted, rough.grade) == (Decimal("24.75"), "D")


def test_the_rounded_weight_belongs_to_nine_elements() -> None:
    ten = (*ELEMENTS, "U10")
    sums = sum_answers([dict.fromkeys(ten, 4)])
    assert survey_index(sums=sums, elements=ten, weight="0.11").converted == Decimal("100.00")


def test_an_element_that_nobody_answered_has_no_mean() -> None:
    with pytest.raises(NoAnswers):
        survey_index(sums=sum_answers([{"U1": 4}]))


def test_a_half_is_rounded_up() -> None:
    assert rounded(Fraction(76605, 1000)) == Decimal("76.61")
    assert rounded(Fraction(76604999, 1000000)) == Decimal("76.60")


@given(st.lists(st.lists(st.integers(1, 4) | st.none(), min_size=9, max_size=9), min_size=1, max_size=60), st.data())
def test_roll_ups_added_equal_the_whole(rows: list[list[int | None]], data: st.DataObject) -> None:
    answers = [dict(zip(ELEMENTS, row, strict=True)) for row in rows]
    cut = data.draw(st.integers(0, len(answers)))
    whole, first, second = sum_answers(answers), sum_answers(answers[:cut]), sum_answers(answers[cut:])
    merged = Sums()
    for part in (first, second):
        merged.merge(answers=part.answers, elements=part.elements)
    assert merged == whole
    given_elements = {name: [row[name] for row in answers if row[name] is not None] for name in ELEMENTS}
    for name, values in given_elements.items():
        if values:
            assert whole.elements[name] == ElementSum(len(values), sum(value or 0 for value in values))
    if all(given_elements.values()):
        found = survey_index(sums=whole)
        assert Decimal(25) <= found.converted <= Decimal(100)


@pytest.mark.parametrize(
    "text",
    [
        f"{HEADER}\n1,2,3,4,1,2,3,4,1\n",
        f"\n{HEADER.replace(',', ';').lower()}\n1;2;3;4;1;2;3;4;1\n\n",
        "nama\t" + HEADER.replace(",", "\t") + "\nAni\t1\t2\t3\t4.0\t1\t2\t3\t4\t1\n",
        "U9,U8,U7,U6,U5,U4,U3,U2,U01\n1,4,3,2,1,4,3,2,1\n",
    ],
)
def test_files_of_several_makes_are_read(text: str) -> None:
    read = read_survey(text)
    assert read.answers == [{"U1": 1, "U2": 2, "U3": 3, "U4": 4, "U5": 1, "U6": 2, "U7": 3, "U8": 4, "U9": 1}]


def test_a_bad_line_is_named_and_the_others_count() -> None:
    read = read_survey(
        f"{HEADER}\n4,4,4,4,4,4,4,4,4\n4,4,5,4,4,4,4,4,4\n,,,,,,,,\n4,,4,4,4,4,4,4,4\n3,x,3,3,3,3,3,3,3\n"
    )
    assert [(bad.line, bad.column, bad.value) for bad in read.problems] == [(3, "U3", "5"), (6, "U2", "x")]
    assert (len(read.answers), read.complete, read.blank) == (2, 1, 0)


@pytest.mark.parametrize(
    ("data", "code"),
    [(b"", "empty"), (b"U1,U2\n1,2\n", "columns"), (b"\xff\xfa\x00", "encoding"), (b"U1\x00", "encoding")],
)
def test_what_is_no_file_of_answers_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(BadSurveyFile) as refused:
        read_survey(decode(data))
    assert refused.value.code == code


def test_the_command_tells_and_gives_json(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text(f"{HEADER}\n4,4,4,4,4,4,4,4,4\n3,3,3,3,3,3,3,3,3\n9,3,3,3,3,3,3,3,3\n", "utf-8")
    out, err = StringIO(), StringIO()
    with translation.override("en"):
        call_command("services", "survey", str(path), stdout=out, stderr=err)
    assert "SKM (25–100): 87.50, grade B" in out.getvalue()
    assert "Line 4, U1" in err.getvalue()
    out = StringIO()
    call_command("services", "survey", str(path), "--json", stdout=out)
    told = json.loads(out.getvalue().splitlines()[-1])
    assert (told["answers"], told["rejected"], told["index"], told["converted"], told["grade"]) == (
        2,
        1,
        3.5,
        87.5,
        "B",
    )


def test_the_command_says_what_to_do_about_a_bad_file(tmp_path: Path) -> None:
    path = tmp_path / "answers.csv"
    path.write_text("U1,U2\n1,2\n", "utf-8")
    with pytest.raises(CommandError, match="U3, U4"):
        call_command("services", "survey", str(path))
    with pytest.raises(CommandError):
        call_command("services", "survey", str(tmp_path / "none.csv"))


def test_a_real_file_of_answers() -> None:
    folder = os.environ.get("BALAI_SHARED_DATA")
    path = Path(folder or "/nowhere") / "skm_respons" / "jepara_mpp_skm_2021_2022.csv"
    if not path.exists():
        pytest.skip("BALAI_SHARED_DATA names no folder with skm_respons/jepara_mpp_skm_2021_2022.csv")
    read = read_survey(decode(path.read_bytes()))
    assert (len(read.answers), read.complete, read.problems) == (2_405, 2_323, [])
    found = survey_index(sums=sum_answers(read.answers))
    # once more, with other means
    with path.open(encoding="utf-8") as rows:
        table = list(csv.DictReader(rows))
    means = []
    for name in ELEMENTS:
        values = [int(row[name]) for row in table if row[name]]
        means.append(sum(values) / len(values))
    assert float(found.converted) == pytest.approx(sum(means) / 9 * 25, abs=0.005)
    assert found.grade == grade_of(found.converted)[0]
