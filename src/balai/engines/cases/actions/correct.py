"""Correct what a matter is about or where it is; the words stay as they were brought."""

from datetime import datetime

from django.db import transaction

from balai.engines.cases.actions.change import hold, store
from balai.engines.cases.actions.open import public_place
from balai.engines.cases.events import CaseCorrected
from balai.engines.cases.models import Case, Category
from balai.foundation.events.facts import Fact
from balai.foundation.events.rules import Actor


@transaction.atomic
def correct_case(
    *,
    case_id: int,
    category: Category | None = None,
    lat: float | None = None,
    lon: float | None = None,
    village_id: int | None = None,
    district_id: int | None = None,
    place_words: str | None = None,
    actor: Actor,
    expected_seq: int | None = None,
    at: datetime,
) -> Case:
    """Set another category or place; with ``place_words`` the whole place, also one outside the city. Routing again is proposed on the desk, never done silently.

    :raises CaseMovedOn: if somebody was faster.
    """
    held = hold(case_id=case_id, expected_seq=expected_seq)
    case = held.case
    if category is not None:
        case.category = category
    if village_id is not None or place_words is not None:
        case.village_id, case.district_id = village_id, district_id
        case.lat, case.lon = lat, lon
    if place_words is not None:
        case.place_words = place_words
    case.public_lat, case.public_lon, case.map_cell = public_place(
        privacy=case.privacy, sensitive=case.category.sensitive, lat=case.lat, lon=case.lon
    )
    store(
        held=held,
        after=held.matter,
        facts=[
            Fact(
                event=CaseCorrected(category_id=category.pk if category else None, village_id=village_id),
                actor=actor,
                public=True,
            )
        ],
        at=at,
    )
    return case
