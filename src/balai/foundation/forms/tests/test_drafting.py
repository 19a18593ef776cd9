"""Drafts changed by hand, and formulas as staff write them."""

import contextlib
import json
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.forms.rules import drafting
from balai.foundation.forms.rules.expressions import BadExpression, read_expression, write_expression
from balai.foundation.forms.rules.formulas import compute
from balai.foundation.forms.rules.schema import Field, FormSchema, Step, schema_from_json

EXAMPLES = json.loads((Path(__file__).parent / "answers.json").read_text())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("panjang * lebar", "6"),
        ("bulat(panjang / 3, 2)", "0.67"),
        ("(panjang + lebar) * 2", "10"),
        ("-panjang + 5", "3"),
        ("min(panjang, lebar, 1.5)", "1.5"),
        ("jika(panjang > 1, 10, 20)", "10"),
        ('jika(jenis == "kain", 1, 2)', "1"),
        ("tabel(tarif, jenis)", "30"),
        ("jumlah(sisi, n * 2)", "6"),
        ("banyak(sisi)", "2"),
    ],
)
def test_what_staff_write_is_computed_and_written_back(text: str, value: str) -> None:
    formula = read_expression(text)
    tables = {"tarif": drafting.tiers_from("neon = 50\nkain = 30")}
    answers = {"panjang": "2", "lebar": "3", "jenis": "kain", "sisi": [{"n": "1"}, {"n": "2"}]}
    assert compute(formula=formula, answers=answers, tables=tables) == Decimal(value)
    assert read_expression(write_expression(formula)) == formula


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 +",
        "__import__('os')",
        "a.b",
        "[1]",
        "lambda: 1",
        "f'{a}'",
        "a if b else c",
        "tabel(1, 2)",
        "x" * 600,
        "1; 2",
        "a ** 9",
        "bulat(a, b)",
    ],
)
def test_nothing_else_is_read(text: str) -> None:
    with pytest.raises(BadExpression):
        read_expression(text)


def test_the_example_formulas_are_written_and_read_back() -> None:
    for computed in schema_from_json(EXAMPLES["schemas"]["fee"]).computed:
        again = read_expression(write_expression(computed.formula))
        answers = {"width": "6", "height": "2", "kind": "kain", "months": "2", "area": "12", "fee": "9", "sides": []}
        tables = schema_from_json(EXAMPLES["schemas"]["fee"]).tables
        assert compute(formula=again, answers=answers, tables=tables) == compute(
            formula=computed.formula, answers=answers, tables=tables
        )


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    with contextlib.suppress(BadExpression):
        read_expression(text)


def test_lines_to_options_and_back() -> None:
    options = drafting.options_from("ya | Ya | Yes\nTidak\n\nlain | Lainnya")
    assert [(option.slug, option.label_id, option.label_en) for option in options] == [
        ("ya", "Ya", "Yes"),
        ("tidak", "Tidak", ""),
        ("lain", "Lainnya", ""),
    ]
    assert drafting.options_from(drafting.options_to(options)) == options
    for bad in ("a |  | b", "a | b | c | d"):
        with pytest.raises(drafting.BadLines):
            drafting.options_from(bad)


def test_lines_to_tables_and_back() -> None:
    tiers = drafting.tiers_from("<= 100 = 5000\nlainnya = 7500.5")
    assert drafting.tiers_from(drafting.tiers_to(tiers)) == tiers
    for bad in ("100", "= 5", "<= a = 5", "kain = mahal"):
        with pytest.raises(drafting.BadLines):
            drafting.tiers_from(bad)


def test_moving_adding_and_taking_out() -> None:
    schema = FormSchema(steps=(Step(slug="s", label_id="S"),))
    for name in ("a", "b", "c"):
        schema = drafting.with_field(schema, step="s", field=Field(slug=name, kind="text", label_id=name))
    schema = drafting.moved(schema, "c", by=-1)
    assert [field.slug for field in schema.fields()] == ["a", "c", "b"]
    assert drafting.moved(schema, "a", by=-1) == schema
    changed = drafting.with_field(schema, step="s", field=Field(slug="z", kind="date", label_id="Z"), old="c")
    assert [field.slug for field in changed.fields()] == ["a", "z", "b"]
    assert [field.slug for field in drafting.without(changed, "z").fields()] == ["a", "b"]
    assert drafting.slug_from("Nama Lengkap!", taken={"nama_lengkap"}) == "nama_lengkap_2"
    rows = drafting.rows_from("nama | text | Nama | Name\n | nik | NIK")
    assert drafting.rows_from(drafting.rows_to(rows)) == rows
