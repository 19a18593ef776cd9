"""Why nothing was signed: one exception for every way to a key."""

# asking later may help: somebody plugs the device in again, the service comes back
_PASSES = frozenset({"signer_unreachable", "device_away"})
# the same word again would lock the device or the account
_WORD_REFUSED = frozenset({"pin_refused", "passphrase_refused"})


class CannotSign(Exception):
    """Nothing was signed.

    ``code``: signer_missing, signer_unusable, signer_refused, signer_unreachable, signer_unknown, certificate_expired,
    passphrase_refused, pin_refused, device_away. ``is_temporary`` says that asking later may help; ``is_word_refused``
    that the password was wrong.
    """

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.is_temporary = code in _PASSES
        self.is_word_refused = code in _WORD_REFUSED
