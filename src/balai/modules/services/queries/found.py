"""What the page behind the magnifying glass shows of services."""

from urllib.parse import urlencode

from django.urls import reverse

from balai.foundation.calendar import clock
from balai.foundation.places.queries import city_day
from balai.foundation.web.contributions import SearchHit, SearchHits
from balai.foundation.web.words import is_english
from balai.modules.services.queries.standards import matches, service_lines
from balai.modules.services.standard_words import time_words

MOST = 6


def find_services(*, words: str) -> SearchHits:
    """Return the services that have these words, those that are open to applications first."""
    found = [line for line in service_lines(day=city_day(clock.now())) if matches(line, words)]
    found.sort(key=lambda line: not line.is_live)
    return SearchHits(
        hits=[
            SearchHit(
                title=(line.record.name_en or line.record.name_id) if is_english() else line.record.name_id,
                url=reverse("services:service", args=[line.record.slug]),
                text=" · ".join(
                    filter(
                        None,
                        (
                            time_words(line.version.content.get("time"), brief=True) if line.version else "",
                            line.record.unit.name,
                        ),
                    )
                ),
            )
            for line in found[:MOST]
        ],
        all_url=f"{reverse('services:list')}?{urlencode({'q': words})}" if len(found) > MOST else "",
    )
