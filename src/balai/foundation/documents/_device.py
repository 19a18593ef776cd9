"""Sign with a key in a device (PKCS#11): a token, a card or a box of the city. The key never leaves it.

A device knows programs, not threads: whoever signs in, signs the whole process in, and whoever signs out does so for
all. So one thread at a time opens a session, does one thing and closes it; the stamp of time is fetched outside. After
an error, and in a process that was forked, the library begins anew.
"""

import contextlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pkcs11
from asn1crypto import x509
from pkcs11 import Attribute, ObjectClass
from pyhanko.config.pkcs11 import TokenCriteria
from pyhanko.sign.pkcs11 import PKCS11Signer, find_token
from pyhanko.sign.signers import Signer
from pyhanko_certvalidator.registry import SimpleCertificateStore

from balai.foundation.documents._refusal import CannotSign

_PIN = (
    pkcs11.exceptions.PinIncorrect,
    pkcs11.exceptions.PinInvalid,
    pkcs11.exceptions.PinLenRange,
    pkcs11.exceptions.PinLocked,
    pkcs11.exceptions.PinExpired,
    pkcs11.exceptions.UserPinNotInitialized,
)
_AWAY = (
    pkcs11.exceptions.TokenNotPresent,
    pkcs11.exceptions.TokenNotRecognised,
    pkcs11.exceptions.DeviceRemoved,
    pkcs11.exceptions.DeviceError,
    pkcs11.exceptions.DeviceMemory,
    pkcs11.exceptions.HostMemory,
    pkcs11.exceptions.GeneralError,
    pkcs11.exceptions.FunctionFailed,
    pkcs11.exceptions.SessionCount,
    pkcs11.exceptions.SessionClosed,
    pkcs11.exceptions.SessionHandleInvalid,
)
_MOST_IN_CHAIN = 8


@dataclass(frozen=True, kw_only=True)
class Device:
    """Where the key lies; ``certificate`` and ``key`` are labels on the token."""

    module: str
    token: str
    certificate: str
    key: str
    pin: str


class _Turn:
    """Who may speak with the device; another process has a turn of its own."""

    def __init__(self) -> None:
        self.library: Any = None
        self.begin()

    def begin(self) -> None:
        # a lock that another thread held when the process was forked would never be given back
        self.lock = threading.Lock()
        self.is_stale = True


_turn = _Turn()
os.register_at_fork(after_in_child=_turn.begin)


def forget() -> None:
    """Begin anew at the next session; tests do this, because each has tokens of its own."""
    with _turn.lock:
        _turn.is_stale = True


@contextmanager
def _session(device: Device) -> Iterator[pkcs11.Session]:
    """Open a session of this thread alone.

    :raises CannotSign: ``device_away``, ``pin_refused`` or ``signer_unusable``.
    """
    with _turn.lock:
        if _turn.is_stale and _turn.library is not None:
            # a library may notice by itself that the process was forked, and know of nothing that could end
            with contextlib.suppress(pkcs11.PKCS11Error):
                _turn.library.finalize()
        try:
            yield from _opened(device)
        except BaseException:
            # what is left open in the library would stand in the way of the next one
            _turn.is_stale = True
            raise


def _opened(device: Device) -> Iterator[pkcs11.Session]:
    try:
        _turn.library = pkcs11.lib(device.module)
        _turn.is_stale = False
        token = find_token(_turn.library.get_slots(), token_criteria=TokenCriteria(label=device.token))
        if token is None:
            raise CannotSign("device_away", device.token)
        session = token.open(user_pin=device.pin or None)
        yield session
        session.close()
    except _PIN as error:
        raise CannotSign("pin_refused", type(error).__name__) from error
    except _AWAY as error:
        raise CannotSign("device_away", f"{device.token}, {type(error).__name__}") from error
    except pkcs11.PKCS11Error as error:
        raise CannotSign("signer_unusable", f"{type(error).__name__} {error}".strip()[:200]) from error


class DeviceSigner(Signer):
    """A signer of pyHanko that opens the device for one signature only."""

    def __init__(self, *, device: Device, certificate: x509.Certificate, chain: list[x509.Certificate]) -> None:
        known = SimpleCertificateStore()
        known.register_multiple(chain)
        super().__init__(signing_cert=certificate, cert_registry=known)
        self._device = device

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002 - pyHanko's
        """Return the bare signature.

        :raises CannotSign: if the device is away or refuses.
        """
        if dry_run:
            return bytes(512)
        with _session(self._device) as session:
            return await self._hand(session).async_sign_raw(data, digest_algorithm)

    def _hand(self, session: pkcs11.Session) -> PKCS11Signer:
        assert self.signing_cert is not None
        return PKCS11Signer(
            session,
            signing_cert=self.signing_cert,
            key_label=self._device.key,
            # few devices hash for elliptic curves
            use_raw_mechanism=self.signing_cert.public_key.algorithm == "ec",
        )


def open_device(device: Device) -> DeviceSigner:
    """Return the signer of a device, with the certificates between it and its root that lie beside the key.

    :raises CannotSign: if the device is away, refuses the PIN, or has no such certificate or key.
    """
    with _session(device) as session:
        found: dict[str, list[x509.Certificate]] = {}
        for each in session.get_objects({Attribute.CLASS: ObjectClass.CERTIFICATE}):
            certificate = x509.Certificate.load(each[Attribute.VALUE])
            found.setdefault(each[Attribute.LABEL], []).append(certificate)
        named = found.get(device.certificate, [])
        if len(named) != 1:
            raise CannotSign(
                "signer_unusable",
                f"{len(named)} certificates with the label {device.certificate!r} in {device.token!r}",
            )
        keys = list(session.get_objects({Attribute.CLASS: ObjectClass.PRIVATE_KEY, Attribute.LABEL: device.key}))
        if not keys and not device.pin:
            raise CannotSign("pin_refused", "BALAI_SIGNER_PASSWORD is empty")
        if len(keys) != 1:
            raise CannotSign("signer_unusable", f"{len(keys)} keys with the label {device.key!r} in {device.token!r}")
    others = [each for certificates in found.values() for each in certificates]
    return DeviceSigner(device=device, certificate=named[0], chain=chain_of(named[0], others))


def chain_of(certificate: x509.Certificate, others: list[x509.Certificate]) -> list[x509.Certificate]:
    """Return who issued a certificate, and who issued that one, as far as the others tell; strangers are left out."""
    chain: list[x509.Certificate] = []
    last = certificate
    while last.subject != last.issuer and len(chain) < _MOST_IN_CHAIN:
        issuers = [each for each in others if each.subject == last.issuer and each.sha256 != last.sha256]
        if last.authority_key_identifier is not None:
            issuers = [each for each in issuers if each.key_identifier in (None, last.authority_key_identifier)]
        if not issuers:
            break
        last = issuers[0]
        chain.append(last)
    return chain
