"""The script of a form in a real browser: it agrees with the server on every example, and shows sooner what follows."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from balai.foundation.forms.island import page_schema
from balai.foundation.forms.rules.evaluate import evaluate
from balai.foundation.forms.rules.schema import Computed, schema_from_json
from balai.foundation.forms.web import computed_words, form_view
from tests.architecture.house import ROOT

EXAMPLES = json.loads((ROOT / "src/balai/foundation/forms/tests/answers.json").read_text("utf-8"))
TODAY = date.fromisoformat(EXAMPLES["today"])
RUN = """async ([address, cases]) => {
  const rules = await import(address);
  return cases.map(([page, answers]) => {
    const found = rules.evaluate(page, answers);
    const computed = Object.fromEntries(Object.entries(found.computed).map(([slug, value]) => [slug, rules.plain(value)]));
    return { ...found, computed };
  });
}"""
Show = Callable[..., Page]


@pytest.fixture
def show(transactional_db: None, live_server: LiveServer, page: Page) -> Show:
    """Show a form of the table as a page of the city does."""

    def make(name: str, answers: Mapping[str, Any] | None = None, *, draft: bool = False, revision: int = 0) -> Page:
        schema = schema_from_json(EXAMPLES["schemas"][name])
        given = dict(answers or {})
        with translation.override("id"):
            found = evaluate(schema=schema, answers=given, today=TODAY)
            view = form_view(schema=schema, answers=given, evaluation=found, show_errors=False, today=TODAY)
            form = render_to_string("forms/_form.html", {"view": view})
        marks = f'data-balai-draft="/draft/ABC/" data-balai-revision="{revision}"' if draft else ""
        islands = '<script type="module" src="/static/web/islands/draft.js"></script>' if draft else ""
        text = f'<!doctype html><html lang="id"><body><form {marks}>{form}</form>{islands}</body></html>'
        address = f"{live_server.url}/form-page/"
        page.unroute("**/form-page/")
        page.route("**/form-page/", lambda route: route.fulfill(body=text, content_type="text/html; charset=utf-8"))
        page.goto(address)
        page.locator("form[data-form-ready]").wait_for()
        return page

    return make


def test_both_evaluators_agree_on_every_example(transactional_db: None, live_server: LiveServer, page: Page) -> None:
    page.route("**/empty/", lambda route: route.fulfill(body="<!doctype html>", content_type="text/html"))
    page.goto(f"{live_server.url}/empty/")
    schemas = {name: schema_from_json(data) for name, data in EXAMPLES["schemas"].items()}
    pages = {name: page_schema(schema=schema, step=None, today=TODAY) for name, schema in schemas.items()}
    cases = [[pages[each["schema"]], each["answers"]] for each in EXAMPLES["examples"]]
    made = page.evaluate(RUN, [f"{live_server.url}/static/forms/rules.js", cases])
    assert len(made) >= 130
    for example, found in zip(EXAMPLES["examples"], made, strict=True):
        name = example["name"]
        wanted = evaluate(schema=schemas[example["schema"]], answers=example["answers"], today=TODAY)
        # what the table says, and beyond it whatever the server says
        assert {path: wrong["code"] for path, wrong in found["errors"].items()} == example.get("errors", {}), name
        assert {path: (wrong["code"], wrong["limit"]) for path, wrong in found["errors"].items()} == {
            path: (wrong.code, wrong.limit) for path, wrong in wanted.errors.items()
        }, name
        assert found["values"] == wanted.values, name
        assert {slug: Decimal(text) for slug, text in found["computed"].items()} == wanted.computed, name
        assert set(found["visible"]) == wanted.visible, name
        assert found["doubts"] == {path: asdict(doubt) for path, doubt in wanted.doubts.items()}, name


@pytest.mark.parametrize("text", ["0.04", "1234.5", "-2.75", "0.0000005", "1234567.1234567", "7", "7.00"])
def test_numbers_read_as_the_server_writes_them(show: Show, live_server: LiveServer, text: str) -> None:
    page = show("fee")
    ask = "async ([address, text]) => { const r = await import(address); return r.readable({kind: 'number'}, r.asNumber(text), ['.', ',']); }"
    said = page.evaluate(ask, [f"{live_server.url}/static/forms/rules.js", text])
    with translation.override("id"):
        assert said == computed_words(Computed(slug="c", label_id="C", formula={}), Decimal(text))


def test_a_question_appears_and_goes_with_its_condition(show: Show) -> None:
    page = show("conditions")
    assert page.locator("[data-field=spouse]").count() == 0
    page.check("#id_married_yes")
    expect(page.locator("#id_spouse")).to_be_visible()
    expect(page.locator("[data-form-voice]")).to_contain_text("Spouse")
    assert page.locator("input[name=brought][value=spouse]").count() == 1
    page.check("#id_married_no")
    expect(page.locator("#id_spouse")).to_be_hidden()
    page.check("#id_married_yes")
    expect(page.locator("#id_spouse")).to_be_visible()
    assert page.locator("[data-field=spouse]").count() == 1


def test_values_follow_at_once_and_problems_come_when_the_question_is_left(show: Show) -> None:
    page = show("fee")
    page.fill("#id_width", "5,1")
    page.fill("#id_height", "5")
    page.check("#id_kind_kain")
    expect(page.locator("[data-form-computed]")).to_contain_text("Rp382.500")
    page.fill("#id_width", "-1")
    assert page.locator("[data-field=width] .b-wrong").count() == 0
    page.locator("#id_height").focus()
    with translation.override("id"):
        expect(page.locator("[data-field=width] .b-wrong")).to_contain_text("Paling sedikit 0")
    assert page.get_attribute("#id_width", "aria-describedby") == "id_width_error"
    page.fill("#id_width", "2")
    expect(page.locator("[data-field=width] .b-wrong")).to_have_count(0)


def test_what_disagrees_is_told_with_a_tick_that_stands_for_these_two_answers(show: Show) -> None:
    page = show("agreement")
    tick, wrong = page.locator("#id_born_sure"), page.locator("[data-field=born] .b-wrong")
    page.fill("#id_nik", "3374010411879999")
    page.fill("#id_born", "1987-11-05")
    expect(tick).to_be_hidden()
    page.locator("#id_name").focus()
    with translation.override("id"):
        expect(wrong).to_contain_text("tidak cocok dengan NIK")
    tick.check()
    expect(wrong).to_have_count(0)
    assert tick.get_attribute("value") == "041187 1987-11-05"
    # another NIK: neither the old tick nor the old words stand
    page.fill("#id_nik", "3374014508689998")
    page.locator("#id_name").focus()
    expect(wrong).to_have_count(1)
    expect(tick).not_to_be_checked()
    page.fill("#id_born", "1968-08-05")
    page.locator("#id_name").focus()
    expect(wrong).to_have_count(0)
    expect(tick).to_be_hidden()


def test_two_entries_with_the_same_number_are_told_at_the_second(show: Show) -> None:
    page = show("agreement", {"people": [{"nik": "3374010411879999"}, {"nik": "3374014508689998"}]})
    page.fill("#id_people_1_nik", "3374010411879999")
    page.locator("#id_name").focus()
    with translation.override("id"):
        expect(page.locator("[data-field='people.1.nik'] .b-wrong")).to_contain_text("Isian 1 dan 2")


def test_entries_come_and_go_without_asking_the_server(show: Show) -> None:
    page = show("fee", {"width": "6", "height": "1", "kind": "kain"})
    page.fill("#id_sides_0_length", "2,5")
    page.fill("#id_sides_0_count", "2")
    page.click("button[name=add]")
    expect(page.locator("#id_sides_1_length")).to_be_focused()
    page.fill("#id_sides_1_length", "1")
    page.fill("#id_sides_1_count", "3")
    expect(page.locator("[data-form-computed]")).to_contain_text("8")
    page.locator("button[name=remove]").first.click()
    assert page.input_value("#id_sides_0_length") == "1"
    assert page.input_value("[name='sides.rows']") == "1"
    assert page.locator("[data-field=sides] h3").all_inner_texts() == ["Sides 1"]


def test_what_was_not_sent_comes_back_and_can_be_thrown_away(show: Show) -> None:
    page = show("fee", draft=True)
    page.fill("#id_width", "2")
    page.click("button[name=add]")
    page.fill("#id_sides_1_length", "7")
    page.wait_for_timeout(600)
    page = show("fee", draft=True)
    expect(page.locator("#id_sides_1_length")).to_have_value("7")
    assert page.input_value("#id_width") == "2"
    # the server has newer answers: what is here was typed over others
    page = show("fee", {"width": "3"}, draft=True, revision=1)
    assert page.input_value("#id_width") == "3"
    page = show("fee", draft=True)
    page.locator(".b-draft button").click()
    page.wait_for_load_state()
    page.locator("form[data-form-ready]").wait_for()
    assert page.input_value("#id_width") == ""
    assert page.evaluate("localStorage.length") == 0


def test_identity_numbers_never_stay_on_the_device(show: Show) -> None:
    page = show("every_kind", draft=True)
    page.fill("#id_nik", "3573014101900001")
    page.fill("#id_phone", "081234567890")
    page.fill("#id_text", "Toko kopi")
    page.wait_for_timeout(600)
    kept = page.evaluate("JSON.stringify(localStorage)")
    assert "Toko kopi" in kept
    assert "3573014101900001" not in kept
    assert "081234567890" not in kept
