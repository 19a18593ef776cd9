"""What people typed, made fit for paper: no signs that no face of letters has and nobody would miss."""

import unicodedata
from collections.abc import Mapping
from typing import Any

# Unicode calls them control, format (zero-width and direction), surrogate, private and unassigned
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")
_KEPT_CONTROLS = "\n\t"
# from here on symbols are pictures: weather, faces, flags
_FIRST_PICTURE = 0x2600


def printable(value: Any) -> Any:
    """Return JSON data whose texts are composed (NFC) and hold neither invisible signs nor pictures.

    Letters are never touched, of whatever script: a name that cannot be set is told, not shortened.
    """
    if isinstance(value, str):
        return "".join(sign for sign in unicodedata.normalize("NFC", value) if _is_printable(sign))
    if isinstance(value, Mapping):
        return {key: printable(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [printable(each) for each in value]
    return value


def _is_printable(sign: str) -> bool:
    category = unicodedata.category(sign)
    if category in _INVISIBLE:
        return sign in _KEPT_CONTROLS
    is_picture = category in ("So", "Sk") and ord(sign) >= _FIRST_PICTURE
    is_variation = 0xFE00 <= ord(sign) <= 0xFE0F
    return not (is_picture or is_variation)
