"""The form for the words of one message."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from balai.foundation.messages.contributions import MessageTemplate
from balai.foundation.messages.rules import unknown_names
from balai.foundation.messages.words import LOCALES, Words, known_names


class WordsForm(forms.Form):
    """Subject and text in both languages."""

    subject_id = forms.CharField(label=gettext_lazy("Subject, Indonesian"), max_length=200)
    body_id = forms.CharField(
        label=gettext_lazy("Text, Indonesian"), max_length=5000, widget=forms.Textarea(attrs={"rows": 10})
    )
    subject_en = forms.CharField(label=gettext_lazy("Subject, English"), max_length=200)
    body_en = forms.CharField(
        label=gettext_lazy("Text, English"), max_length=5000, widget=forms.Textarea(attrs={"rows": 10})
    )

    def __init__(self, *args: Any, brought: MessageTemplate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.brought = brought

    def _checked(self, field: str) -> str:
        text: str = self.cleaned_data[field].replace("\r\n", "\n")
        known = known_names(self.brought)
        unknown = unknown_names(text=text, known=known)
        if unknown:
            raise ValidationError(
                _("This message does not know %(names)s. It knows: %(known)s. Your text is kept.")
                % {"names": _in_braces(unknown), "known": _in_braces(known)}
            )
        return text

    def clean_subject_id(self) -> str:
        """Return the subject with known names only."""
        return self._checked("subject_id")

    def clean_subject_en(self) -> str:
        """Return the subject with known names only."""
        return self._checked("subject_en")

    def clean_body_id(self) -> str:
        """Return the text with known names only."""
        return self._checked("body_id")

    def clean_body_en(self) -> str:
        """Return the text with known names only."""
        return self._checked("body_en")

    def words(self) -> dict[str, Words]:
        """Return what was typed, by language."""
        return {
            locale: Words(self.cleaned_data[f"subject_{locale}"], self.cleaned_data[f"body_{locale}"])
            for locale in LOCALES
        }


def values_of(words: dict[str, Words]) -> dict[str, str]:
    """Return the form's values for words."""
    return {f"{part}_{locale}": getattr(each, part) for locale, each in words.items() for part in ("subject", "body")}


def _in_braces(names: tuple[str, ...]) -> str:
    return ", ".join(f"{{{name}}}" for name in names)
