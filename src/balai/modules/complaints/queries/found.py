"""What the page behind the magnifying glass shows of reports."""

from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.rules.references import is_reference, tidy_reference
from balai.engines.cases.words import label_of
from balai.foundation.calendar import clock
from balai.foundation.web.contributions import SearchHit, SearchHits
from balai.foundation.web.words import day_in_short
from balai.modules.complaints.queries.public import PublicFilter, filtered, newest

MOST = 6


def find_number(*, words: str) -> SearchHits:
    """Return where a number leads, whether anything has it or not: nobody learns which numbers exist."""
    if not is_reference(words):
        return SearchHits()
    reference = tidy_reference(words)
    hit = SearchHit(
        title=_("Open number %(number)s") % {"number": reference},
        url=f"{reverse('complaints:find')}?{urlencode({'q': reference})}",
        text=_("A report or an application. Your own one asks for its code too."),
    )
    return SearchHits(hits=[hit])


def find_reports(*, words: str) -> SearchHits:
    """Return the newest public reports that have these words; one query."""
    wanted = PublicFilter(q=words)
    if is_reference(words) or wanted.too_short:
        return SearchHits()
    rows, more = newest(filtered(wanted, at=clock.now()).select_related("category", "village"), after=None, size=MOST)
    return SearchHits(
        hits=[
            SearchHit(
                title=case.title,
                url=reverse("complaints:case", args=[case.reference]),
                text=" · ".join(
                    filter(
                        None,
                        (
                            case.village.name if case.village else "",
                            label_of(kind_at(case.kind, case.kind_version).state(case.state)),
                            day_in_short(case.received_at),
                        ),
                    )
                ),
            )
            for case in rows
        ],
        all_url=f"{reverse('complaints:list')}?{urlencode({'q': words})}" if more is not None else "",
    )
