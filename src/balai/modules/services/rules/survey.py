"""The satisfaction survey (*Survei Kepuasan Masyarakat*, SKM): index, grade and sample size.

Source: PermenPANRB 14/2017, annex (nine elements, answers 1 to 4, equal weights).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Literal

ELEMENTS = ("U1", "U2", "U3", "U4", "U5", "U6", "U7", "U8", "U9")
LOWEST, HIGHEST = 1, 4
TO_HUNDRED = 25
Weight = Literal["exact", "0.11"]
# lowest converted index (rounded to two decimals), grade, performance in Indonesian and English
GRADES = (
    (Decimal("88.31"), "A", "Sangat baik", "Very good"),
    (Decimal("76.61"), "B", "Baik", "Good"),
    (Decimal("65.00"), "C", "Kurang baik", "Less good"),
    (Decimal("25.00"), "D", "Tidak baik", "Not good"),
)


class NoAnswers(ValueError):
    """An element without a single answer has no mean."""


@dataclass(frozen=True)
class ElementSum:
    """How many answered one element, and the sum of their answers (1 to 4 each)."""

    count: int = 0
    total: int = 0

    def __add__(self, other: "ElementSum") -> "ElementSum":
        return ElementSum(self.count + other.count, self.total + other.total)

    @property
    def mean(self) -> Fraction:
        """Return the mean, from 1 to 4, exactly.

        :raises NoAnswers: without answers.
        """
        if not self.count:
            raise NoAnswers
        return Fraction(self.total, self.count)


@dataclass(frozen=True, kw_only=True)
class SurveyIndex:
    """The result. ``means`` and ``index`` run from 1 to 4, ``converted`` from 25 to 100, rounded to two decimals."""

    answers: int
    means: Mapping[str, Decimal]
    index: Decimal
    converted: Decimal
    grade: str
    performance_id: str
    performance_en: str
    # the element that most needs work
    lowest: str


@dataclass
class Sums:
    """Running sums over answers; the same whether built answer by answer or added up from roll-ups."""

    elements: dict[str, ElementSum] = field(default_factory=dict)
    answers: int = 0

    def add(self, answer: Mapping[str, int | None]) -> None:
        """Count one person's answers; an element left out counts for nobody."""
        self.answers += 1
        for name, value in answer.items():
            if value is not None:
                self.elements[name] = self.elements.get(name, ElementSum()) + ElementSum(1, value)

    def merge(self, *, answers: int, elements: Mapping[str, ElementSum]) -> None:
        """Count the sums of a roll-up."""
        self.answers += answers
        for name, part in elements.items():
            self.elements[name] = self.elements.get(name, ElementSum()) + part


def rounded(value: Fraction, places: int = 2) -> Decimal:
    """Return ``value`` rounded half up; no binary fraction is ever in between."""
    step = Decimal(1).scaleb(-places)
    # one division with far more digits than are kept, so that the half is seen as a half
    exact = Decimal(value.numerator) / Decimal(value.denominator)
    return exact.quantize(Decimal(1).scaleb(-(places + 12)), ROUND_HALF_EVEN).quantize(step, ROUND_HALF_UP)


def grade_of(converted: Decimal) -> tuple[str, str, str]:
    """Return grade, performance in Indonesian and in English of a converted index (two decimals, 25 to 100).

    Below the scale, where the rounded weight 0.11 can lead (nine times 1 make 24.75), the lowest grade holds.
    Source: PermenPANRB 14/2017, annex, table of intervals.
    """
    for lowest, grade, in_indonesian, in_english in GRADES:
        if converted >= lowest:
            return grade, in_indonesian, in_english
    return GRADES[-1][1:]


def survey_index(*, sums: Sums, elements: Sequence[str] = ELEMENTS, weight: Weight = "exact") -> SurveyIndex:
    """Return the index of summed answers.

    Every element weighs the same: one part in the number of elements (nine: 1/9). ``weight="0.11"`` multiplies by
    the rounded weight that the annex prints, as many offices do; the index then ends at 3.96 and 99. It is the weight
    of nine elements: with another number of them the exact one counts.

    :raises NoAnswers: if an element has none.
    Source: PermenPANRB 14/2017, annex (NRR = sum / n; index = Σ NRR × weight; converted = index × 25).
    """
    parts = {name: sums.elements.get(name, ElementSum()).mean for name in elements}
    rough = weight == "0.11" and len(elements) == len(ELEMENTS)
    each = Fraction(11, 100) if rough else Fraction(1, len(elements))
    index = sum((mean * each for mean in parts.values()), Fraction(0))
    converted = rounded(index * TO_HUNDRED)
    grade, performance_id, performance_en = grade_of(converted)
    return SurveyIndex(
        answers=sums.answers,
        means={name: rounded(mean, 4) for name, mean in parts.items()},
        index=rounded(index, 4),
        converted=converted,
        grade=grade,
        performance_id=performance_id,
        performance_en=performance_en,
        lowest=min(parts, key=lambda name: (parts[name], name)),
    )


def sum_answers(answers: Iterable[Mapping[str, int | None]]) -> Sums:
    """Return the sums over persons' answers."""
    sums = Sums()
    for answer in answers:
        sums.add(answer)
    return sums


def sample_size(population: int) -> int:
    """Return how many of ``population`` finished services must answer for the index to be trusted.

    Krejcie and Morgan with chi-square 3.841, P = 0.5, d = 0.05, rounded to the nearest whole person; the printed table
    follows from it (copies of the table carry misprints, so the formula counts).
    Source: PermenPANRB 14/2017, annex; Krejcie & Morgan (1970).
    """
    if population <= 0:
        return 0
    spread = Fraction(3841, 1000) * Fraction(1, 4)
    size = spread * population / (Fraction(1, 400) * (population - 1) + spread)
    return int(rounded(size, 0))
