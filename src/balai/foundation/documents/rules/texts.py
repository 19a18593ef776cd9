"""What people typed, made fit for paper: no signs that no face of letters has and nobody would miss."""

import unicodedata
from collections.abc import Callable, Collection, Mapping
from typing import Any

# Unicode calls them control, format (zero-width and direction), surrogate, private and unassigned
_INVISIBLE = ("Cc", "Cf", "Cs", "Co", "Cn")
_KEPT_CONTROLS = "\n\t"
# from here on symbols are pictures: weather, faces, flags
_FIRST_PICTURE = 0x2600
# what stands for a letter that no face has: whoever reads the paper sees that one is missing
LACKING_MARK = "□"


def printable(value: Any) -> Any:
    """Return JSON data whose texts are composed (NFC) and hold neither invisible signs nor pictures.

    Letters are never touched, of whatever script: they are somebody's name.
    """
    return _each_text(
        value,
        lambda text: "".join(sign for sign in unicodedata.normalize("NFC", text) if _is_printable(sign)),
    )


def with_marks(value: Any, *, lacking: Collection[str]) -> Any:
    """Return JSON data with ``LACKING_MARK`` for each of the ``lacking`` texts, which no face has.

    An accent that no face has takes the letter under it along, though that letter is there: while accents are lacking
    only these are marked, and the letters that are lacking still are told the next time. Plain letters and digits are
    never marked. A template may write in capitals what the data hold in small letters, and is then refused the capital.
    """
    signs = {sign for text in lacking for sign in text if not sign.isascii()}
    signs = {sign for sign in signs if unicodedata.category(sign).startswith("M")} or signs

    def marked(text: str) -> str:
        return "".join(LACKING_MARK if {sign, *sign.upper(), *sign.lower()} & signs else sign for sign in text)

    return _each_text(value, marked)


def _each_text(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Mapping):
        return {key: _each_text(each, change) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_each_text(each, change) for each in value]
    return value


def _is_printable(sign: str) -> bool:
    category = unicodedata.category(sign)
    if category in _INVISIBLE:
        return sign in _KEPT_CONTROLS
    is_picture = category in ("So", "Sk") and ord(sign) >= _FIRST_PICTURE
    is_variation = 0xFE00 <= ord(sign) <= 0xFE0F
    return not (is_picture or is_variation)
