"""What is asked in a hall, and how it is set up."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from balai.engines.catalogs.models import Record
from balai.foundation.calendar.models import Schedule
from balai.foundation.web.words import is_english
from balai.modules.queue.models import Counter, Errand, Hall

_CITYS_HOURS = _("The city's office hours")


class ContactForm(forms.Form):
    """How somebody wants to be told."""

    contact = forms.EmailField(
        label=_("E-mail, to be told when it is nearly your turn"),
        max_length=120,
        required=False,
        error_messages={"invalid": _("This e-mail address cannot be right. Correct it, or leave it empty.")},
    )


class NewHallForm(forms.ModelForm):
    """A new hall of one of the officer's agencies."""

    class Meta:
        model = Hall
        fields = ("name", "unit", "address")
        labels = {"name": _("Name of the hall"), "unit": _("Agency"), "address": _("Address")}

    def __init__(self, *args: Any, units: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = units  # type: ignore[attr-defined]


class HallForm(forms.ModelForm):
    """How a hall works; ``revision`` is the one that the person saw."""

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    class Meta:
        model = Hall
        fields = (
            "name",
            "address",
            "schedule",
            "slot_minutes",
            "days_ahead",
            "walk_in_share",
            "priority_every",
            "calls_before_no_show",
            "return_minutes",
            "active",
        )
        labels = {
            "name": _("Name of the hall"),
            "address": _("Address"),
            "schedule": _("Opening hours"),
            "slot_minutes": _("Length of an appointment's slot, in minutes"),
            "days_ahead": _("Appointments so many days ahead"),
            "walk_in_share": _("Share kept for people without an appointment, in per cent"),
            "priority_every": _("One call in so many goes to people with priority"),
            "calls_before_no_show": _("Calls before a number is given up"),
            "return_minutes": _("Minutes in which somebody who missed the call may come back"),
            "active": _("Open to the public"),
        }
        help_texts = {"walk_in_share": _("100: this hall takes no appointments.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["revision"] = self.instance.revision
        self.fields["schedule"].queryset = Schedule.objects.order_by("name")  # type: ignore[attr-defined]
        self.fields["schedule"].empty_label = _CITYS_HOURS  # type: ignore[attr-defined]
        bounds = {"slot_minutes": (5, 240), "days_ahead": (0, 90), "walk_in_share": (0, 100), "priority_every": (2, 20)}
        for name, (low, high) in bounds.items():
            field = self.fields[name]
            self.fields[name] = forms.IntegerField(
                label=field.label, help_text=field.help_text, min_value=low, max_value=high
            )

    def put_beside(self, now: Hall, *, words: str) -> None:
        """Keep what was typed and say beside it what is there now; sent once more, it is meant."""
        for name in self.Meta.fields:
            there = getattr(now, name)
            if there != self.cleaned_data[name]:
                self[name].help_text = escape(
                    _("There now: %(value)s")
                    % {"value": _CITYS_HOURS if name == "schedule" and there is None else _in_words(there)}
                )
        self.data = dict(self.data.items()) | {"revision": now.revision}
        self.add_error(None, words)


def _in_words(value: Any) -> str:
    if isinstance(value, bool):
        return str(_("Yes") if value else _("No"))
    return str(value) or "–"


class RecordField(forms.ModelChoiceField):
    """One of the services, by the name that people know."""

    def label_from_instance(self, obj: Record) -> str:
        """Return the service's name in the reader's language."""
        return _name_of(obj)


def _name_of(record: Record) -> str:
    return (is_english() and record.name_en) or record.name_id


class ErrandForm(forms.Form):
    """One more thing that people may come for."""

    record = RecordField(label=_("Service"), queryset=Record.objects.none())
    letter = forms.RegexField(
        r"^[A-Z]$", label=_("Letter of its numbers"), error_messages={"invalid": _("One capital letter, A to Z.")}
    )
    usual_minutes = forms.IntegerField(label=_("Usual minutes at the counter"), min_value=1, max_value=240, initial=10)

    def __init__(self, *args: Any, hall: Hall, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = Errand.objects.filter(hall=hall, active=True).values("record_id")
        rows = Record.objects.exclude(pk__in=known).select_related("unit").order_by("name_id")
        self.fields["record"].queryset = rows  # type: ignore[attr-defined]


class CounterForm(forms.Form):
    """A counter: its number and what it serves; ``counter`` is the one that is changed, ``errands`` the hall's."""

    number = forms.IntegerField(label=_("Number of the counter"), min_value=1, max_value=999)
    errands = forms.ModelMultipleChoiceField(
        label=_("What it serves"), queryset=Errand.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(
        self, *args: Any, hall: Hall, errands: Iterable[Errand], counter: Counter | None = None, **kwargs: Any
    ) -> None:
        if counter is not None:
            serves = [errand.pk for errand in counter.errands.all()]
            kwargs = {"initial": {"number": counter.number, "errands": serves}, **kwargs}
            # a page has one such form for every counter, and each field needs a name of its own for its label
            kwargs["auto_id"] = f"id_counter{counter.pk}_%s"
        super().__init__(*args, **kwargs)
        self.hall, self.counter = hall, counter
        field = self.fields["errands"]
        field.queryset = Errand.objects.filter(hall=hall, active=True)  # type: ignore[attr-defined]
        # read once for all the forms of a page
        field.choices = [(errand.pk, f"{errand.letter} · {_name_of(errand.record)}") for errand in errands]  # type: ignore[attr-defined]

    def clean_number(self) -> int:
        """Refuse a number that another counter has, or had: the past of a counter stays its own."""
        number: int = self.cleaned_data["number"]
        if self.counter is not None and self.counter.number == number:
            return number
        if self.counter is not None and self.hall.keeper_hash:
            raise forms.ValidationError(
                str(_("The computer in the building knows its counters by their numbers: this one has to stay."))
            )
        other = Counter.objects.filter(hall=self.hall, number=number).first()
        if other is not None and other.active:
            raise forms.ValidationError(str(_("There is a counter with this number.")))
        if other is not None and self.counter is not None:
            raise forms.ValidationError(
                str(_("A counter with this number was taken away. Add it again below, or choose another number."))
            )
        return number
