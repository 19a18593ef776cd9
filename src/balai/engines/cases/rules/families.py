"""What the matters of a family are called."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FamilyWords:
    """What the matters of a family and the people who bring them are called, in small letters and without article."""

    matter_id: str = "laporan"
    matter_en: str = "report"
    person_id: str = "pelapor"
    person_en: str = "reporter"
