"""Check what is written on the pages of this room."""

import json
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

MOST_CHARACTERS = 50_000
_CODE = {"spellcheck": "false", "autocapitalize": "off", "autocomplete": "off", "class": "b-code"}


class TemplateForm(forms.Form):
    """The source of a template, and data to try it with."""

    source = forms.CharField(
        label=gettext_lazy("Source (Typst)"),
        max_length=MOST_CHARACTERS,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 24, **_CODE}),
    )
    sample = forms.CharField(
        label=gettext_lazy("Sample data (JSON)"),
        max_length=MOST_CHARACTERS,
        required=False,
        help_text=gettext_lazy("Only for the preview; nothing of it is kept."),
        widget=forms.Textarea(attrs={"rows": 8, **_CODE}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean_source(self) -> str:
        """Return the source with the line ends that Typst counts."""
        return str(self.cleaned_data["source"]).replace("\r\n", "\n")

    def clean_sample(self) -> dict[str, Any]:
        """Return the data."""
        text = self.cleaned_data["sample"].strip() or "{}"
        try:
            data = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise ValidationError(_("This is not JSON: %(error)s") % {"error": str(error)[:100]}) from error
        if not isinstance(data, dict):
            raise ValidationError(_("Write an object: names and values between curly brackets."))
        return data


class CodeForm(forms.Form):
    """The code that stands on a paper."""

    code = forms.CharField(
        label=gettext_lazy("Code on the document"),
        max_length=40,
        help_text=gettext_lazy("Twelve letters and digits, under the square code. Capitals and hyphens do not matter."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class FileForm(forms.Form):
    """A PDF to judge."""

    file = forms.FileField(
        label=gettext_lazy("PDF file"),
        allow_empty_file=True,
        help_text=gettext_lazy("The original file, at most 50 MB. It is deleted as soon as it was checked."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
    )


class FindForm(forms.Form):
    """The number or the code of a document."""

    q = forms.CharField(label=gettext_lazy("Number or code of a document"), max_length=80)


class RevokeForm(forms.Form):
    """Why a document does not count any more."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=300,
        help_text=gettext_lazy("Everybody who checks the document reads it. Write no particulars of people."),
    )
