"""What staff write about other programs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.foundation.outbound.queries import topics
from balai.foundation.units.models import Unit


class WebhookForm(forms.Form):
    """A program to be told."""

    name = forms.CharField(label=_("Name of the program"), max_length=80)
    address = forms.CharField(label=_("Address"), max_length=300, help_text=_("Begins with https://"))
    wanted = forms.MultipleChoiceField(label=_("What it is told of"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["wanted"].choices = [(topic.name, topic.label) for topic in topics()]  # type: ignore[attr-defined]


class SystemForm(forms.Form):
    """An outside system."""

    name = forms.CharField(label=_("Name of the system"), max_length=120)
    slug = forms.SlugField(label=_("Short name"), max_length=40)
    address = forms.CharField(label=_("Address"), max_length=300, help_text=_("Begins with https://"))
    unit = forms.ModelChoiceField(label=_("Agency that answers for it here"), queryset=Unit.objects.none())
    expected_hours = forms.IntegerField(
        label=_("Hours within which it should answer"), min_value=1, max_value=2000, initial=24
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].queryset = Unit.objects.filter(active=True).order_by("name")  # type: ignore[attr-defined]


class SystemChangeForm(SystemForm):
    """An outside system that is known already; its short name stands in addresses and steps, and stays."""

    slug = None  # type: ignore[assignment]


class AnswerForm(forms.Form):
    """What an outside body said on paper or by telephone."""

    number = forms.CharField(label=_("Their number"), max_length=80, required=False)
    words = forms.CharField(
        label=_("What they said, or why it goes on by hand"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
