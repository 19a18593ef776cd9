"""Terms in both languages."""

import pytest
from django.utils.translation import override

from balai.foundation.calendar.rules import Term, Unit
from balai.foundation.calendar.words import describe_term


@pytest.mark.parametrize(
    ("amount", "unit", "indonesian", "english"),
    [
        (14, "working_days", "14 hari kerja", "14 working days"),
        (1, "working_days", "1 hari kerja", "1 working day"),
        (60, "calendar_days", "60 hari kalender", "60 calendar days"),
        (1, "calendar_days", "1 hari kalender", "1 calendar day"),
        (3, "working_hours", "3 jam kerja", "3 working hours"),
        (24, "clock_hours", "24 jam", "24 hours"),
        (1, "clock_hours", "1 jam", "1 hour"),
        (15, "minutes", "15 menit", "15 minutes"),
    ],
)
def test_a_term_in_words(amount: int, unit: Unit, indonesian: str, english: str) -> None:
    term = Term(amount=amount, unit=unit)
    with override("id"):
        assert describe_term(term) == indonesian
    with override("en"):
        assert describe_term(term) == english
