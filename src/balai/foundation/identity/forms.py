"""The forms of the sign-in in our words."""

from typing import Any

from allauth.account.forms import ChangePasswordForm as AllauthChangePassword
from allauth.account.forms import LoginForm as AllauthLogin
from allauth.account.forms import ReauthenticateForm as AllauthPasswordAgain
from allauth.account.forms import ResetPasswordForm as AllauthReset
from allauth.account.forms import ResetPasswordKeyForm as AllauthResetKey
from allauth.mfa.base.forms import AuthenticateForm as AllauthCode
from allauth.mfa.base.forms import ReauthenticateForm as AllauthCodeAgain
from allauth.mfa.totp.forms import ActivateTOTPForm as AllauthActivate
from django import forms
from django.utils.translation import gettext_lazy as _

EMAIL = _("E-mail address")
PASSWORD = _("Password")
CODE = _("Six-digit code")


def _say(field: forms.Field, label: Any, **attributes: str) -> None:
    """Give a field our label, and no text inside the box: it vanishes when one begins to type."""
    field.label = label
    field.help_text = ""
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs.update(attributes)


class LoginForm(AllauthLogin):
    """E-mail address and password."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["login"], EMAIL, autocomplete="username", spellcheck="false")
        _say(self.fields["password"], PASSWORD)


class PasswordAgainForm(AllauthPasswordAgain):
    """The password once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["password"], PASSWORD)


class ResetPasswordForm(AllauthReset):
    """The address that gets a link."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["email"], EMAIL, autocomplete="email", spellcheck="false")


class ResetPasswordKeyForm(AllauthResetKey):
    """A new password, twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["password1"], _("New password"))
        _say(self.fields["password2"], _("New password once more"))


class ChangePasswordForm(AllauthChangePassword):
    """The present password, and a new one twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["oldpassword"], _("Present password"))
        _say(self.fields["password1"], _("New password"))
        _say(self.fields["password2"], _("New password once more"))


class CodeForm(AllauthCode):
    """A code of the app, or a spare code."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["code"], CODE, autofocus="")


class CodeAgainForm(AllauthCodeAgain):
    """A code once more."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["code"], CODE)


class ActivateForm(AllauthActivate):
    """The first code of the app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self.fields["code"], CODE, inputmode="numeric")


class MeForm(forms.Form):
    """What somebody may change about themselves."""

    name = forms.CharField(
        label=_("Name"), max_length=120, help_text=_("Colleagues see it. The public sees your post only.")
    )
    locale = forms.ChoiceField(label=_("Language of messages to you"), choices=[("id", "Indonesia"), ("en", "English")])
