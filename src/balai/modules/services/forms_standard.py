"""What staff fill in of a standard: its components, the minutes of the consultation, the decree."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.engines.catalogs.rules import Component
from balai.foundation.calendar import clock
from balai.foundation.places.queries import city_day
from balai.modules.services.forms import AREA, TERM_UNITS
from balai.modules.services.rules.standard import STANDARD
from balai.modules.services.standard_words import component_label

# of a component of several fields, the one that stands for it
_ASKED_AS = {"term": ("time_amount",), "fee": ("fee_lines",)}


class StandardForm(forms.Form):
    """The fourteen components, each in the kind of field that it needs."""

    def __init__(self, *args: Any, content: Mapping[str, Any], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for component in STANDARD.components:
            value = content.get(component.slug)
            for name, field in self._fields(component, value).items():
                # a draft may be kept without it, but it has to say something before it goes live
                field.is_asked = component.required and name in _ASKED_AS.get(component.kind, (component.slug,))  # type: ignore[attr-defined]
                self.fields[name] = field

    def _fields(self, component: Component, value: Any) -> dict[str, forms.Field]:
        slug, label = component.slug, component_label(component)
        if component.kind == "term":
            value = value or {}
            return {
                f"{slug}_amount": forms.IntegerField(
                    label=label, min_value=1, required=False, initial=value.get("amount")
                ),
                f"{slug}_most": forms.IntegerField(
                    label=_("up to (for a range)"), min_value=1, required=False, initial=value.get("most")
                ),
                f"{slug}_unit": forms.ChoiceField(
                    label=_("Unit"), choices=TERM_UNITS, required=False, initial=value.get("unit", "")
                ),
                f"{slug}_words": forms.CharField(
                    label=_("or in words"), max_length=300, required=False, initial=value.get("words", "")
                ),
            }
        if component.kind == "fee":
            value = value or {}
            lines = "\n".join(f"{line['label']} = {line['amount_idr']}" for line in value.get("lines", []))
            return {
                f"{slug}_free": forms.BooleanField(
                    label=_("Free of charge"), required=False, initial=bool(value.get("free"))
                ),
                f"{slug}_lines": forms.CharField(
                    label=label,
                    help_text=_("One a line: name = rupiah"),
                    required=False,
                    widget=forms.Textarea(attrs=AREA),
                    initial=lines,
                ),
                f"{slug}_words": forms.CharField(
                    label=_("or in words"), max_length=300, required=False, initial=value.get("words", "")
                ),
            }
        shown = "\n".join(value or []) if component.kind == "list" else value or ""
        return {
            slug: forms.CharField(
                label=label,
                help_text=_("One item a line") if component.kind == "list" else "",
                required=False,
                widget=forms.Textarea(attrs=AREA),
                initial=shown,
            )
        }

    def clean_fee_lines(self) -> list[dict[str, Any]]:
        """Return the lines of the tariff."""
        found = []
        for line in filter(None, (line.strip() for line in self.cleaned_data["fee_lines"].splitlines())):
            label, sign, amount = line.rpartition("=")
            digits = amount.replace(".", "").replace("Rp", "").strip()
            if not sign or not digits.isdecimal() or not label.strip():
                raise forms.ValidationError(_("This line cannot be read: %(line)s"), params={"line": line})
            found.append({"label": label.strip(), "amount_idr": int(digits)})
        return found

    def content(self) -> dict[str, Any]:
        """Return what was filled in, as the catalogue keeps it."""
        data = self.cleaned_data
        made: dict[str, Any] = {}
        for component in STANDARD.components:
            slug = component.slug
            if component.kind == "term":
                made[slug] = {
                    part: data[f"{slug}_{part}"]
                    for part in ("amount", "most", "unit", "words")
                    if data[f"{slug}_{part}"]
                }
            elif component.kind == "fee":
                made[slug] = {
                    "free": data[f"{slug}_free"],
                    "lines": data[f"{slug}_lines"],
                    "words": data[f"{slug}_words"],
                }
            elif component.kind == "list":
                made[slug] = [line.strip() for line in data[slug].splitlines() if line.strip()]
            else:
                made[slug] = data[slug]
        return made


def _not_to_come(day: date) -> None:
    if day > city_day(clock.now()):
        raise forms.ValidationError(_("This day is still to come."))


class MinutesForm(forms.Form):
    """What the public said."""

    held_on = forms.DateField(
        label=_("Held on"), widget=forms.DateInput(attrs={"type": "date"}), validators=[_not_to_come]
    )
    place = forms.CharField(label=_("Place"), max_length=200)
    participants = forms.IntegerField(label=_("People who took part"), min_value=1, max_value=100_000)
    points = forms.CharField(label=_("What was said and agreed"), max_length=4000, widget=forms.Textarea(attrs=AREA))


class DecreeForm(forms.Form):
    """Under which decree it was set."""

    number = forms.CharField(label=_("Number of the decree"), max_length=80)
    day = forms.DateField(
        label=_("Day of the decree"), widget=forms.DateInput(attrs={"type": "date"}), validators=[_not_to_come]
    )
