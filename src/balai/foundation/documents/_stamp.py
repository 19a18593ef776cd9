"""The simulated stamp of time of the demonstration: pyHanko's, with its key opened once instead of at every stamp."""

from datetime import datetime

from asn1crypto import cms, core
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pyhanko.sign.general import as_signing_certificate, simple_cms_attribute
from pyhanko.sign.signers import SimpleSigner
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko_certvalidator.registry import SimpleCertificateStore


class SimulatedStamp(DummyTimeStamper):
    """Stamps the moment it is given. Nobody outside vouches for it, and its certificate says so."""

    def __init__(self, *, signer: SimpleSigner, root: SimpleCertificateStore) -> None:
        super().__init__(signer.signing_cert, signer.signing_key, certs_to_embed=root)
        opened = serialization.load_der_private_key(signer.signing_key.dump(), password=None)
        assert isinstance(opened, RSAPrivateKey)
        self._opened = opened

    def at(self, moment: datetime) -> "SimulatedStamp":
        """Return the same stamp for one moment."""
        copy = object.__new__(SimulatedStamp)
        copy.__dict__.update(self.__dict__, fixed_dt=moment)
        return copy

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: datetime) -> tuple[bytes, cms.CMSAttributes]:
        digest = hashes.Hash(hashes.SHA256())
        digest.update(tst_info_data)
        attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(dt)})),
                simple_cms_attribute("signing_certificate", as_signing_certificate(self.tsa_cert)),
                simple_cms_attribute("message_digest", digest.finalize()),
            ]
        )
        return self._opened.sign(attributes.dump(), PKCS1v15(), hashes.SHA256()), attributes
