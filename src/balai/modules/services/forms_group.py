"""The form with which somebody applies for many people."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.modules.services.rules.group_file import MOST_PEOPLE


class GroupForm(forms.Form):
    """Who applies, and for how many: a file with their answers, or a number of empty applications."""

    name = forms.CharField(
        label=_("Who applies for them, and by what right"),
        help_text=_("For example: RT 03/RW 05 Lowokwaru, Budi Santoso (head of the RT)"),
        max_length=300,
    )
    file = forms.FileField(
        label=_("File with the people (CSV)"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
    number = forms.IntegerField(
        label=_("Without a file: how many people"), required=False, min_value=1, max_value=MOST_PEOPLE
    )

    def clean(self) -> dict[str, Any]:
        """Ask for one of the two."""
        given: dict[str, Any] = super().clean() or {}
        if not given.get("file") and not given.get("number") and not self.errors:
            self.add_error("file", _("Send a file, or say how many people there are."))
        return given
