"""The form with which staff write a life event."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.engines.catalogs.models import Record
from balai.modules.services.rules.life import MOST_LINES, LifeEvent, lines_from_json, lines_to_json
from balai.modules.services.rules.standard import KIND


class LifeEventForm(forms.Form):
    """The words of an event."""

    name_id = forms.CharField(label=_("Name in Indonesian"), max_length=80)
    name_en = forms.CharField(label=_("Name in English"), max_length=80, required=False)
    words_id = forms.CharField(
        label=_("One or two sentences, in Indonesian"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    words_en = forms.CharField(
        label=_("The same in English"), max_length=300, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    active = forms.BooleanField(label=_("Shown to everybody"), required=False)


class LifeLineForm(forms.Form):
    """One thing to do."""

    service = forms.ChoiceField(label=_("Service of the city"), required=False)
    label_id = forms.CharField(label=_("or something done elsewhere, in Indonesian"), max_length=120, required=False)
    label_en = forms.CharField(label=_("The same in English"), max_length=120, required=False)
    words_id = forms.CharField(label=_("Advice in Indonesian"), max_length=200, required=False)
    words_en = forms.CharField(label=_("Advice in English"), max_length=200, required=False)
    optional = forms.BooleanField(label=_("Only for those who need it"), required=False)
    days = forms.IntegerField(label=_("Days that the law gives"), min_value=1, max_value=3650, required=False)
    basis = forms.CharField(label=_("Which law, which article"), max_length=120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = Record.objects.filter(kind=KIND).order_by("name_id").values_list("slug", "name_id")
        self.fields["service"].choices = [("", "—"), *rows]  # type: ignore[attr-defined]


LifeLineSet = forms.formset_factory(LifeLineForm, extra=2, max_num=MOST_LINES, validate_max=True)


def initial_lines(event: LifeEvent) -> list[dict[str, Any]]:
    """Return what the page shows of an event's list."""
    return lines_to_json(event.lines)


def event_from(slug: str, words: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> LifeEvent:
    """Return the event that the form says; a row that says nothing is no line."""
    lines = lines_from_json({name: value for name, value in row.items() if value} for row in rows if any(row.values()))
    texts = {name: words[name] for name in ("name_id", "name_en", "words_id", "words_en")}
    return LifeEvent(slug=slug, lines=lines, **texts)
