"""What the person who brought a matter may do with it on their own page; modules choose the words and the frame."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from balai.engines.cases.actions import CaseMovedOn, apply_change
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.forms import OwnChangeForm
from balai.engines.cases.models import Case
from balai.engines.cases.queries.timeline import is_answered, is_promise_broken
from balai.engines.cases.rules.evolution import ChangeRefused, reopen_until
from balai.engines.cases.rules.kinds import CaseKind, Change, UnknownChange
from balai.engines.cases.web.photos import Photos, read_photos
from balai.engines.cases.words import label_of
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.events.rules import Actor
from balai.foundation.limits.actions import check_limit

DAY = timedelta(days=1)
CHANGES_A_DAY = 30


@dataclass(frozen=True)
class OwnOutcome:
    """What came of a change: the matter after it (None: not made), and the form with what was typed."""

    changed: Case | None
    change: Change
    form: OwnChangeForm
    photos: Photos
    status: int = 200


def own_change(kind: CaseKind, name: str, *, state: str) -> Change | None:
    """Return a change that the reporter may make, by name; where there are several, the one made from ``state``."""
    try:
        change = kind.change(name, state=state)
    except UnknownChange:
        return None
    return change if change.who == "reporter" else None


def own_offers(
    *,
    case: Case,
    kind: CaseKind,
    offered: Sequence[str],
    address: str,
    at: datetime,
    bound: OwnChangeForm | None = None,
) -> list[dict[str, Any]]:
    """Return what the reporter may do now, in the order of ``offered``; ``address`` names the page that does it."""
    offers = []
    for name in offered:
        change = own_change(kind, name, state=case.state)
        is_bound = bound is not None and bound.change.name == name
        if change is None:
            continue
        # what came back is shown with its error and what was typed, also where it is no longer possible
        if not is_bound and (case.state not in change.sources or _is_over(case, kind, change, at)):
            continue
        offers.append(
            {
                "name": name,
                "label": label_of(change),
                "form": bound if is_bound else OwnChangeForm(change=change, initial={"seq": case.seq}),
                "is_bound": is_bound,
                "url": reverse(address, args=[case.reference, name]),
            }
        )
    return offers


def _is_over(case: Case, kind: CaseKind, change: Change, at: datetime) -> bool:
    """Return whether a change comes too late or twice, or too early where only a broken promise allows it."""
    # the column says whether every promise was kept; where one was not, the newest decides
    if "late" in change.needs and (case.on_time is not False or not is_promise_broken(case=case, name=kind.main_clock)):
        return True
    if "unanswered" in change.needs and is_answered(case=case, names=change.starts, promise=kind.main_clock):
        return True
    if not change.restarts or case.closed_at is None:
        return False
    calendar = work_calendar(schedule_id=case.unit.schedule_id)
    return at > reopen_until(kind=kind, closed_at=case.closed_at, calendar=calendar)


def make_own_change(
    request: HttpRequest,
    *,
    case: Case,
    name: str,
    refused_words: Callable[[ChangeRefused], str],
    moved_on_words: Callable[[], str],
    at: datetime,
) -> OwnOutcome:
    """Make one change that the reporter asks for; what was typed is never lost.

    :raises Http404: if the kind knows no such change of theirs; :raises TooMany: beyond thirty a day.
    """
    row = own_change(kind_at(case.kind, case.kind_version), name, state=case.state)
    if row is None:
        raise Http404
    check_limit(key=f"own-change:{case.pk}", limit=CHANGES_A_DAY, per=DAY, at=at)
    form = OwnChangeForm(request.POST, request.FILES, change=row)
    is_valid = form.is_valid()
    photos = read_photos(request, uploads=form.cleaned_data.get("photo") or [], at=at)
    for error in photos.errors:
        form.add_error("photo" if "photo" in form.fields else None, error)
    if not is_valid or photos.errors:
        return OwnOutcome(None, row, form, photos, 422)
    try:
        changed = apply_change(
            case_id=case.pk,
            change=row.name,
            given=form.given(proofs=len(photos.kept)),
            actor=Actor("resident", case.reporter_id),
            attachments=photos.attachments,
            expected_seq=form.cleaned_data["seq"],
            at=at,
        )
    except ChangeRefused as refused:
        form.add_error(None, refused_words(refused))
    except CaseMovedOn:
        form.add_error(None, moved_on_words())
        again = request.POST.copy()
        again["seq"] = str(Case.objects.values_list("seq", flat=True).get(pk=case.pk))
        form.data = again
    else:
        return OwnOutcome(changed, row, form, photos)
    return OwnOutcome(None, row, form, photos, 409)
