"""What staff fill in to design a form; checked here, put together by the rules."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.foundation.forms.rules import drafting
from balai.foundation.forms.rules.agreement import AGREES
from balai.foundation.forms.rules.evaluate import read_number
from balai.foundation.forms.rules.expressions import BadExpression, read_expression
from balai.foundation.forms.rules.schema import NUMBERS, Computed, Field, FormSchema, Step, bad_bounds
from balai.foundation.forms.words import KIND_WORDS

KINDS = tuple(KIND_WORDS.items())
ASKS = (
    ("eq", _("is")),
    ("ne", _("is not")),
    ("gt", _("is more than")),
    ("lt", _("is less than")),
    ("has", _("has ticked")),
    ("filled", _("is answered")),
)
PREFILLS = (("", "—"), ("name", _("Name")), ("nik", "NIK"), ("phone", _("Telephone")), ("email", _("E-mail")))
LINES = {"rows": 5}


class StepForm(forms.Form):
    """One page of the form."""

    label_id = forms.CharField(label=_("Heading in Indonesian"), max_length=120)
    label_en = forms.CharField(label=_("Heading in English"), max_length=120, required=False)

    def step(self, *, slug: str) -> Step:
        """Return the step that was filled in, without fields."""
        return Step(slug=slug, label_id=self.cleaned_data["label_id"], label_en=self.cleaned_data["label_en"])


class FieldForm(forms.Form):
    """One question."""

    label_id = forms.CharField(label=_("Question in Indonesian"), max_length=200)
    label_en = forms.CharField(label=_("Question in English"), max_length=200, required=False)
    kind = forms.ChoiceField(label=_("Kind of answer"), choices=KINDS)
    help_id = forms.CharField(label=_("Help in Indonesian"), max_length=300, required=False)
    help_en = forms.CharField(label=_("Help in English"), max_length=300, required=False)
    required = forms.BooleanField(label=_("Must be answered"), required=False, initial=True)
    options = forms.CharField(
        label=_("Answers to choose, one a line"),
        help_text=_("Indonesian, or: short name | Indonesian | English"),
        required=False,
        widget=forms.Textarea(attrs=LINES),
    )
    rows = forms.CharField(
        label=_("Questions of a group, one a line"),
        help_text=_(
            "short name | kind | Indonesian | English; kinds: text, long_text, number, money, date, nik, phone, email"
        ),
        required=False,
        widget=forms.Textarea(attrs=LINES),
    )
    differ = forms.CharField(
        label=_("Questions of a group that no two entries may answer alike"),
        help_text=_("Short names, with commas: nik, nomor"),
        max_length=200,
        required=False,
    )
    agrees_with = forms.ChoiceField(
        label=_("Must agree with"),
        help_text=_(
            "A day of birth or a sex (answers l and p) with a NIK, a signature with a name. "
            "What differs has to be confirmed, and officers read that."
        ),
        required=False,
    )
    min = forms.CharField(
        label=_("Smallest"), help_text=_("Number, day (2026-12-31) or today+3"), max_length=20, required=False
    )
    max = forms.CharField(label=_("Largest"), max_length=20, required=False)
    whole = forms.BooleanField(label=_("Whole numbers only"), required=False)
    max_files = forms.IntegerField(label=_("Most files"), min_value=1, max_value=10, required=False)
    prefill = forms.ChoiceField(label=_("Fill in from what is known"), choices=PREFILLS, required=False)
    ask_field = forms.ChoiceField(label=_("Ask only if"), required=False)
    ask_word = forms.ChoiceField(label=_("Condition"), choices=ASKS, required=False)
    ask_value = forms.CharField(label=_("Value"), max_length=100, required=False)

    def __init__(self, data: Any = None, *, schema: FormSchema, old: Field | None = None) -> None:
        super().__init__(data, initial=self.initial_of(old) if old else {})
        self.old = old
        choices = [("", "—"), *((field.slug, field.label_id) for field in schema.fields() if field.kind != "group")]
        self.fields["ask_field"].choices = choices  # type: ignore[attr-defined]
        kinds = {kind for kind, _code in AGREES.values()}
        others = [(field.slug, field.label_id) for field in schema.fields() if field.kind in kinds]
        self.fields["agrees_with"].choices = [("", "—"), *others]  # type: ignore[attr-defined]

    def clean(self) -> Any:
        """Return the answers, numbers as programs read them; bounds that cannot bound are refused here."""
        data = super().clean() or self.cleaned_data
        for name in ("min", "max"):
            if data.get("kind") in NUMBERS and (number := read_number(data.get(name))) is not None:
                data[name] = f"{number:f}"
        probe = Field(
            slug="", kind=data.get("kind", "text"), label_id="", min=data.get("min", ""), max=data.get("max", "")
        )
        for name in bad_bounds(probe):
            self.add_error(name, _("This cannot be a bound for this kind of answer: write a number or a day."))
        return data

    def clean_options(self) -> Any:
        """Return the options that the lines say."""
        return self._lines("options", drafting.options_from)

    def clean_rows(self) -> Any:
        """Return the questions of a group that the lines say."""
        known = self.old.fields if self.old else ()
        return self._lines("rows", lambda text: drafting.rows_from(text, known=known))

    def clean_differ(self) -> tuple[str, ...]:
        """Return the short names that stand there."""
        return tuple(self.cleaned_data["differ"].replace(",", " ").split())

    def _lines(self, name: str, read: Any) -> Any:
        try:
            return read(self.cleaned_data[name])
        except drafting.BadLines as error:
            raise forms.ValidationError(_("This line cannot be read: %(line)s"), params={"line": str(error)}) from error

    def field(self, *, slug: str) -> Field:
        """Return the question that was filled in."""
        data = self.cleaned_data
        return Field(
            slug=slug,
            kind=data["kind"],
            label_id=data["label_id"],
            label_en=data["label_en"],
            help_id=data["help_id"],
            help_en=data["help_en"],
            required=data["required"],
            options=data["options"] if data["kind"] in ("choice", "choices") else (),
            fields=data["rows"] if data["kind"] == "group" else (),
            differ=data["differ"] if data["kind"] == "group" else (),
            agrees_with=data["agrees_with"] if data["kind"] in AGREES else "",
            min=data["min"],
            max=data["max"],
            decimals=0 if data["whole"] and data["kind"] == "number" else None,
            max_files=data["max_files"] or 1,
            prefill=data["prefill"],
            show_if=self._condition(),
        )

    def _condition(self) -> dict[str, Any] | None:
        data = self.cleaned_data
        if not data["ask_field"]:
            return None
        if data["ask_word"] == "filled":
            return {"filled": data["ask_field"]}
        return {data["ask_word"] or "eq": [data["ask_field"], data["ask_value"]]}

    @staticmethod
    def initial_of(field: Field) -> dict[str, Any]:
        """Return what the page shows of a question that is there; a condition of several parts stays as it is."""
        word, rest = next(iter(field.show_if.items())) if field.show_if else ("", None)
        simple = word == "filled" or word in dict(ASKS)
        return {
            **{name: getattr(field, name) for name in ("label_id", "label_en", "kind", "help_id", "help_en")},
            **{
                name: getattr(field, name) for name in ("required", "min", "max", "max_files", "prefill", "agrees_with")
            },
            "differ": ", ".join(field.differ),
            "whole": field.decimals == 0,
            "options": drafting.options_to(field.options),
            "rows": drafting.rows_to(field.fields),
            "ask_field": (rest if word == "filled" else rest[0]) if simple and rest else "",
            "ask_word": word if simple else "",
            "ask_value": rest[1] if simple and word != "filled" and rest else "",
        }


class ComputedForm(forms.Form):
    """One value that follows from answers."""

    label_id = forms.CharField(label=_("Name in Indonesian"), max_length=160)
    label_en = forms.CharField(label=_("Name in English"), max_length=160, required=False)
    kind = forms.ChoiceField(label=_("Kind"), choices=[("number", _("A number")), ("money", _("Money (rupiah)"))])
    formula = forms.CharField(
        label=_("Formula"),
        help_text=_(
            "For example: luas * tabel(tarif, jenis). Words: + - * / ( ), min, max, bulat(a, 0), tabel(name, question), "
            "jumlah(group, expression), banyak(group), jika(a > 5, b, c)."
        ),
        max_length=500,
    )

    def clean_formula(self) -> Any:
        """Return the formula that the text says."""
        try:
            return read_expression(self.cleaned_data["formula"])
        except BadExpression as error:
            raise forms.ValidationError(_("This formula cannot be read. Compare it with the example.")) from error

    def computed(self, *, slug: str) -> Computed:
        """Return the value that was filled in."""
        data = self.cleaned_data
        return Computed(
            slug=slug, label_id=data["label_id"], label_en=data["label_en"], kind=data["kind"], formula=data["formula"]
        )


class TableForm(forms.Form):
    """One table of tariffs."""

    name = forms.SlugField(label=_("Name of the table"), max_length=30)
    lines = forms.CharField(
        label=_("Rows, one a line"),
        help_text=_("neon = 50000, or <= 100 = 5000, last: lainnya = 7500"),
        widget=forms.Textarea(attrs=LINES),
    )

    def clean_lines(self) -> Any:
        """Return the rows that the lines say."""
        try:
            return drafting.tiers_from(self.cleaned_data["lines"])
        except drafting.BadLines as error:
            raise forms.ValidationError(_("This line cannot be read: %(line)s"), params={"line": str(error)}) from error

    def applied(self, schema: FormSchema) -> FormSchema:
        """Return the form with this table."""
        return replace(schema, tables={**schema.tables, self.cleaned_data["name"]: self.cleaned_data["lines"]})
