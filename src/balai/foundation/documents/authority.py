"""The demonstration's own authority: a root, a signer, a stamp of time, and the key of the seals.

Everything lies in the data folder, readable by its owner only, keys encrypted with a word made from the installation's
own keys. The certificates say in their names that they are examples: whoever opens such a PDF elsewhere reads it.
"""

import hashlib
import hmac
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from django.conf import settings

from balai.foundation.documents.rules.seals import key_name

EXAMPLE = "CONTOH – bukan sertifikat resmi"
Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey
ROOT_LIVES = timedelta(days=3652)
# as long as the certificates of civil servants
SIGNER_LIVES = timedelta(days=730)
_FOLDER, _SEALS = "authority", "seals"


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A key with its certificate."""

    key: Key
    certificate: x509.Certificate


def password() -> bytes:
    """Return the word that opens the key files of this installation."""
    return hmac.new(settings.BALAI_INDEX_KEY.encode(), b"documents.keys", hashlib.sha256).hexdigest().encode()


def folder() -> Path:
    """Return where the authority's files lie."""
    return Path(settings.BALAI_DOCUMENTS_FOLDER) / _FOLDER


def exists() -> bool:
    """Return whether the authority was made."""
    return (folder() / "signer.p12").exists()


def _name(words: str, organization: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{EXAMPLE}: {words}"[:64]),
        ]
    )


def _issue(
    *,
    name: x509.Name,
    issuer: Pair | None,
    lives: timedelta,
    at: datetime,
    usage: x509.KeyUsage,
    purpose: x509.ObjectIdentifier | None = None,
) -> Pair:
    # the simulated stamp of time knows RSA only; the other keys sign a hundred times as fast
    key: Key = ec.generate_private_key(ec.SECP256R1())
    if purpose is not None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    # a root signs itself
    signing = issuer.key if issuer else key
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # clocks of readers go wrong too
        .not_valid_before(at - timedelta(hours=1))
        .not_valid_after(at + lives)
        .add_extension(
            x509.BasicConstraints(ca=issuer is None, path_length=0 if issuer is None else None), critical=True
        )
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key()), critical=False)
    )
    if purpose is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=True)
    return Pair(key=key, certificate=builder.sign(signing, hashes.SHA256()))


def _usage(*, signs_documents: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=signs_documents,
        content_commitment=signs_documents,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=not signs_documents,
        crl_sign=not signs_documents,
        encipher_only=False,
        decipher_only=False,
    )


def make_authority(*, organization: str, at: datetime, lives: timedelta = SIGNER_LIVES) -> bool:
    """Make root, signer and time stamp in the data folder; return False, and change nothing, if they are there."""
    if exists():
        return False
    parent = folder().parent
    parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(dir=parent, prefix=".authority-"))
    root = _issue(
        name=_name("otoritas Balai", organization),
        issuer=None,
        lives=ROOT_LIVES,
        at=at,
        usage=_usage(signs_documents=False),
    )
    _write(draft / "root.pem", root.certificate.public_bytes(serialization.Encoding.PEM))
    _write_pair(draft / "root.p12", root, chain=())
    _write_signers(draft, root, organization=organization, at=at, lives=lives)
    try:
        # two processes may come at once: whoever is second uses what the first one made
        draft.rename(folder())
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        return False
    return True


def renew_signers(*, organization: str, at: datetime, lives: timedelta = SIGNER_LIVES) -> None:
    """Make a new signer and time stamp under the same root; what was signed before stays good."""
    _write_signers(folder(), read_pair(folder() / "root.p12"), organization=organization, at=at, lives=lives)


def _write_signers(place: Path, root: Pair, *, organization: str, at: datetime, lives: timedelta) -> None:
    stamp = _issue(
        name=_name("stempel waktu simulasi", organization),
        issuer=root,
        lives=lives,
        at=at,
        usage=_usage(signs_documents=True),
        purpose=ExtendedKeyUsageOID.TIME_STAMPING,
    )
    signer = _issue(
        name=_name(organization, organization), issuer=root, lives=lives, at=at, usage=_usage(signs_documents=True)
    )
    _write_pair(place / "time-stamp.p12", stamp, chain=(root.certificate,))
    _write_pair(place / "signer.p12", signer, chain=(root.certificate,))


def _write_pair(path: Path, pair: Pair, *, chain: tuple[x509.Certificate, ...]) -> None:
    lock = serialization.BestAvailableEncryption(password())
    _write(path, pkcs12.serialize_key_and_certificates(b"balai", pair.key, pair.certificate, chain, lock))


def read_pair(path: Path) -> Pair:
    """Return the pair in one of our own PKCS#12 files."""
    key, certificate, _chain = pkcs12.load_key_and_certificates(path.read_bytes(), password())
    assert isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey)
    assert certificate is not None
    return Pair(key=key, certificate=certificate)


def _write(path: Path, content: bytes) -> None:
    """Write a file that only its owner reads, at once."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    draft.replace(path)


@dataclass(frozen=True, kw_only=True)
class SealKey:
    """The key that signs the codes to scan, and its public half of 32 bytes."""

    private: Ed25519PrivateKey
    public: bytes


def seal_key() -> SealKey:
    """Return the key of the seals, made at its first use."""
    place = Path(settings.BALAI_DOCUMENTS_FOLDER) / _SEALS
    path = place / "key.pem"
    if not path.exists():
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = Ed25519PrivateKey.generate()
        draft = place / f".key.{os.getpid()}"
        _write(
            draft,
            made.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.BestAvailableEncryption(password()),
            ),
        )
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    key = serialization.load_pem_private_key(path.read_bytes(), password())
    assert isinstance(key, Ed25519PrivateKey)
    public = key.public_key().public_bytes_raw()
    kept = place / f"{key_name(public)}.pub"
    if not kept.exists():
        _write(kept, public.hex().encode() + b"\n")
    return SealKey(private=key, public=public)


def seal_keys() -> dict[str, bytes]:
    """Return every public key that ever signed a code here, by name."""
    seal_key()
    place = Path(settings.BALAI_DOCUMENTS_FOLDER) / _SEALS
    publics = [bytes.fromhex(path.read_text("ascii")) for path in sorted(place.glob("*.pub"))]
    return {key_name(public): public for public in publics}
