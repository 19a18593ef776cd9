"""What an officer may do with a matter: one likely step, the daily ones, and the rest behind one more press.

A form with every agency and person in it costs more than the page around it, so only the likeliest is there at once.
The others come when they are asked for: as a part of the page by htmx, as the whole page without script.
"""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.forms import ChangeForm
from balai.engines.cases.models import Case
from balai.engines.cases.queries.kept import agencies
from balai.engines.cases.queries.timeline import running_clocks
from balai.engines.cases.rules.kinds import CaseKind, Change
from balai.engines.cases.web.desk import Desk
from balai.engines.cases.words import called, label_of
from balai.foundation.calendar import clock
from balai.foundation.units.queries import holders_in, posts_that_may

# a matter in such a state has ended; no step that leads there is put forward
ENDS = frozenset({"done", "refused", "merged", "withdrawn"})


@dataclass(frozen=True, kw_only=True)
class Offer:
    """One step that may be taken: a button, a form, or the link that fetches the form."""

    change: Change
    label: str
    # where it is posted to; where its form is
    url: str
    form_url: str
    part_url: str
    form: ChangeForm | None
    is_plain: bool  # nothing to fill in: one tap
    is_open: bool
    is_main: bool


@dataclass(frozen=True, kw_only=True)
class Offers:
    """The steps in the order in which the page shows them. ``more_open`` shows those behind the press as well.

    ``others`` names the likeliest step where it is somebody else's, and the posts of the agency that may take it.
    """

    main: Offer | None
    daily: list[Offer]
    more: list[Offer]
    more_open: bool
    others: tuple[str, str] | None = None

    def has(self, name: str) -> bool:
        """Return whether a change is among them."""
        return any(offer.change.name == name for offer in (self.main, *self.daily, *self.more) if offer is not None)


def allowed_changes(request: HttpRequest, *, case: Case, kind: CaseKind) -> list[Change]:
    """Return the changes that this officer may make now, the likeliest first."""
    here = [
        change for change in kind.changes if change.who == "staff" and change.order and case.state in change.sources
    ]
    # few kinds have a step that only something that waits for it allows
    waited = {name for change in here if "running" in change.needs for name in change.stops}
    running = running_clocks(case=case, names=waited) if waited else frozenset()
    return sorted(
        (
            change
            for change in here
            if ("running" not in change.needs or running & {*change.stops})
            and request.authority.may(  # type: ignore[attr-defined]
                change.permission,
                unit_id=case.unit_id,
                district_id=case.district_id,
                village_id=case.village_id,
            )
        ),
        key=lambda change: change.order,
    )


def arrange(
    changes: list[Change], *, kind: CaseKind, first: str = ""
) -> tuple[Change | None, list[Change], list[Change]]:
    """Return the step to put forward, the daily ones (one tap or a letter of their own), and the rest.

    ``first`` names the step that a module puts forward, where it may be taken. Nobody is led to end a matter: a step
    that ends it is never the one put forward.
    """
    ends = {state.slug for state in kind.states if state.state_class in ENDS}
    changes = sorted(changes, key=lambda change: change.name != first)
    main = changes[0] if changes and changes[0].target not in ends else None
    others = [change for change in changes if change is not main]
    daily = [change for change in others if change.key or not _asks(change)]
    more = [change for change in others if change not in daily]
    if len(more) == 1 or not daily:
        # a menu of one, or under nothing, hides more than it tidies
        return main, others, []
    return main, daily, more


def offers_of(
    request: HttpRequest, *, desk: Desk, case: Case, kind: CaseKind, bound: ChangeForm | None = None, first: str = ""
) -> Offers:
    """Return what this officer may do now; the form that the address asks for, or that came back, stands open."""
    allowed = allowed_changes(request, case=case, kind=kind)
    main, daily, more = arrange(allowed, kind=kind, first=first)
    asked = bound.change.name if bound is not None else request.GET.get("change", "")

    def offer(change: Change) -> Offer:
        return _offer(request, desk=desk, case=case, change=change, is_main=change is main, asked=asked, bound=bound)

    return Offers(
        main=offer(main) if main else None,
        daily=[offer(change) for change in daily],
        more=[offer(change) for change in more],
        # where nothing is put forward, what is asked of this desk does not hide
        more_open=main is None or any(change.name == asked for change in more),
        others=_others(case, kind, allowed),
    )


def _others(case: Case, kind: CaseKind, allowed: list[Change]) -> tuple[str, str] | None:
    """Return the likeliest step and whose it is, where this officer may not take it."""
    here = [row for row in kind.changes if row.who == "staff" and row.order and case.state in row.sources]
    if not here or not case.is_open:
        return None
    likeliest = min(here, key=lambda change: change.order)
    if any(change.permission == likeliest.permission for change in allowed):
        return None
    posts = posts_that_may(permission=likeliest.permission, unit_id=case.unit_id)
    return (label_of(likeliest), ", ".join(posts)) if posts else None


def offer_part(request: HttpRequest, *, desk: Desk, case: Case) -> HttpResponse | None:
    """Return the one form that htmx asks for, or None where the whole page is wanted.

    The form keeps the ``seq`` of the page it goes into: what happened after that page was drawn, nobody has seen.
    """
    name = request.GET.get("change", "")
    if not name or not request.htmx:  # type: ignore[attr-defined]
        return None
    kind = kind_at(case.kind, case.kind_version)
    change = next((each for each in allowed_changes(request, case=case, kind=kind) if each.name == name), None)
    found = change and _offer(request, desk=desk, case=case, change=change, is_main=False, asked=name, bound=None)
    return render(
        request, "cases/_offer.html", {"offer": found, "desk": desk, "case": case, "called": called(desk.family)}
    )


def _asks(change: Change) -> bool:
    return bool(change.needs or change.may_have)


def _offer(
    request: HttpRequest, *, desk: Desk, case: Case, change: Change, is_main: bool, asked: str, bound: ChangeForm | None
) -> Offer:
    is_asked = change.name == asked
    page = reverse(desk.case, args=[case.reference])
    form = None
    if is_asked and bound is not None:
        form = bound
    elif is_main or is_asked or not _asks(change):
        form = _form(change=change, case=case, seq=_seen(request, case), takes_focus=is_asked)
    return Offer(
        change=change,
        label=label_of(change),
        url=reverse(desk.change, args=[case.reference, change.name]),
        form_url=f"{page}?{urlencode({'change': change.name})}#change-{change.name}",
        part_url=f"{page}?{urlencode({'change': change.name, 'seq': case.seq})}",
        form=form,
        is_plain=not _asks(change),
        is_open=is_asked,
        is_main=is_main,
    )


def _seen(request: HttpRequest, case: Case) -> int:
    given = request.GET.get("seq", "")
    return min(int(given), case.seq) if given.isdecimal() and len(given) < 10 else case.seq


def _form(*, change: Change, case: Case, seq: int, takes_focus: bool) -> ChangeForm:
    asked = (*change.needs, *change.may_have)
    form = ChangeForm(
        change=change,
        case=case,
        units=[unit for unit in agencies() if unit.active] if "unit" in asked else [],
        people=holders_in(unit_id=case.unit_id, at=clock.now()) if "assignee" in asked else [],
        initial={"seq": seq},
    )
    if takes_focus:
        # whoever asked for the form goes on in it, by keyboard too
        for field in form.visible_fields()[:1]:
            field.field.widget.attrs["autofocus"] = True
    return form
