"""Find SoftHSM, a device for keys made of software, with which tests prove PKCS#11."""

import shutil
from dataclasses import dataclass
from pathlib import Path

APT_LINE = "apt-get install -y softhsm2"
_FOLDERS = ("/usr/lib", "/usr/lib64", "/usr/local/lib", "/opt/homebrew/lib")
_PLACES = ("softhsm/libsofthsm2.so", "*/softhsm/libsofthsm2.so", "pkcs11/libsofthsm2.so")


@dataclass(frozen=True)
class SoftHsm:
    """The library that plays the device, and the program that makes tokens."""

    library: Path
    program: str


def find_softhsm() -> SoftHsm | None:
    """Return SoftHSM, or ``None`` where it is not installed."""
    program = shutil.which("softhsm2-util")
    found = (path for folder in _FOLDERS for place in _PLACES for path in Path(folder).glob(place))
    library = next(found, None)
    return SoftHsm(library, program) if library and program else None
