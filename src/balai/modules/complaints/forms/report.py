"""The report form: photos, place, words, category, who may know."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from balai.engines.cases.forms import FILE_TYPES, ManyFiles, ManyFilesInput
from balai.engines.cases.models import Category
from balai.foundation.places.queries import districts, villages
from balai.foundation.web.words import is_english
from balai.modules.complaints.queries.set_up import set_up

# a little above what the action takes, so that the action's sentence with the numbers is the one that is read
MOST_TYPED = 40_000
PRIVACY_WORDS = {
    "named": (
        _("My name is hidden from the public"),
        _("Officers who handle the report see your name. The report itself can be read by everybody."),
    ),
    "secret": (
        _("The whole report is secret"),
        _("Only officers who handle it can open it, and every look is recorded and shown to you."),
    ),
    "anonymous": (
        _("Nobody knows who I am"),
        _(
            "Nothing about you is stored. Everybody can read the report. "
            "We cannot send you news: follow it with the number and the code."
        ),
    ),
}


def named(row: Any, name: str = "name") -> str:
    """Return a text of a row in the reader's language."""
    return str(getattr(row, f"{name}_en" if is_english() else f"{name}_id") or getattr(row, f"{name}_id"))


@dataclass
class CategoryGroup:
    """Categories under one heading; ``is_open`` where the chosen one stands."""

    name: str
    categories: list[Category] = field(default_factory=list)
    is_open: bool = False


def category_groups(chosen: str = "") -> list[CategoryGroup]:
    """Return the active categories under their headings, in the city's order."""
    groups: dict[str, CategoryGroup] = {}
    for row in sorted(set_up().categories.values(), key=lambda item: (item.order, item.name_id)):
        name = named(row, "group") or gettext("Other")
        group = groups.setdefault(name, CategoryGroup(name))
        group.categories.append(row)
        group.is_open = group.is_open or row.slug == chosen
    return list(groups.values())


def village_choices() -> list[tuple[str, Any]]:
    """Return the villages under their districts, for a list."""
    names = {area.pk: area.name for area in districts()}
    groups: dict[str, list[tuple[str, str]]] = {}
    for area in villages():
        groups.setdefault(names.get(area.parent_id or 0, ""), []).append((str(area.pk), area.name))
    return [("", gettext("Choose a village")), *sorted(groups.items())]


class ReportForm(forms.Form):
    """One page, five sections. What is right or wrong with the content is decided by the action."""

    photo = ManyFiles(
        label=_("Photos"),
        required=False,
        widget=ManyFilesInput(attrs={"accept": FILE_TYPES}),
    )
    lat = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    lon = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)
    # the list is filled only for the page; whether the village is ours is the action's question
    village = forms.CharField(
        label=_("Village"),
        required=False,
        max_length=20,
        widget=forms.Select(attrs={"aria-describedby": "id_village_helptext"}),
    )
    # what it is about, from the page of a service
    about = forms.CharField(required=False, max_length=100, widget=forms.HiddenInput)
    place_words = forms.CharField(
        label=_("Street, number or landmark"),
        required=False,
        max_length=300,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    text = forms.CharField(
        label=_("What is wrong?"),
        required=False,
        max_length=MOST_TYPED,
        widget=forms.Textarea(attrs={"rows": 5, "aria-describedby": "id_text_helptext"}),
    )
    category = forms.ChoiceField(
        label=_("What is it about?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what it is about."), "invalid_choice": _("Choose what it is about.")},
    )
    privacy = forms.ChoiceField(
        label=_("Who may know that it was you?"),
        widget=forms.RadioSelect,
        choices=[(value, words[0]) for value, words in PRIVACY_WORDS.items()],
        initial="named",
    )
    name = forms.CharField(
        label=_("Name"), required=False, max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    phone = forms.CharField(
        label=_("Mobile number"),
        required=False,
        max_length=30,
        widget=forms.TextInput(attrs={"type": "tel", "inputmode": "tel", "autocomplete": "tel"}),
    )
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        max_length=200,
        widget=forms.TextInput(attrs={"type": "email", "inputmode": "email", "autocomplete": "email"}),
    )
    nik = forms.CharField(
        label=_("NIK"),
        required=False,
        max_length=30,
        help_text=_("Never needed. Only if you want the report to be tied to your identity."),
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    # people do not see it; programs that fill in everything do
    website = forms.CharField(required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].choices = [(slug, named(row)) for slug, row in set_up().categories.items()]  # type: ignore[attr-defined]

    def fill_villages(self) -> None:
        """Put the villages into the list, before the page is drawn."""
        self.fields["village"].widget.choices = village_choices()

    def clean_village(self) -> int | None:
        """Return the chosen village's id."""
        text = self.cleaned_data["village"]
        if text and not (text.isascii() and text.isdigit()):
            raise forms.ValidationError(_("Choose a village from the list."))
        return int(text) if text else None

    def clean_website(self) -> str:
        """Refuse what only a program fills in."""
        if self.cleaned_data["website"]:
            raise forms.ValidationError(
                _("A hidden field was filled in, as programs do. Empty the field “website” and send again.")
            )
        return ""

    def clean(self) -> dict[str, Any]:
        """Read the pin; where it cannot be read, the village list is the way out."""
        data = super().clean() or self.cleaned_data
        try:
            data["position"] = _position(data.get("lat", ""), data.get("lon", ""))
        except ValueError:
            self.add_error(
                "village", _("The position of the pin could not be read. Set it again, or choose a village.")
            )
        return data

    def add_refusals(self, errors: Mapping[str, str]) -> None:
        """Put the action's sentences beside the fields that they are about."""
        for name, words in errors.items():
            target = {"place": "village", "kind": "category"}.get(name, name)
            self.add_error(target if target in self.fields else None, words)


def _position(lat: str, lon: str) -> tuple[float | None, float | None]:
    if not lat.strip() and not lon.strip():
        return None, None
    found = float(lat.replace(",", ".")), float(lon.replace(",", "."))
    if not all(math.isfinite(value) for value in found):
        raise ValueError(lat)
    return found


class QuestionsForm(forms.Form):
    """The further questions of one category, as the city wrote them (Open311 attributes)."""

    def __init__(self, *args: Any, category: Category, **kwargs: Any) -> None:
        super().__init__(*args, **{"prefix": "q", **kwargs})
        for question in sorted(category.questions, key=lambda item: item.get("order", 0)):
            if question.get("variable", True):
                self.fields[question["code"]] = _question_field(question)

    def answers(self) -> dict[str, Any]:
        """Return what was answered, without empty answers."""
        return {code: value for code, value in self.cleaned_data.items() if value not in ("", None, [])}


def _in_language(thing: Mapping[str, Any], name: str) -> str:
    return str(thing.get(f"{name}_{'en' if is_english() else 'id'}") or thing.get(f"{name}_id") or "")


def _question_field(question: Mapping[str, Any]) -> forms.Field:
    shared: dict[str, Any] = {
        "label": _in_language(question, "description"),
        "required": bool(question.get("required")),
        "help_text": _in_language(question, "datatype_description"),
    }
    choices: Sequence[tuple[str, str]] = [
        (str(value["key"]), _in_language(value, "name") or str(value["key"])) for value in question.get("values", ())
    ]
    match question.get("datatype"):
        case "singlevaluelist":
            return forms.ChoiceField(choices=[("", "—"), *choices], **shared)
        case "multivaluelist":
            return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple, **shared)
        case "number":
            return forms.FloatField(**shared)
        case "datetime":
            return forms.CharField(max_length=20, widget=forms.TextInput(attrs={"type": "datetime-local"}), **shared)
        case "text":
            return forms.CharField(max_length=1_000, widget=forms.Textarea(attrs={"rows": 3}), **shared)
        case _:
            return forms.CharField(max_length=200, **shared)
