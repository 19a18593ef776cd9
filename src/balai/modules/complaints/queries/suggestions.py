"""Suggest categories from words."""

from functools import lru_cache

from balai.engines.cases.models import Category
from balai.modules.complaints.queries.set_up import set_up
from balai.modules.complaints.rules.suggest import Lexicon, build_lexicon, suggest


@lru_cache(maxsize=4)
def _lexicon(keywords: tuple[tuple[str, tuple[str, ...]], ...]) -> Lexicon:
    return build_lexicon(dict(keywords))


def suggested_categories(text: str) -> tuple[Category, ...]:
    """Return up to three active categories that the words point to, the likeliest first."""
    known = set_up().categories
    lexicon = _lexicon(tuple((slug, tuple(row.keywords)) for slug, row in sorted(known.items())))
    return tuple(known[slug] for slug in suggest(text=text, lexicon=lexicon))
