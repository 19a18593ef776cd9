"""Check what is asked for when a key is made."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from balai.foundation.api.queries import known_scopes


class ApiKeyForm(forms.Form):
    """Name, rights and pace of a new key."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("The program and who runs it, for example “Aplikasi warga, PT X”.")
    )
    scopes = forms.MultipleChoiceField(
        label=_("Rights"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one right. The name you typed is kept.")},
    )
    per_minute = forms.IntegerField(
        label=_("Calls a minute"),
        min_value=1,
        max_value=6000,
        initial=120,
        help_text=_("Beyond this the program is asked to wait."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["scopes"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(scope.name, scope.label) for scope in known_scopes()]
