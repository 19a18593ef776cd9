"""Sign at an address: the hash goes out, the signature (CMS) comes back. The key never leaves its keeper.

The order is JSON over HTTPS: ``{"hash": base64, "hash_algorithm": "sha256", "user": …, "passphrase": …}``; the answer is
``{"cms": base64}``. Nothing of the document leaves the city but 32 bytes. The passphrase is a setting, never stored.
"""

import base64
import binascii
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlsplit

from asn1crypto import cms, x509
from cryptography.exceptions import InvalidSignature
from pyhanko.sign.signers import ExternalSigner
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

TIMEOUT_SECONDS = 20
MOST_BYTES = 200_000
RESERVED_BYTES = 32_768


class Unreachable(Exception):
    """The keeper of the key did not answer; asking later may help."""


class Refused(Exception):
    """The keeper of the key said no, or answered with something else than a signature of this hash."""


class _Straight(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_options: Any) -> None:
        """Follow nobody: a passphrase goes to the address that was set, to no other."""


class RemoteSigner(ExternalSigner):
    """A signer of pyHanko whose signatures are made elsewhere."""

    def __init__(self, *, certificate: x509.Certificate, url: str, user: str, passphrase: str) -> None:
        super().__init__(signing_cert=certificate, cert_registry=None, signature_value=bytes(512))
        is_local = urlsplit(url).hostname in ("127.0.0.1", "::1", "localhost")
        if urlsplit(url).scheme != "https" and not is_local:
            raise Refused("the address must begin with https://")
        self._url, self._user, self._passphrase = url, user, passphrase

    async def async_sign(
        self, data_digest: bytes, digest_algorithm: str, *_args: Any, dry_run: bool = False, **_options: Any
    ) -> cms.ContentInfo:
        """Return the signature of a hash, checked to be one of this hash.

        :raises Unreachable: if nobody answered.
        :raises Refused: if the answer is no signature of this hash.
        """
        made = self._ask(data_digest, digest_algorithm)
        try:
            is_of_this, is_valid = validate_sig_integrity(
                made["content"]["signer_infos"][0], self.signing_cert, "data", data_digest
            )
        except (KeyError, TypeError, ValueError, IndexError, SignatureValidationError, InvalidSignature) as error:
            raise Refused("the answer is no signature") from error
        if not (is_of_this and is_valid):
            raise Refused("the answer is not the signature of this hash with the certificate that was set")
        return made

    def _ask(self, digest: bytes, algorithm: str) -> cms.ContentInfo:
        order = {
            "hash": base64.b64encode(digest).decode(),
            "hash_algorithm": algorithm,
            "user": self._user,
            "passphrase": self._passphrase,
        }
        request = urllib.request.Request(  # noqa: S310 - https or this machine, checked above
            self._url, data=json.dumps(order).encode(), headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.build_opener(_Straight).open(request, timeout=TIMEOUT_SECONDS) as answer:
                content = answer.read(MOST_BYTES + 1)
        except urllib.error.HTTPError as error:
            with error:
                if error.code >= 500 or error.code == 429:
                    raise Unreachable(f"HTTP {error.code}") from error
                raise Refused(f"HTTP {error.code}") from error
        except (OSError, TimeoutError) as error:
            raise Unreachable(str(getattr(error, "reason", error))[:200]) from error
        if len(content) > MOST_BYTES:
            raise Refused("the answer is too long")
        try:
            return cms.ContentInfo.load(base64.b64decode(json.loads(content)["cms"], validate=True), strict=True)
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise Refused("the answer is no signature") from error
