"""What a reporter fills in afterwards: number and code, answers, confirmation, verification."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FindForm(forms.Form):
    """A number, and a code for the reporter's own page."""

    number = forms.CharField(
        label=_("Number of the report or application"),
        max_length=40,
        error_messages={"required": _("Type the number of the report, for example 26-K7QX-M3R8.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )
    code = forms.CharField(
        label=_("Code"),
        required=False,
        max_length=20,
        help_text=_("Only for the reporter: opens answers, questions and your own entries. It came with the number."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false"}),
    )


class CodeForm(forms.Form):
    """The six digits that came by message."""

    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
