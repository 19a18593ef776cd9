"""The national list of provinces, regencies and districts."""

import csv
from pathlib import Path

from django.db import transaction

from balai.foundation.places.models import Area

DATA = Path(__file__).parents[1] / "data"
_LISTS = (
    ("provinces.csv", Area.Level.PROVINCE, ""),
    ("regencies.csv", Area.Level.REGENCY, "province_code"),
    ("districts.csv", Area.Level.DISTRICT, "regency_code"),
)
_SMALL_WORDS = {"Dan": "dan"}
_CAPITALS = {"Dki": "DKI"}
_BATCH = 500


@transaction.atomic
def load_national_areas() -> int:
    """Store the areas of the national list that are missing and return how many; known ones stay as they are."""
    known = dict(Area.objects.exclude(level=Area.Level.VILLAGE).values_list("code", "pk"))
    loaded = 0
    for file, level, parent_column in _LISTS:
        with (DATA / file).open(encoding="utf-8", newline="") as lines:
            missing = [
                Area(
                    code=row["code"],
                    name=written_name(row["name"]),
                    level=level,
                    parent_id=known[row[parent_column]] if parent_column else None,
                )
                for row in csv.DictReader(lines)
                if row["code"] not in known
            ]
        stored = Area.objects.bulk_create(missing, batch_size=_BATCH)
        known.update((area.code, area.pk) for area in stored)
        loaded += len(stored)
    return loaded


def written_name(name: str) -> str:
    """Return a name of the list as it is written: the list has provinces and regencies in capitals."""
    if not name.isupper():
        return name
    words = [word.capitalize() for word in name.split()]
    return " ".join(_CAPITALS.get(word, _SMALL_WORDS.get(word, word)) for word in words)
