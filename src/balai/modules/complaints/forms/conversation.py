"""What a reporter fills in afterwards: number and code, answers, confirmation, verification."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.engines.cases.forms import MAX_WORDS, ManyFiles, ManyFilesInput
from balai.engines.cases.rules.evolution import MAX_RATING, Given
from balai.engines.cases.rules.kinds import Change

FILE_TYPES = "image/jpeg,image/png,image/webp,image/heic,image/heif,application/pdf"
RATING_WORDS = {
    1: _("1 – very poor"),
    2: _("2 – poor"),
    3: _("3 – fair"),
    4: _("4 – good"),
    5: _("5 – very good"),
}
TEXT_LABELS = {
    "reply": _("Your answer"),
    "add": _("What do you want to add?"),
    "confirm": _("Anything you want to say to the agency?"),
    "reopen": _("What is not fixed yet?"),
    "withdraw": _("Why do you withdraw it?"),
}


class FindForm(forms.Form):
    """A number, and a code for the reporter's own page."""

    number = forms.CharField(
        label=_("Report number"),
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


class OwnChangeForm(forms.Form):
    """The fields of one change that the reporter makes. ``seq`` is the newest event that the page showed."""

    seq = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, change: Change, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": f"{change.name}_%s", **kwargs})
        self.change = change
        asked = {*change.needs, *change.may_have}
        if "rating" in asked:
            self.fields["rating"] = forms.TypedChoiceField(
                label=_("How well was it handled?"),
                coerce=int,
                required=False,
                empty_value=None,
                choices=[("", "—"), *((stars, RATING_WORDS[stars]) for stars in range(MAX_RATING, 0, -1))],
            )
        if "text" in asked:
            self.fields["text"] = forms.CharField(
                label=TEXT_LABELS.get(change.name, _("Words")),
                max_length=MAX_WORDS,
                required="text" in change.needs,
                widget=forms.Textarea(attrs={"rows": 4}),
                error_messages={"required": _("Write a few words, so that the officer knows what to do.")},
            )
        if "proof" in asked:
            self.fields["photo"] = ManyFiles(
                label=_("Photos"), required=False, widget=ManyFilesInput(attrs={"accept": FILE_TYPES})
            )

    def given(self, *, proofs: int = 0) -> Given:
        """Return the checked input as the rules want it."""
        return Given(
            text=self.cleaned_data.get("text", "").strip(), rating=self.cleaned_data.get("rating"), proofs=proofs
        )


class CodeForm(forms.Form):
    """The six digits that came by message."""

    code = forms.CharField(
        label=_("Six-digit code"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )
