"""Sign-in of staff; no sign-up."""

from allauth.account import views as account
from django.urls import include, path, re_path

from balai.foundation.identity import views

# allauth names its own addresses without a prefix
urlpatterns = [
    path("me/", views.me, name="identity_me"),
    path("accounts/login/", views.SignInView.as_view(), name="account_login"),
    path("accounts/logout/", account.logout, name="account_logout"),
    path("accounts/reauthenticate/", account.reauthenticate, name="account_reauthenticate"),
    path("accounts/inactive/", account.account_inactive, name="account_inactive"),
    path("accounts/password/change/", views.PasswordChangeView.as_view(), name="account_change_password"),
    path("accounts/password/reset/", account.password_reset, name="account_reset_password"),
    path("accounts/password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    # the key holds hyphens itself: what stands before the first one is the account
    re_path(
        r"^accounts/password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "accounts/password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("accounts/2fa/authenticate/", views.SecondStepView.as_view(), name="mfa_authenticate"),
    path("accounts/2fa/", include("allauth.mfa.urls")),
]
