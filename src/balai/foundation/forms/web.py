"""A form on a page: from a request to answers, and from answers to what the template shows."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from balai.foundation.files.words import accepted_words
from balai.foundation.forms.island import island_data
from balai.foundation.forms.rules.agreement import AGREES, Doubt, sure_name
from balai.foundation.forms.rules.conditions import is_filled
from balai.foundation.forms.rules.evaluate import Evaluation
from balai.foundation.forms.rules.formulas import MOST_DIGITS
from balai.foundation.forms.rules.schema import MOST_ROWS, Computed, Field, FormSchema, Step
from balai.foundation.forms.words import DOUBT_WORDS, exact_number, label_of, wrong_words
from balai.foundation.messages.rules import mask_address
from balai.foundation.places.queries import districts, kept_city, locator, villages
from balai.foundation.places.rules import BadCoordinates, OutsideCity
from balai.foundation.web.words import day_in_full, rupiah

FILE_TYPES = {"photo": "image/jpeg,image/png,image/webp,image/heic,image/heif", "pdf": "application/pdf"}
INPUT_MODES = {
    "number": "decimal",
    "money": "numeric",
    "nik": "numeric",
    "kk": "numeric",
    "nib": "numeric",
    "phone": "tel",
    "email": "email",
}
AUTOCOMPLETE = {"name": "name", "phone": "tel", "email": "email"}
OUTSIDE = "outside"
NEW_ROW = 999
SHOWN = Decimal(1).scaleb(-MOST_DIGITS)
# what an entry holds that only the server can add or move: files belong to the place they were sent from
SERVER_ROWS = frozenset({"file", "map_point"})
# stores one upload and returns the text that stands for it in the answers; raises KeepRefused
Keep = Callable[[Field, Any], str]


class KeepRefused(Exception):
    """An upload cannot be kept; the message says why and what to do."""


@dataclass(frozen=True)
class KeptFile:
    """A file that has arrived, as the page shows it."""

    token: str
    name: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True)
class OptionView:
    slug: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class RowView:
    """One entry of a repeatable group."""

    number: int
    fields: tuple["FieldView", ...]


@dataclass(frozen=True, kw_only=True)
class FieldView:
    """A question as the template writes it. ``name`` is that of the input, ``id`` that of its first element."""

    field: Field
    name: str
    label: str
    help: str
    value: Any
    wrong: str
    options: tuple[OptionView, ...] = ()
    rows: tuple[RowView, ...] = ()
    files: tuple[KeptFile, ...] = ()
    # what can be used instead of sending a file, in words; empty: nothing
    offer: str = ""
    village: str = ""
    # false: waits, unseen, for the script to bring it
    is_asked: bool = True
    # an empty entry of a group, for the script; its number is ``NEW_ROW``
    blank: RowView | None = None
    # the answer disagrees with another one, and the page says so
    doubt: Doubt | None = None

    @property
    def id(self) -> str:
        """Return the element to which an error leads."""
        return "id_" + self.name.replace(".", "_")

    @property
    def kind(self) -> str:
        """Return the kind of question."""
        return self.field.kind

    @property
    def input_mode(self) -> str:
        """Return the keyboard that a telephone should show."""
        return "numeric" if self.field.decimals == 0 else INPUT_MODES.get(self.field.kind, "")

    @property
    def autocomplete(self) -> str:
        """Return what a browser may fill in by itself."""
        return AUTOCOMPLETE.get(self.field.prefill, "off" if self.field.kind in ("nik", "kk") else "")

    @property
    def is_private(self) -> bool:
        """Return whether a device that a family shares must not keep the answer."""
        return self.field.kind in ("nik", "kk", "phone", "email", "signature") or self.field.prefill != ""

    @property
    def accept(self) -> str:
        """Return the kinds of file that a browser offers."""
        return ",".join(FILE_TYPES[kind] for kind in self.field.file_kinds)

    @property
    def hint(self) -> str:
        """Return what is said before the answer: the help, and of a file which kinds and sizes are taken."""
        if self.field.kind != "file":
            return self.help
        kinds = self.field.file_kinds
        accepted = accepted_words(
            photo="photo" in kinds, pdf="pdf" in kinds, most_bytes=self.field.max_bytes, most=self.field.max_files
        )
        return f"{self.help} {accepted}".strip()

    @property
    def is_fieldset(self) -> bool:
        """Return whether several inputs answer the question."""
        return self.field.kind in ("choice", "choices", "address", "map_point", "group", "signature")

    @property
    def described_by(self) -> str:
        """Return the ids of hint and error."""
        return " ".join([f"{self.id}_hint"] * bool(self.hint) + [f"{self.id}_error"] * bool(self.wrong))


@dataclass(frozen=True, kw_only=True)
class FormView:
    """One step, or a whole form, as the template writes it."""

    step: Step | None
    title: str
    help: str
    fields: tuple[FieldView, ...]
    # (label, value) of what follows from the answers
    computed: tuple[tuple[str, str], ...] = ()
    # (label, words, address of the field)
    errors: tuple[tuple[str, str, str], ...] = ()
    areas: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    # for the script, see ``island``; None: the page does without
    island: dict[str, Any] | None = None


@dataclass
class Read:
    """What a request brought: raw answers by slug, and what was wrong with uploads by path."""

    answers: dict[str, Any]
    refused: dict[str, str] = field(default_factory=dict)


def carried_fields(*, step: Step, visible: frozenset[str], post: QueryDict) -> list[Field]:
    """Return the fields of a step that a page carried: those asked when it was made, and those the script brought.

    Without script a question may appear only after the page was sent: what was not on it keeps its answer.
    """
    brought = set(post.getlist("brought"))
    return [field for field in step.fields if field.slug in visible or field.slug in brought]


def read_answers(
    *,
    fields: Sequence[Field],
    post: QueryDict,
    files: MultiValueDict[str, Any],
    before: Mapping[str, Any],
    keep: Keep,
) -> Read:
    """Return the answers of a page's ``fields`` beside those given before on other pages.

    A field that the page did not carry keeps its answer. ``add`` and ``remove`` are the buttons of a group.
    """
    reader = _Reader(post=post, files=files, keep=keep)
    answers = dict(before)
    for each in fields:
        answers.pop(sure_name(each.slug), None)
        answers |= reader.said(each, each.slug, before.get(each.slug))
    return Read(answers, reader.refused)


@dataclass(frozen=True, kw_only=True)
class _Reader:
    post: QueryDict
    files: MultiValueDict[str, Any]
    keep: Keep
    refused: dict[str, str] = field(default_factory=dict)

    def said(self, each: Field, name: str, before: Any) -> dict[str, Any]:
        """Return the answer by its name, and beside it what was ticked if it disagrees with another one."""
        said = {each.slug: self.answer(each, name, before)}
        if each.agrees_with and (sure := self.post.get(sure_name(name), "")):
            said[sure_name(each.slug)] = sure
        return said

    def answer(self, each: Field, name: str, before: Any) -> Any:
        several = _SEVERAL.get(each.kind)
        # a browser sends a new line as two characters and counts it as one
        return several(self, each, name, before) if several else self.post.get(name, "").replace("\r\n", "\n")

    def rows(self, each: Field, name: str, before: Any) -> list[dict[str, Any]]:
        given = self.post.get(f"{name}.rows", "")
        count = min(int(given) if given.isdecimal() and len(given) < 4 else 0, MOST_ROWS)
        known = before if isinstance(before, list) else []
        rows = []
        for place in range(count):
            old = known[place] if place < len(known) and isinstance(known[place], Mapping) else {}
            row: dict[str, Any] = {}
            for inner in each.fields:
                row |= self.said(inner, f"{name}.{place}.{inner.slug}", old.get(inner.slug))
            rows.append(row)
        gone = self.post.get("remove", "").removeprefix(f"{name}.")
        if gone.isdecimal() and len(gone) < 4 and self.post["remove"] != gone:
            rows = [row for place, row in enumerate(rows) if place != int(gone)]
        return rows

    def uploads(self, each: Field, name: str, before: Any) -> list[str]:
        # only what was kept for this very question may be carried on: a token is not believed because it was sent
        sent, dropped = self.post.getlist(f"{name}.kept"), self.post.getlist(f"{name}.drop")
        tokens = [token for token in (before or []) if token in sent and token not in dropped]
        uploads = self.files.getlist(name)
        # where one file is asked for, a new one takes the place of the old one, which stays if the new one is no good
        replaces = each.max_files == 1 and len(uploads) == 1
        for upload in uploads:
            if len(tokens) >= each.max_files and not replaces:
                self.refused[name] = _("At most %(limit)s files.") % {"limit": each.max_files}
                break
            try:
                kept = self.keep(each, upload)
            except KeepRefused as error:
                self.refused[name] = str(error)
            else:
                tokens = [kept] if replaces else [*tokens, kept]
        return tokens

    def choices(self, _each: Field, name: str, _before: Any) -> list[str]:
        return list(self.post.getlist(name))

    def tick(self, _each: Field, name: str, _before: Any) -> bool:
        return name in self.post

    def address(self, _each: Field, name: str, _before: Any) -> dict[str, str]:
        return {part: self.post.get(f"{name}.{part}", "") for part in ("words", "village")}

    def point(self, _each: Field, name: str, _before: Any) -> dict[str, str]:
        return {part: self.post.get(f"{name}.{part}", "").replace(",", ".") for part in ("lat", "lon")}

    def signature(self, _each: Field, name: str, _before: Any) -> dict[str, Any]:
        return {"name": self.post.get(f"{name}.name", ""), "agreed": f"{name}.agreed" in self.post}


# kinds whose answer is more than the one input of their name
_SEVERAL: dict[str, Callable[[_Reader, Field, str, Any], Any]] = {
    "group": _Reader.rows,
    "file": _Reader.uploads,
    "choices": _Reader.choices,
    "boolean": _Reader.tick,
    "address": _Reader.address,
    "map_point": _Reader.point,
    "signature": _Reader.signature,
}


def form_view(
    *,
    schema: FormSchema,
    answers: Mapping[str, Any],
    evaluation: Evaluation,
    step: Step | None = None,
    show_errors: bool = True,
    refused: Mapping[str, str] | None = None,
    known_files: Mapping[str, KeptFile] | None = None,
    offers: Mapping[str, str] | None = None,
    more_rows: str = "",
    today: date | None = None,
) -> FormView:
    """Return a step (None: the whole form) for ``forms/_form.html``.

    ``refused`` are the words about uploads by path; ``known_files`` what file tokens stand for; ``offers`` by name what
    can be used instead of a file (the button ``reuse`` then names the question); ``more_rows`` names the group that
    shows one more empty entry. With ``today`` the page says what its script needs.
    """
    wanted = step.fields if step is not None else tuple(schema.fields())
    words = {path: wrong_words(wrong) for path, wrong in evaluation.errors.items()} if show_errors else {}
    words.update(refused or {})
    # one that nobody is sure of is told, and ticked, where the page tells what is wrong
    doubts = {path: doubt for path, doubt in evaluation.doubts.items() if doubt.is_sure or path in words}
    maker = _Maker(words=words, files=known_files or {}, offers=offers or {}, more_rows=more_rows, doubts=doubts)
    fields = tuple(
        replace(maker.field(each, each.slug, answers.get(each.slug)), is_asked=each.slug in evaluation.visible)
        for each in wanted
        if today is not None or each.slug in evaluation.visible
    )
    return FormView(
        step=step,
        title=label_of(step) if step else "",
        help=label_of(step, "help") if step else "",
        fields=fields,
        computed=tuple(computed_rows(schema=schema, evaluation=evaluation)),
        errors=(*maker.errors(fields), *(_computed_errors(schema, evaluation) if show_errors else ())),
        areas=tuple(_areas()) if any(_asks_address(each) for each in wanted) else (),
        island=island_data(schema=schema, step=step, answers=answers, evaluation=evaluation, today=today)
        if today is not None
        else None,
    )


def _asks_address(each: Field) -> bool:
    return each.kind == "address" or any(inner.kind == "address" for inner in each.fields)


def _areas() -> Iterator[tuple[str, tuple[tuple[str, str], ...]]]:
    rows = villages()
    for district in districts():
        yield district.name, tuple((row.code, row.name) for row in rows if row.parent_id == district.pk)


def _computed_errors(schema: FormSchema, evaluation: Evaluation) -> Iterator[tuple[str, str, str]]:
    for each in schema.computed:
        if each.slug in evaluation.errors:
            yield label_of(each), wrong_words(evaluation.errors[each.slug]), ""


@dataclass(frozen=True)
class _Maker:
    words: Mapping[str, str]
    files: Mapping[str, KeptFile]
    offers: Mapping[str, str]
    more_rows: str
    doubts: Mapping[str, Doubt]

    def field(self, each: Field, name: str, value: Any) -> FieldView:
        chosen = value if isinstance(value, list) else [value]
        return FieldView(
            field=each,
            name=name,
            label=label_of(each),
            help=label_of(each, "help"),
            value=value if value is not None else "",
            wrong=self.words.get(name, ""),
            options=tuple(OptionView(option.slug, label_of(option), option.slug in chosen) for option in each.options),
            rows=tuple(self._rows(each, name, value)) if each.kind == "group" else (),
            blank=self._row(each, name, NEW_ROW, {})
            if each.kind == "group" and not any(inner.kind in SERVER_ROWS for inner in each.fields)
            else None,
            files=tuple(self.files.get(token, KeptFile(token, token)) for token in (value or []))
            if each.kind == "file" and isinstance(value, list)
            else (),
            offer=self.offers.get(name, ""),
            doubt=self.doubts.get(name),
            village=str(value.get("village", "")) if each.kind == "address" and isinstance(value, Mapping) else "",
        )

    def _rows(self, each: Field, name: str, value: Any) -> Iterator[RowView]:
        rows = [row for row in value if isinstance(row, Mapping)] if isinstance(value, list) else []
        least = max(1, int(each.min or 0))
        rows += [{}] * max(least - len(rows), 0)
        if self.more_rows == name and len(rows) < min(int(each.max or MOST_ROWS), MOST_ROWS):
            rows.append({})
        for place, row in enumerate(rows):
            yield self._row(each, name, place, row)

    def _row(self, each: Field, name: str, place: int, row: Mapping[str, Any]) -> RowView:
        return RowView(
            place,
            tuple(self.field(inner, f"{name}.{place}.{inner.slug}", row.get(inner.slug)) for inner in each.fields),
        )

    def errors(self, fields: Sequence[FieldView]) -> Iterator[tuple[str, str, str]]:
        for each in fields:
            if each.wrong:
                yield each.label, each.wrong, each.id
            for row in each.rows:
                yield from self.errors(row.fields)


def computed_rows(*, schema: FormSchema, evaluation: Evaluation) -> Iterator[tuple[str, str]]:
    """Yield label and value of what follows from the answers and may be shown."""
    for each in schema.computed:
        if each.shown and each.slug in evaluation.computed:
            yield label_of(each), computed_words(each, evaluation.computed[each.slug])


def computed_words(each: Computed, value: Decimal) -> str:
    """Return a computed value as people read it."""
    if each.kind == "money":
        return rupiah(value)
    # with fewer decimals there is nothing to round, and a long number could not be written with more
    is_long = int(value.as_tuple().exponent) < -MOST_DIGITS
    return exact_number(value.quantize(SHOWN, rounding=ROUND_HALF_UP) if is_long else value)


def answer_rows(
    *, schema: FormSchema, values: Mapping[str, Any], area_names: Mapping[str, str], for_others: bool = False
) -> list[dict[str, Any]]:
    """Return what was answered, step by step: rows of ``slug``, ``kind``, ``label``, ``value``, ``files`` (tokens) and
    ``doubt`` (what was confirmed although it disagrees with another answer).

    ``area_names`` are the villages by code; ``for_others`` leaves only the last digits of NIK and KK, and of
    telephone and e-mail what tells two apart.
    """
    steps = []
    for step in schema.steps:
        rows = list(_answered(step.fields, values, area_names, hide=for_others))
        if rows:
            steps.append({"label": label_of(step), "slug": step.slug, "rows": rows})
    return steps


def _answered(
    fields: Sequence[Field], values: Mapping[str, Any], areas: Mapping[str, str], *, hide: bool
) -> Iterator[dict[str, Any]]:
    for each in fields:
        value = values.get(each.slug)
        if not is_filled(value) and value is not False:
            continue
        if each.kind == "group":
            for place, row in enumerate(value or [], start=1):
                for inner in _answered(each.fields, row, areas, hide=hide):
                    yield {**inner, "label": f"{label_of(each)} {place}: {inner['label']}"}
            continue
        files = value if each.kind == "file" else []
        yield {
            "slug": each.slug,
            "kind": each.kind,
            "label": label_of(each),
            "value": answer_words(each, value, areas, hide=hide),
            "files": files,
            "doubt": str(DOUBT_WORDS[AGREES[each.kind][1]]) if sure_name(each.slug) in values else "",
        }


def answer_words(each: Field, value: Any, areas: Mapping[str, str], *, hide: bool = False) -> str:
    """Return one answer as people read it."""
    if hide and each.kind in ("nik", "kk"):
        return "•" * 12 + value[-4:]
    if hide and each.kind in ("phone", "email"):
        return mask_address(value)
    words = _ANSWER_WORDS.get(each.kind)
    return words(each, value, areas) if words else str(value)


def _chosen_words(each: Field, value: Any, _areas: Mapping[str, str]) -> str:
    chosen = value if isinstance(value, list) else [value]
    return ", ".join(label_of(option) for option in each.options if option.slug in chosen)


def _address_words(_each: Field, value: Any, areas: Mapping[str, str]) -> str:
    village = _("outside the city") if value["village"] == OUTSIDE else areas.get(value["village"], value["village"])
    return f"{value['words']}, {village}"


def _point_words(_each: Field, value: Any, areas: Mapping[str, str]) -> str:
    # people know the village, programs and maps the numbers
    point = f"{value['lat']:.5f}, {value['lon']:.5f}"
    try:
        place = locator(kept_city()).locate(lat=value["lat"], lon=value["lon"])
    except (OutsideCity, BadCoordinates):
        return point
    return f"{areas.get(place.village_code, place.village_code)} ({point})"


_ANSWER_WORDS: dict[str, Callable[[Field, Any, Mapping[str, str]], str]] = {
    "choice": _chosen_words,
    "choices": _chosen_words,
    "boolean": lambda _each, value, _areas: _("yes") if value else _("no"),
    "money": lambda _each, value, _areas: rupiah(Decimal(value)),
    "number": lambda _each, value, _areas: exact_number(Decimal(value)),
    "date": lambda _each, value, _areas: day_in_full(date.fromisoformat(value)),
    "address": _address_words,
    "map_point": _point_words,
    "file": lambda _each, _value, _areas: "",
    "signature": lambda _each, value, _areas: str(value["name"]),
}
