from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "balai.foundation.identity"
    label = "identity"

    def ready(self) -> None:
        from allauth.mfa.signals import authenticator_added, authenticator_removed  # noqa: PLC0415 - needs the apps

        from balai.foundation.identity import sign_in  # noqa: PLC0415 - needs the apps

        authenticator_added.connect(sign_in.keep_activation, dispatch_uid="balai.identity.keep_activation")
        authenticator_removed.connect(sign_in.forget_proof, dispatch_uid="balai.identity.forget_proof")
