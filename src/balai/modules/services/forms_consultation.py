"""The forms of a public consultation: until when, what somebody thinks, and what becomes of it."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.engines.catalogs.models import PublicComment
from balai.engines.catalogs.rules import Component
from balai.modules.services.standard_words import component_label

Outcome = PublicComment.Outcome
OUTCOMES = {
    Outcome.TAKEN.value: _("Taken over"),
    Outcome.PARTLY.value: _("Taken over in part"),
    Outcome.NOT_TAKEN.value: _("Not taken over"),
    Outcome.HIDDEN.value: _("Not shown: it insults or names somebody, or is about something else"),
}


class ConsultationForm(forms.Form):
    """Until when the public is asked."""

    until = forms.DateField(label=_("Until, that day included"), widget=forms.DateInput(attrs={"type": "date"}))


class CommentForm(forms.Form):
    """What somebody thinks of a standard."""

    component = forms.ChoiceField(label=_("What is it about?"), required=False)
    words = forms.CharField(
        label=_("What should be different, and why?"),
        help_text=_("Everybody can read it. Leave out names and numbers of people."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    name = forms.CharField(
        label=_("Name to stand beside it"), help_text=_("May stay empty."), max_length=80, required=False
    )

    def __init__(self, *args: Any, components: Iterable[Component], **kwargs: Any) -> None:
        """Offer the components of the standard."""
        super().__init__(*args, **kwargs)
        self.fields["component"].choices = [  # type: ignore[attr-defined]
            ("", _("The whole standard")),
            *((component.slug, component_label(component)) for component in components),
        ]


class CommentAnswerForm(forms.Form):
    """What becomes of a comment."""

    outcome = forms.ChoiceField(label=_("What becomes of it"), choices=tuple(OUTCOMES.items()))
    answer = forms.CharField(
        label=_("Answer that everybody reads"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )
