"""Invite to the survey, take one answer for each finished service, and keep the sums."""

import secrets
from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from balai.engines.cases.actions.letters import write_to_reporter
from balai.engines.cases.models import Case
from balai.foundation.identity.fields import blind_index
from balai.foundation.identity.rules import mask_personal_data
from balai.foundation.places.queries import current_city
from balai.modules.services.models import Application, SurveyAnswer, SurveyInvitation, SurveyTotal
from balai.modules.services.rules.survey import ELEMENTS, HIGHEST, LOWEST

LONGEST_COMMENT = 1000
TEMPLATE = "application_survey"


class SurveyRefused(Exception):
    """The answer cannot be counted. ``code``: answered, nothing, out_of_range."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def token_hash(token: str) -> str:
    """Return the keyed hash under which an invitation's token is kept."""
    return blind_index("survey", token)


def quarter_of(day: date) -> date:
    """Return the first day of the quarter in which a day lies."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


@transaction.atomic
def invite(*, case: Case, at: datetime) -> SurveyInvitation | None:
    """Ask once for each finished service, by the channel that the person used; None for a matter without service."""
    application = Application.objects.select_related("version__service").filter(case=case).first()
    if application is None:
        return None
    token = secrets.token_urlsafe(18)
    invitation, is_new = SurveyInvitation.objects.get_or_create(
        case=case,
        defaults={
            "service": application.version.service,
            "unit_id": application.version.service.unit_id,
            "token_hash": token_hash(token),
            "invited_at": at,
        },
    )
    if is_new:
        what = f"survey:{case.pk}"
        write_to_reporter(case=case, template=TEMPLATE, what=what, secret_context={"token": token}, at=at)
    return invitation


@transaction.atomic
def take_answer(
    *,
    invitation_id: int,
    answers: Mapping[str, int],
    comment: str = "",
    channel: str,
    entered_by_id: int | None = None,
    is_staff_address: bool = False,
    at: datetime,
) -> SurveyAnswer:
    """Count one person's answers; nothing leads from them back to the person.

    An element may be left out. Answers from an address that staff are signed in at, and those that staff typed in,
    are flagged and shown beside the index, not left out in silence.

    :raises SurveyRefused: for a second answer, one without any element, or a value outside 1 to 4.
    """
    given = {name: answers[name] for name in ELEMENTS if name in answers}
    if not given:
        raise SurveyRefused("nothing")
    if any(not LOWEST <= value <= HIGHEST for value in given.values()):
        raise SurveyRefused("out_of_range")
    # the lock lets the second of two presses see the first
    invitation = SurveyInvitation.objects.select_for_update(of=("self",)).select_related("case").get(pk=invitation_id)
    if invitation.answered:
        raise SurveyRefused("answered")
    invitation.answered = True
    invitation.save(update_fields=["answered"])
    zone = ZoneInfo(current_city().time_zone)
    ended = (invitation.case.closed_at or at).astimezone(zone).date()
    answer = SurveyAnswer.objects.create(
        service_id=invitation.service_id,
        unit_id=invitation.unit_id,
        quarter=quarter_of(ended),
        channel=channel,
        comment=mask_personal_data(comment.strip()[:LONGEST_COMMENT]),
        flagged=is_staff_address or entered_by_id is not None,
        entered_by_id=entered_by_id,
        answered_on=at.astimezone(zone).date(),
        **{name.lower(): value for name, value in given.items()},
    )
    _count(answer, given)
    return answer


def _count(answer: SurveyAnswer, given: Mapping[str, int]) -> None:
    place = {
        "service_id": answer.service_id,
        "unit_id": answer.unit_id,
        "quarter": answer.quarter,
        "channel": answer.channel,
    }
    SurveyTotal.objects.bulk_create([SurveyTotal(**place)], ignore_conflicts=True)
    total = SurveyTotal.objects.select_for_update(of=("self",)).get(**place)
    total.answers += 1
    total.flagged += int(answer.flagged)
    for name, value in given.items():
        count, points = total.elements.get(name, (0, 0))
        total.elements[name] = [count + 1, points + value]
    total.save(update_fields=["answers", "flagged", "elements"])
