"""Check what comes with a change; the fields follow from what the change needs."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.engines.cases.actions.open import text_hash
from balai.engines.cases.models import Case
from balai.engines.cases.queries.timeline import was_said
from balai.engines.cases.queries.visible import merge_targets
from balai.engines.cases.rules.evolution import MAX_RATING, ChangeRefused, Given
from balai.engines.cases.rules.kinds import Change
from balai.engines.cases.rules.references import tidy_reference
from balai.engines.cases.words import reason_choices, refusal_words
from balai.foundation.identity.models import User
from balai.foundation.units.models import Unit
from balai.foundation.units.rules import Authority

MAX_WORDS = 5_000
MAX_PHOTOS = 5


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


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFiles(forms.FileField):
    """Several files under one name."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", ManyFilesInput(attrs={"accept": "image/*,application/pdf"}))
        super().__init__(**kwargs)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, (list, tuple)) else [data] if data else []
        if len(files) > MAX_PHOTOS:
            raise forms.ValidationError(_("At most five photos. Choose the ones that say most."))
        return [super(ManyFiles, self).clean(item, initial) for item in files if item]


class ChangeForm(forms.Form):
    """The fields of one change. ``seq`` is the newest event that the page showed.

    ``authority`` says which matters a number may name; without one only those that everybody may read.
    """

    seq = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self,
        *args: Any,
        change: Change,
        case: Case,
        units: list[Unit],
        people: list[User],
        authority: Authority | None = None,
        **kwargs: Any,
    ) -> None:
        kwargs["auto_id"] = f"{change.name}_%s"
        super().__init__(*args, **kwargs)
        self.change = change
        self.case = case
        self.authority = authority
        asked: dict[str, bool] = {name: name in change.needs for name in (*change.needs, *change.may_have)}
        builders = {
            "unit": lambda: forms.TypedChoiceField(
                label=_("Agency"),
                coerce=int,
                choices=[("", "—"), *((unit.pk, unit.name) for unit in units if unit.pk != case.unit_id)],
            ),
            "assignee": lambda: forms.TypedChoiceField(
                label=_("Person"), coerce=int, choices=[("", "—"), *((person.pk, person.name) for person in people)]
            ),
            "reason": lambda: forms.ChoiceField(
                label=_("Reason"),
                choices=[("", "—"), *reason_choices(change)],
            ),
            "basis": lambda: forms.CharField(
                label=_("Legal basis"),
                max_length=300,
                help_text=_("Regulation and article, for example: UU 25/2009 art. 42."),
            ),
            "target": lambda: forms.CharField(label=_("Number of the report that goes on"), max_length=20),
            "rating": lambda: forms.TypedChoiceField(
                label=_("Rating"), coerce=int, choices=[("", "—"), *((stars, str(stars)) for stars in range(1, 6))]
            ),
            "text": lambda: forms.CharField(
                label=_("Words"), max_length=MAX_WORDS, widget=forms.Textarea(attrs={"rows": 4})
            ),
            "proof": lambda: ManyFiles(label=_("Photos as proof")),
        }
        for name, builder in builders.items():
            if name in asked:
                field = builder()
                field.required = asked[name]
                self.fields[name] = field

    def clean(self) -> dict[str, Any]:
        """Ask once more before words go out that the person has read already, and was perhaps not content with."""
        data = super().clean() or self.cleaned_data
        text = data.get("text", "").strip()
        is_asked = text and self.change.audience != "staff" and "repeated" not in self.data
        if is_asked and was_said(case=self.case, text_hash=text_hash(text)):
            self.fields["repeated"] = forms.BooleanField(label=_("Send it nevertheless"), required=False)
            self.add_error("text", _("These words were sent once already, word for word. Change them, or tick below."))
        return data

    def clean_target(self) -> int:
        """Return the id of the open matter that the number names."""
        reference = tidy_reference(self.cleaned_data["target"])
        target = merge_targets(case=self.case, authority=self.authority).filter(reference=reference).first()
        if target is None:
            raise forms.ValidationError(refusal_words(ChangeRefused("target_gone")))
        return target.pk

    def given(self) -> Given:
        """Return the checked input as the rules want it."""
        data = self.cleaned_data
        return Given(
            text=data.get("text", "").strip(),
            reason=data.get("reason", ""),
            basis=data.get("basis", "").strip(),
            unit_id=data.get("unit") or None,
            assignee_id=data.get("assignee") or None,
            target_id=data.get("target") or None,
            rating=data.get("rating") or None,
            proofs=len(data.get("proof") or ()),
        )


class SavedFilterForm(forms.Form):
    """A name for the present filter."""

    name = forms.CharField(label=_("Name of the tab"), max_length=60)
    query = forms.CharField(widget=forms.HiddenInput, max_length=500, required=False)


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
        if "reason" in asked:
            self.fields["reason"] = forms.ChoiceField(
                label=_("Reason"),
                choices=[("", "—"), *reason_choices(change)],
                required="reason" in change.needs,
                error_messages={"required": _("Choose a reason.")},
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
            text=self.cleaned_data.get("text", "").strip(),
            reason=self.cleaned_data.get("reason", ""),
            rating=self.cleaned_data.get("rating"),
            proofs=proofs,
        )
