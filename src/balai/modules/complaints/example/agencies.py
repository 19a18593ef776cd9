"""How agencies work in the example: some well, most fairly, a few not at all. Pure."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Profile:
    """How an agency treats what reaches it. Times multiply a category's usual one; the rest are probabilities."""

    pace: float
    spread: float
    # never touched again
    forgotten: float = 0.0
    # answered with words that answer nothing
    formula: float = 0.0
    # closed by the officer as soon as nobody protests
    hasty: float = 0.0
    news: float = 0.4
    asks: float = 0.09
    true_fix: float = 0.9


GOOD = Profile(pace=0.55, spread=0.6, forgotten=0.004, news=0.6, true_fix=0.95)
FAIR = Profile(pace=1.1, spread=0.7, forgotten=0.015, formula=0.03, hasty=0.03)
# much work for few people: honest, often late
LOADED = Profile(pace=1.3, spread=0.75, forgotten=0.03, formula=0.05, hasty=0.04, asks=0.12, true_fix=0.87)
SLOW = Profile(pace=1.6, spread=0.7, forgotten=0.05, formula=0.12, hasty=0.08, news=0.25, true_fix=0.82)
NEGLECTED = Profile(pace=2.8, spread=0.8, forgotten=0.2, formula=0.62, hasty=0.45, news=0.08, asks=0.03, true_fix=0.55)
PROFILES: dict[str, Profile] = {
    "damkar": GOOD,
    "disdukcapil": GOOD,
    "dinas-lingkungan-hidup": GOOD,
    "bpbd": GOOD,
    "dinas-kesehatan": FAIR,
    "dinas-pupr": LOADED,
    "dinas-perhubungan": FAIR,
    "dinas-pendidikan": FAIR,
    "dinas-sosial": FAIR,
    "dinas-kominfo": FAIR,
    "inspektorat": FAIR,
    "satpol-pp": SLOW,
    "bapenda": SLOW,
    "bappeda": SLOW,
    "dpmptsp": NEGLECTED,
    "dinas-perdagangan-perindustrian": NEGLECTED,
    "dinas-tenaga-kerja": NEGLECTED,
    "dinas-ketahanan-pangan-pertanian": NEGLECTED,
}
# usual working days from receipt to the answer
DAYS: dict[str, float] = {
    "road-damage": 7.5, "street-light": 3, "waste": 2.4, "drainage": 7, "flood": 3.5, "tree": 4, "sidewalk": 9,
    "illegal-parking": 3, "traffic": 5.5, "pollution": 9, "park": 5, "water-supply": 4, "public-order": 3,
    "street-vendors": 4.5, "market": 5, "animals": 3, "rescue": 0.8, "population-records": 3, "licensing": 5,
    "taxes": 5, "village-office": 3, "health": 3.5, "education": 5, "social-aid": 7, "employment": 6,
    "levies": 28, "conduct": 24, "public-information": 6, "suggestion": 8, "other": 5,
}  # fmt: skip


def profile_of(slug: str) -> Profile:
    """Return how the agency with this slug works; offices of districts and villages are fair, others too."""
    return PROFILES.get(slug, FAIR)
