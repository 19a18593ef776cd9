"""Which categories a reporter's words point to: stemmed keywords, rare ones weigh more. Always a suggestion."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log

import snowballstemmer

MOST = 3
# a phrase says more than its words apart: "lampu jalan" is not the sum of "lampu" and "jalan"
PHRASE_BONUS = 1.5
_WORD = re.compile(r"[a-z]+")


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    # the stemmer keeps state while it works: one for each word is safe between threads, and words are kept
    return str(snowballstemmer.stemmer("indonesian").stemWord(word))


def stems(text: str) -> tuple[str, ...]:
    """Return the words of ``text`` without Indonesian affixes, in order."""
    return tuple(_stem(word) for word in _WORD.findall(text.casefold()))


@dataclass(frozen=True)
class Lexicon:
    """Stemmed phrases with the categories they speak for; the first words of phrases lead to them."""

    by_first: Mapping[str, tuple[tuple[str, ...], ...]]
    categories: Mapping[tuple[str, ...], tuple[str, ...]]
    total: int


def build_lexicon(keywords: Mapping[str, Sequence[str]]) -> Lexicon:
    """Return the lexicon of ``keywords`` (category slug → words and phrases)."""
    owners: dict[tuple[str, ...], list[str]] = {}
    for slug, words in keywords.items():
        for phrase in dict.fromkeys(stems(word) for word in words):
            if phrase:
                owners.setdefault(phrase, []).append(slug)
    by_first: dict[str, list[tuple[str, ...]]] = {}
    for phrase in owners:
        by_first.setdefault(phrase[0], []).append(phrase)
    return Lexicon(
        by_first={first: tuple(sorted(phrases, key=len, reverse=True)) for first, phrases in by_first.items()},
        categories={phrase: tuple(slugs) for phrase, slugs in owners.items()},
        total=max(1, len(keywords)),
    )


def suggest(*, text: str, lexicon: Lexicon, most: int = MOST) -> tuple[str, ...]:
    """Return up to ``most`` category slugs that the words point to, the likeliest first; none when nothing fits."""
    words = stems(text)
    found: Counter[tuple[str, ...]] = Counter()
    for place, word in enumerate(words):
        for phrase in lexicon.by_first.get(word, ()):
            if words[place : place + len(phrase)] == phrase:
                found[phrase] += 1
    scores: dict[str, float] = {}
    for phrase, times in found.items():
        slugs = lexicon.categories[phrase]
        rarity = 1 + log(lexicon.total / len(slugs))
        weight = rarity * len(phrase) * (PHRASE_BONUS if len(phrase) > 1 else 1.0) * (1 + log(times))
        for slug in slugs:
            scores[slug] = scores.get(slug, 0.0) + weight
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(slug for slug, _score in ranked[:most])
