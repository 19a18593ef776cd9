"""Forms as data: what is asked, what is wrong, what follows."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.foundation.forms.rules.agreement import sure_name
from balai.foundation.forms.rules.conditions import BadCondition, holds
from balai.foundation.forms.rules.evaluate import Wrong, evaluate, read_number
from balai.foundation.forms.rules.formulas import BadFormula, FormulaError, compute
from balai.foundation.forms.rules.json_schema import json_schema
from balai.foundation.forms.rules.schema import (
    BadSchema,
    Field,
    FormSchema,
    Problem,
    Step,
    schema_from_json,
    schema_problems,
    schema_to_json,
)

EXAMPLES = json.loads((Path(__file__).parent / "answers.json").read_text())
TODAY = date(2026, 11, 25)
NIK = {"slug": "n", "kind": "nik", "label_id": "N"}
DAY = {"slug": "d", "kind": "date", "label_id": "D", "agrees_with": "n"}
GROUP = {"slug": "g", "kind": "group", "label_id": "G"}


@pytest.mark.parametrize("example", EXAMPLES["examples"], ids=lambda each: each["name"])
def test_the_table_of_examples(example: dict[str, Any]) -> None:
    schema = schema_from_json(EXAMPLES["schemas"][example["schema"]])
    assert schema_problems(schema) == ()
    found = evaluate(schema=schema, answers=example["answers"], today=date.fromisoformat(EXAMPLES["today"]))
    assert {path: wrong.code for path, wrong in found.errors.items()} == example.get("errors", {})
    assert {path: doubt.said for path, doubt in found.doubts.items()} == example.get("doubts", {})
    assert {path: found.errors[path].limit for path in example.get("limits", {})} == example.get("limits", {})
    for slug, value in example.get("values", {}).items():
        assert found.values.get(slug) == value, slug
    for slug, number in example.get("computed", {}).items():
        assert found.computed.get(slug) == (None if number is None else Decimal(number)), slug
    assert set(example.get("hidden", [])).isdisjoint(found.visible | set(found.values))
    assert set(example.get("visible", [])) <= found.visible


def test_a_form_is_the_same_after_storing() -> None:
    for data in EXAMPLES["schemas"].values():
        schema = schema_from_json(data)
        assert schema_from_json(json.loads(json.dumps(schema_to_json(schema)))) == schema


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ([], Problem("", "no_fields")),
        ([{"slug": "a", "kind": "choice", "label_id": "A"}], Problem("a", "no_options")),
        ([{"slug": "a", "kind": "text", "label_id": " "}], Problem("a", "no_label")),
        ([{"slug": "a b", "kind": "text", "label_id": "A"}], Problem("a b", "bad_slug")),
        ([{"slug": "a", "kind": "number", "label_id": "A", "min": "5", "max": "4"}], Problem("a", "min_above_max")),
        ([{"slug": "a", "kind": "number", "label_id": "A", "min": "abc"}], Problem("a", "bad_bound", "abc")),
        ([{"slug": "a", "kind": "money", "label_id": "A", "max": "NaN"}], Problem("a", "bad_bound", "NaN")),
        ([{"slug": "a", "kind": "date", "label_id": "A", "min": "today+x"}], Problem("a", "bad_bound", "today+x")),
        (
            [{"slug": "a", "kind": "date", "label_id": "A", "max": "today+99999999999"}],
            Problem("a", "bad_bound", "today+99999999999"),
        ),
        (
            [{"slug": "a", "kind": "date", "label_id": "A", "max": "2026-02-30"}],
            Problem("a", "bad_bound", "2026-02-30"),
        ),
        (
            [{"slug": "a", "kind": "date", "label_id": "A", "min": "today+2", "max": "today"}],
            Problem("a", "min_above_max"),
        ),
        (
            [
                {
                    "slug": "a",
                    "kind": "group",
                    "label_id": "A",
                    "min": "1.5",
                    "fields": [{"slug": "b", "kind": "text", "label_id": "B"}],
                }
            ],
            Problem("a", "bad_bound", "1.5"),
        ),
        ([{"slug": "a", "kind": "text", "label_id": "A"}] * 2, Problem("a", "twice")),
        (
            [{"slug": "a", "kind": "text", "label_id": "A", "show_if": {"eq": ["a", "1"]}}],
            Problem("a", "asks_later", "a"),
        ),
        (
            [{"slug": "a", "kind": "text", "label_id": "A", "show_if": {"eq": ["z", "1"]}}],
            Problem("a", "unknown_name", "z"),
        ),
        ([{"slug": "a", "kind": "text", "label_id": "A", "show_if": {"eq": "z"}}], Problem("a", "bad_condition")),
        ([{"slug": "a", "kind": "group", "label_id": "A"}], Problem("a", "no_fields")),
        ([DAY], Problem("d", "unknown_name", "n")),
        ([DAY, NIK], Problem("d", "asks_later", "n")),
        ([NIK | {"kind": "kk"}, DAY], Problem("d", "cannot_agree", "n")),
        ([NIK, DAY | {"kind": "text"}], Problem("d", "cannot_agree", "n")),
        ([NIK, DAY | {"kind": "choice", "options": [{"slug": "p", "label_id": "P"}]}], Problem("d", "no_sexes")),
        ([GROUP | {"fields": [DAY, NIK]}], Problem("g.d", "asks_later", "n")),
        ([NIK, GROUP | {"fields": [DAY]}], Problem("g.d", "unknown_name", "n")),
        ([GROUP | {"fields": [NIK], "differ": ["d"]}], Problem("g", "cannot_differ", "d")),
        ([GROUP | {"fields": [NIK | {"kind": "file"}], "differ": ["n"]}], Problem("g", "cannot_differ", "n")),
    ],
)
def test_a_form_that_cannot_work_names_the_place(fields: list[dict[str, Any]], problem: Problem) -> None:
    schema = schema_from_json({"steps": [{"slug": "s", "label_id": "S", "fields": fields}]})
    assert problem in schema_problems(schema)


def test_a_day_that_moves_and_one_that_stands_bound_together() -> None:
    field = {"slug": "a", "kind": "date", "label_id": "A", "min": "today", "max": "2027-01-01"}
    schema = schema_from_json({"steps": [{"slug": "s", "label_id": "S", "fields": [field]}]})
    assert schema_problems(schema) == ()


@pytest.mark.parametrize("tier", [{"value": "x"}, {"value": "1", "up_to": "banyak"}])
def test_a_table_holds_numbers(tier: dict[str, str]) -> None:
    schema = schema_from_json(
        {
            "steps": [{"slug": "s", "label_id": "S", "fields": [{"slug": "a", "kind": "number", "label_id": "A"}]}],
            "tables": {"tarif": [tier]},
        }
    )
    assert [(problem.path, problem.code) for problem in schema_problems(schema)] == [("tarif", "bad_table")]


def test_two_fields_that_wait_for_one_another_are_refused() -> None:
    fields = [
        {"slug": "a", "kind": "text", "label_id": "A", "show_if": {"filled": "b"}},
        {"slug": "b", "kind": "text", "label_id": "B", "show_if": {"filled": "a"}},
    ]
    schema = schema_from_json({"steps": [{"slug": "s", "label_id": "S", "fields": fields}]})
    assert schema_problems(schema) == (Problem("a", "asks_later", "b"),)


@pytest.mark.parametrize("formula", [{"var": "zz"}, {"/": ["1"]}, {"table": ["none", "a"]}, "words", {"pow": [2, 3]}])
def test_a_formula_that_cannot_work_is_refused(formula: Any) -> None:
    schema = schema_from_json(
        {
            "steps": [{"slug": "s", "label_id": "S", "fields": [{"slug": "a", "kind": "number", "label_id": "A"}]}],
            "computed": [{"slug": "c", "label_id": "C", "formula": formula}],
        }
    )
    assert [problem.path for problem in schema_problems(schema)] == ["c"]


def test_deep_formulas_and_conditions_are_refused() -> None:
    formula: Any = "1"
    condition: Any = {"filled": "a"}
    for _ in range(40):
        formula, condition = {"+": [formula, "1"]}, {"not": condition}
    with pytest.raises(BadFormula):
        compute(formula=formula, answers={}, tables={})
    with pytest.raises(BadCondition):
        holds(condition=condition, answers={})


def test_arithmetic_has_names_for_what_cannot_be() -> None:
    for formula, code in (
        ({"/": ["1", {"-": ["2", "2"]}]}, "division_by_zero"),
        ({"var": "a"}, "missing"),
        ({"*": ["1000000000000000", "2"]}, "too_big"),
        ({"var": "word"}, "not_a_number"),
    ):
        with pytest.raises(FormulaError) as error:
            compute(formula=formula, answers={"word": "sepuluh"}, tables={})
        assert error.value.code == code


@given(st.integers(-(10**12), 10**12), st.integers(-(10**12), 10**12), st.integers(1, 10**6))
def test_arithmetic_is_exact(a: int, b: int, c: int) -> None:
    made = compute(
        formula={"-": [{"+": [{"var": "a"}, {"var": "b"}]}, {"var": "b"}]}, answers={"a": a, "b": b}, tables={}
    )
    assert made == a
    assert compute(formula={"round": [{"/": [{"*": [c, c]}, c]}, 0]}, answers={}, tables={}) == c


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.250.000", "1250000"),
        ("Rp 1.250.000", "1250000"),
        ("2,5", "2.5"),
        ("2.5", "2.5"),
        ("-3", "-3"),
        ("1.250,75", "1250.75"),
        ("0.125", "0.125"),
        ("0,125", "0.125"),
    ],
)
def test_numbers_as_people_write_them(text: str, number: str) -> None:
    assert read_number(text) == Decimal(number)


@pytest.mark.parametrize("text", ["", "1e9", "1_000", "abc", "NaN", "Infinity", "１２", "1,2,3", "--1"])
def test_what_is_no_number(text: str) -> None:
    assert read_number(text) is None


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_no_answer_breaks_a_form(raw: Any) -> None:
    schema = schema_from_json(EXAMPLES["schemas"]["every_kind"])
    found = evaluate(schema=schema, answers={field.slug: raw for field in schema.fields()}, today=TODAY)
    json.dumps(found.values)


def test_the_shape_for_programs() -> None:
    for name, data in EXAMPLES["schemas"].items():
        shape = json_schema(schema=schema_from_json(data))
        fields = list(schema_from_json(data).fields())
        words = {sure_name(field.slug) for field in fields if field.agrees_with}
        assert set(shape["properties"]) == {field.slug for field in fields} | words, name
        assert set(shape["required"]) <= set(shape["properties"])


def test_what_is_no_form_says_where() -> None:
    with pytest.raises(BadSchema, match=r"steps\[0\]"):
        schema_from_json({"steps": [{"slug": 1, "label_id": "x"}]})


def test_a_step_has_its_own_errors() -> None:
    first = Step(slug="one", label_id="1", fields=(Field(slug="a", kind="text", label_id="A"),))
    second = Step(slug="two", label_id="2", fields=(Field(slug="b", kind="text", label_id="B"),))
    found = evaluate(schema=FormSchema(steps=(first, second)), answers={}, today=TODAY)
    assert found.errors_of(second) == {"b": Wrong("required")}
