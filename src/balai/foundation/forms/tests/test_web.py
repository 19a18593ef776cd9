"""A form on a page: every kind, errors in place, groups, files; no script needed."""

import gzip
import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.datastructures import MultiValueDict

from balai.foundation.forms.rules.evaluate import evaluate
from balai.foundation.forms.rules.schema import Field, FormSchema, Option, Step, schema_from_json
from balai.foundation.forms.web import KeepRefused, KeptFile, answer_rows, carried_fields, form_view, read_answers

TODAY = date(2026, 11, 25)
EXAMPLES = json.loads((Path(__file__).parent / "answers.json").read_text())
EVERY = schema_from_json(EXAMPLES["schemas"]["required"])
KINDS = schema_from_json(EXAMPLES["schemas"]["every_kind"])
pytestmark = pytest.mark.django_db


def never(_field: Field, _upload: Any) -> str:
    raise AssertionError("no file came")


def read(
    schema: FormSchema, text: str, *, before: dict[str, Any] | None = None, files: Any = None, keep: Any = never
) -> Any:
    return read_answers(
        fields=list(schema.fields()),
        post=QueryDict(text),
        files=MultiValueDict(files or {}),
        before=before or {},
        keep=keep,
    )


def page(schema: FormSchema, answers: dict[str, Any], **more: Any) -> str:
    found = evaluate(schema=schema, answers=answers, today=TODAY)
    return render_to_string(
        "forms/_form.html", {"view": form_view(schema=schema, answers=answers, evaluation=found, **more)}
    )


def test_what_the_page_writes_is_read_back() -> None:
    answers = next(each for each in EXAMPLES["examples"] if each["name"] == "everything given")["answers"]
    answers = {**answers, "file": ["t1"]}
    written = page(EVERY, answers, known_files={"t1": KeptFile("t1", "ktp.jpg", "/f/t1")})
    inputs = QueryDict(mutable=True)
    for tag in re.findall(r"<input[^>]*>", written):
        name, value = re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)
        if name and ('type="checkbox"' not in tag or "checked" in tag) and 'type="file"' not in tag:
            inputs.appendlist(name[1], value[1] if value else "on")
    for name, value in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>([^<]*)</textarea>', written):
        inputs.appendlist(name, value)
    inputs["address.village"] = "35.73.01.1001"
    back = read(EVERY, inputs.urlencode(), before={"file": ["t1"]})
    first, second = (evaluate(schema=EVERY, answers=each, today=TODAY) for each in (answers, back.answers))
    assert second.values == first.values
    assert second.errors == {}


def test_every_error_stands_at_its_question_and_in_the_summary() -> None:
    with translation.override("en"):
        written = page(EVERY, {})
    assert written.count('class="b-wrong"') == len(list(EVERY.fields()))
    for target in re.findall(r'<li><a href="#([^"]+)"', written):
        assert f'id="{target}"' in written
    with translation.override("id"):
        assert "Please" not in page(EVERY, {})


def test_what_disagrees_is_told_ticked_and_read_by_whoever_decides() -> None:
    schema = schema_from_json(EXAMPLES["schemas"]["agreement"])
    given = "name=Siti&nik=3374010411879999&born=1987-11-05"
    first = read(schema, given).answers
    with translation.override("en"):
        written = page(schema, first)
        assert "This day does not fit the NIK." in written
        # before anything was sent nobody is reproached, and there is nothing to tick
        assert "does not fit" not in page(schema, first, show_errors=False)
    said = re.search(r'name="born.sure" value="([^"]+)"', written)
    assert said is not None
    second = read(schema, f"{given}&born.sure={said[1]}", before=first).answers
    found = evaluate(schema=schema, answers=second, today=TODAY)
    assert found.errors == {}
    assert 'value="041187 1987-11-05" checked' in page(schema, second)
    with translation.override("en"):
        rows = {row["slug"]: row for row in answer_rows(schema=schema, values=found.values, area_names={})[0]["rows"]}
    assert rows["born"]["doubt"] == "Does not fit the NIK; confirmed by whoever filled it in."
    assert rows["nik"]["doubt"] == ""
    # a tick that is taken away again is gone
    assert "born.sure" not in read(schema, given, before=second).answers
    row = "people.rows=1&people.0.nik=3374010411879999&people.0.born=1987-11-05&people.0.born.sure=041187+1987-11-05"
    assert read(schema, row).answers["people"][0]["born.sure"] == "041187 1987-11-05"


def test_what_is_too_long_is_told_and_never_cut_by_the_browser() -> None:
    long = "Jl. Panjang " * 26
    answers = read(KINDS, f"address.words={long}&address.village=35.73.01.1001").answers
    assert len(answers["address"]["words"]) == len(long)
    with translation.override("en"):
        written = page(KINDS, answers)
    assert "Too long: at most 300 characters." in written
    assert "maxlength" not in written


def test_groups_grow_and_shrink_by_buttons() -> None:
    text = "people.rows=2&people.0.name=Siti&people.0.age=3&people.1.name=Budi&people.1.age=4"
    assert [row["name"] for row in read(KINDS, text).answers["people"]] == ["Siti", "Budi"]
    assert [row["name"] for row in read(KINDS, text + "&remove=people.0").answers["people"]] == ["Budi"]
    assert read(KINDS, "people.rows=99999999999").answers["people"] == []
    grown = page(KINDS, read(KINDS, text).answers, more_rows="people")
    assert 'name="people.rows" value="3"' in grown
    full = {"people": [{"name": str(n)} for n in range(3)]}
    assert 'name="people.rows" value="3"' in page(KINDS, full, more_rows="people")


def test_only_tokens_kept_for_this_question_are_taken_again() -> None:
    text = "file.kept=mine&file.kept=stolen"
    assert read(KINDS, text, before={"file": ["mine"]}).answers["file"] == ["mine"]
    assert read(KINDS, text + "&file.drop=mine", before={"file": ["mine"]}).answers["file"] == []


def test_a_new_file_takes_the_place_of_the_only_one() -> None:
    def keep(_field: Field, upload: Any) -> str:
        if upload == "bad":
            raise KeepRefused("Berkas rusak.")
        return f"kept-{upload}"

    def sent(*uploads: str, most: int = 1) -> Any:
        field = Field(slug="file", kind="file", label_id="File", max_files=most)
        schema = FormSchema(steps=(Step(slug="s", label_id="S", fields=(field,)),))
        return read(schema, "file.kept=old", before={"file": ["old"]}, files={"file": list(uploads)}, keep=keep)

    assert (sent("new").answers["file"], sent("new").refused) == (["kept-new"], {})
    # what is no good takes no place, and of two nobody knows which one is meant
    assert (sent("bad").answers["file"], sent("bad").refused) == (["old"], {"file": "Berkas rusak."})
    assert sent("a", "b").answers["file"] == ["old"]
    assert "file" in sent("a", "b").refused
    # several are added, up to their number
    assert sent("a", most=2).answers["file"] == ["old", "kept-a"]
    assert "file" in sent("a", "b", most=2).refused
    said = "takes the place of this one"
    with translation.override("en"):
        assert said in page(KINDS, {"file": ["old"]})
        assert said not in page(KINDS, {})


def test_an_upload_that_cannot_be_kept_says_why() -> None:
    def refuse(_field: Field, _upload: Any) -> str:
        raise KeepRefused("Berkas rusak.")

    found = read(KINDS, "", files={"file": ["x"]}, keep=refuse)
    assert (found.answers["file"], found.refused) == ([], {"file": "Berkas rusak."})
    written = page(KINDS, found.answers, refused=found.refused)
    assert "Berkas rusak." in written


def test_markup_in_answers_stays_text() -> None:
    written = page(
        KINDS, {"text": '"><script>alert(1)</script>', "long_text": "</textarea><b>", "signature": {"name": '"x'}}
    )
    assert "<script>" not in written
    assert "</textarea><b>" not in written


def test_answers_read_as_people_write() -> None:
    answers = {
        "money": "1250000",
        "number": "2,75",
        "date": "2026-11-25",
        "choice": "ya",
        "nik": "3573014101900001",
        "boolean": False,
        "address": {"words": "Jl. Ijen 1", "village": "a"},
        "people": [{"name": "Siti", "age": "3"}],
    }
    values = evaluate(schema=KINDS, answers=answers, today=TODAY).values
    with translation.override("id"):
        rows = answer_rows(schema=KINDS, values=values, area_names={"a": "Oro-oro Dowo"}, for_others=True)[0]["rows"]
    words = {row["label"]: row["value"] for row in rows}
    assert words["Money"] == "Rp1.250.000" or words["Money"].replace("\u00a0", " ") == "Rp 1.250.000"
    assert words["Number"] == "2,75"
    assert words["Nik"] == "••••••••••••0001"
    assert words["Address"] == "Jl. Ijen 1, Oro-oro Dowo"
    assert words["People 1: Name"] == "Siti"
    assert words["Boolean"] == "tidak"


def test_a_hundred_questions_weigh_little() -> None:
    fields = tuple(
        Field(
            slug=f"f{n}",
            kind="choice" if n % 4 == 0 else "text",
            label_id=f"Pertanyaan nomor {n} tentang usaha Anda",
            options=(Option(slug="ya", label_id="Ya"), Option(slug="tidak", label_id="Tidak")),
            show_if={"filled": f"f{n - 1}"} if n else None,
            required=False,
        )
        for n in range(100)
    )
    schema = FormSchema(steps=(Step(slug="s", label_id="S", fields=fields),))
    answers = {f"f{n}": "ya" for n in range(100)}
    assert len(page(schema, answers).encode()) < 60_000
    # with what the script needs as well, shown or waiting: as it goes over the line, a tenth
    for given in (answers, {}):
        written = page(schema, given, today=TODAY).encode()
        assert len(written) < 60_000, len(written)
        assert len(gzip.compress(written)) < 6_000


def test_a_page_says_only_what_its_own_step_waits_for() -> None:
    schema = schema_from_json(EXAMPLES["schemas"]["conditions"])
    answers = {"married": "no", "area": "120", "days": ["mon"], "spouse": "Rahasia"}
    found = evaluate(schema=schema, answers=answers, today=TODAY)
    view = form_view(schema=schema, answers=answers, evaluation=found, step=schema.steps[1], today=TODAY)
    assert view.island is not None
    assert view.island["answers"] == {"married": "no", "area": "120", "days": ["mon"]}
    assert view.island["here"] == ["monday", "reason", "small", "which"]
    assert "Rahasia" not in render_to_string("forms/_form.html", {"view": view})


def test_what_the_script_brought_is_read_and_nothing_else() -> None:
    schema = schema_from_json(EXAMPLES["schemas"]["conditions"])
    step = schema.steps[0]
    visible = evaluate(schema=schema, answers={}, today=TODAY).visible
    names = [
        field.slug for field in carried_fields(step=step, visible=visible, post=QueryDict("brought=spouse&brought=zz"))
    ]
    assert names == ["married", "spouse", "area", "days"]


def test_a_new_line_counts_once() -> None:
    assert read(KINDS, "long_text=a%0D%0Ab").answers["long_text"] == "a\nb"
