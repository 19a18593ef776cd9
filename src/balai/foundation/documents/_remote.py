"""Sign at an address: the hash goes out, the signature (CMS) comes back. The key never leaves its keeper.

The order is JSON over HTTPS: ``{"hash": base64, "hash_algorithm": "sha256", "user": …, "passphrase": …}``; the answer is
``{"cms": base64}``. Nothing of the document leaves the city but 32 bytes. The passphrase is a setting, never stored.
"""

import base64
import binascii
import json
from typing import Any

from asn1crypto import cms, x509
from cryptography.exceptions import InvalidSignature
from pyhanko.sign.signers import ExternalSigner
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.generic_cms import validate_sig_integrity

from balai.foundation.documents._asking import check_address, post
from balai.foundation.documents._refusal import CannotSign

MOST_BYTES = 200_000
RESERVED_BYTES = 32_768


class RemoteSigner(ExternalSigner):
    """A signer of pyHanko whose signatures are made elsewhere."""

    def __init__(self, *, certificate: x509.Certificate, url: str, user: str, passphrase: str) -> None:
        super().__init__(signing_cert=certificate, cert_registry=None, signature_value=bytes(512))
        check_address(url)
        self._url, self._user, self._passphrase = url, user, passphrase

    async def async_sign(
        self, data_digest: bytes, digest_algorithm: str, *_args: Any, dry_run: bool = False, **_options: Any
    ) -> cms.ContentInfo:
        """Return the signature of a hash, checked to be one of this hash.

        :raises CannotSign: if nobody answered, or the answer is no signature of this hash.
        """
        made = self._ask(data_digest, digest_algorithm)
        try:
            is_of_this, is_valid = validate_sig_integrity(
                made["content"]["signer_infos"][0], self.signing_cert, "data", data_digest
            )
        except (KeyError, TypeError, ValueError, IndexError, SignatureValidationError, InvalidSignature) as error:
            raise CannotSign("signer_refused", "the answer is no signature") from error
        if not (is_of_this and is_valid):
            raise CannotSign(
                "signer_refused", "the answer is not the signature of this hash with the certificate that was set"
            )
        return made

    def _ask(self, digest: bytes, algorithm: str) -> cms.ContentInfo:
        order = {
            "hash": base64.b64encode(digest).decode(),
            "hash_algorithm": algorithm,
            "user": self._user,
            "passphrase": self._passphrase,
        }
        content = post(
            url=self._url,
            body=json.dumps(order).encode(),
            headers={"Content-Type": "application/json"},
            most_bytes=MOST_BYTES,
        )
        try:
            return cms.ContentInfo.load(base64.b64decode(json.loads(content)["cms"], validate=True), strict=True)
        except (ValueError, KeyError, TypeError, binascii.Error) as error:
            raise CannotSign("signer_refused", "the answer is no signature") from error
