"""Turn patterns into sentences. ``[a|b]`` chooses one, ``{x}`` takes from the list ``x``; chance is an argument."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

TEXTS = Path(__file__).parent / "texts"
_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{([a-z0-9]+)\}")
# how residents shorten words on a telephone
SHORT = {
    "yang": ("yg",),
    "tidak": ("tdk", "gak", "ga", "nggak"),
    "sudah": ("sdh", "udah", "sdah"),
    "belum": ("blm", "blum"),
    "dengan": ("dgn", "dg"),
    "jalan": ("jln", "jl"),
    "karena": ("krn", "karna"),
    "tolong": ("tlg", "tulung"),
    "mohon": ("mhn", "mohn"),
    "terima": ("trima", "terma"),
    "kasih": ("ksh",),
    "untuk": ("utk", "buat"),
    "dari": ("dr",),
    "sampai": ("sampe", "smp"),
    "segera": ("sgera", "cepet"),
    "kalau": ("klo", "kalo", "lek"),
    "depan": ("dpn",),
    "rumah": ("rmh", "omah"),
    "bapak": ("bpk", "pak"),
    "banyak": ("byk", "bnyk"),
    "saja": ("aja", "ae"),
    "orang": ("org",),
    "hari": ("hr",),
    "bulan": ("bln",),
    "lampu": ("lampunya", "lmpu"),
    "sampah": ("smpah",),
    "sekali": ("bgt", "sekale"),
    "anak": ("arek",),
    "petugas": ("ptgas", "petugasnya"),
    "dekat": ("dkt", "cedak"),
    "warga": ("wrga",),
    "diperbaiki": ("di perbaiki", "dibenerin"),
    "ditangani": ("di tangani",),
    "lewat": ("lwt",),
    "malam": ("mlm",),
}


@cache
def text_file(name: str) -> dict[str, Any]:
    """Return one file of words."""
    return tomllib.loads((TEXTS / f"{name}.toml").read_text("utf-8"))


@cache
def category_words() -> dict[str, dict[str, list[str]]]:
    """Return the patterns of every category by its slug."""
    found: dict[str, dict[str, list[str]]] = {}
    for name in ("roads", "environment", "order", "administration", "welfare", "voice"):
        found |= text_file(name)
    return found


@cache
def style_of() -> dict[str, str]:
    """Return which words a category's agencies use."""
    return {slug: style for style, slugs in text_file("answers")["styles"].items() for slug in slugs}


def expand(pattern: str, *, chance: Random, lists: Mapping[str, list[str]], slots: Mapping[str, str]) -> str:
    """Return a pattern with every choice made and every slot filled, the first letter large.

    :raises KeyError: for a slot that neither ``slots`` nor ``lists`` knows.
    """
    text = pattern
    for _ in range(6):
        if "[" not in text and "{" not in text:
            break
        text = _CHOICE.sub(lambda found: chance.choice(found[1].split("|")), text)
        text = _SLOT.sub(lambda found: _filled(found[1], chance, lists, slots), text)
    text = " ".join(text.split())
    return text[:1].upper() + text[1:]


def _filled(name: str, chance: Random, lists: Mapping[str, list[str]], slots: Mapping[str, str]) -> str:
    if name in slots:
        return slots[name]
    if name == "n":
        return str(chance.randint(2, 9))
    if name == "nn":
        return str(chance.randint(11, 89))
    return chance.choice(lists[name])


def roughen(text: str, *, chance: Random, share: float) -> str:
    """Return ``text`` as typed in haste: about ``share`` of the known words shortened, some letters swapped."""
    words = []
    for word in text.split(" "):
        bare = word.rstrip(".,!?").lower()
        if bare in SHORT and chance.random() < share:
            word = chance.choice(SHORT[bare]) + word[len(bare) :]  # noqa: PLW2901 - the word as typed
        elif len(bare) > 6 and bare.isalpha() and chance.random() < share / 9:
            at = chance.randint(2, len(bare) - 3)
            word = word[:at] + word[at + 1] + word[at] + word[at + 2 :]  # noqa: PLW2901 - the word as typed
        words.append(word)
    return " ".join(words)
