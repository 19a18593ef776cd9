"""Tokens of SoftHSM for tests: a key and certificates in a device that speaks PKCS#11."""

import os
import subprocess
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pkcs11
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from pkcs11.util.x509 import decode_x509_certificate

from balai.foundation.documents.authority import Key, Pair
from tests.device_programs import SoftHsm

PIN = "2468"
TOKEN, LABEL = "Balai Kota", "kepala"
Token = Callable[..., dict[str, str]]


def make_folder(place: Path, *, resets_on_fork: bool = False) -> Path:
    """Make a folder for tokens; return the file that ``SOFTHSM2_CONF`` names."""
    (place / "tokens").mkdir(parents=True)
    conf = place / "softhsm2.conf"
    reset = "true" if resets_on_fork else "false"
    conf.write_text(f"directories.tokendir = {place / 'tokens'}\nlibrary.reset_on_fork = {reset}\nlog.level = ERROR\n")
    return conf


def make_token(softhsm: SoftHsm, *, label: str, key: Key, certificates: Mapping[str, x509.Certificate]) -> None:
    """Make a token with the key under the first certificate's label, all certificates beside it."""
    first = next(iter(certificates))
    _run(softhsm, "--init-token", "--free", "--label", label, "--pin", PIN, "--so-pin", "13579")
    file = Path(os.environ["SOFTHSM2_CONF"]).with_name("key.pem")
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    _run(softhsm, "--import", str(file), "--token", label, "--label", first, "--id", "01", "--pin", PIN)
    library = pkcs11.lib(str(softhsm.library))
    library.reinitialize()
    with library.get_token(token_label=label).open(rw=True, user_pin=PIN) as session:
        for name, certificate in certificates.items():
            der = certificate.public_bytes(serialization.Encoding.DER)
            session.create_object(
                decode_x509_certificate(der) | {pkcs11.Attribute.LABEL: name, pkcs11.Attribute.TOKEN: True}
            )


def _run(softhsm: SoftHsm, *words: str) -> None:
    subprocess.run([softhsm.program, *words], check=True, capture_output=True)


def make_pair(name: str, *, at: datetime, issuer: Pair | None, is_authority: bool, is_rsa: bool = False) -> Pair:
    """Make a key and its certificate: a root without issuer, an authority below it, or a person."""
    key: Key = rsa.generate_private_key(65537, 2048) if is_rsa else ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    signing = issuer.key if issuer else key
    usage = x509.KeyUsage(
        digital_signature=not is_authority,
        content_commitment=not is_authority,
        key_cert_sign=is_authority,
        crl_sign=is_authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer.certificate.subject if issuer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=300))
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    return Pair(key=key, certificate=builder.sign(signing, hashes.SHA256()))
