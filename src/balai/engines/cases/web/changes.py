"""Changes, undo and a look at the reporter, from a posted form to the record."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from balai.engines.cases.actions.change import CaseMovedOn, NotAllowed, apply_change, check_allowed, check_ready
from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.actions.undo import UndoRefused, undo_change
from balai.engines.cases.forms import ChangeForm
from balai.engines.cases.models import Case
from balai.engines.cases.queries.kept import agencies
from balai.engines.cases.queries.visible import visible_to
from balai.engines.cases.rules.evolution import ChangeRefused
from balai.engines.cases.rules.kinds import Change
from balai.engines.cases.web.desk import Desk, deciding_grant, note_look
from balai.engines.cases.words import (
    called,
    label_of,
    refusal_words,
    undo_words,
)
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.files.actions import UploadRefused, receive_upload
from balai.foundation.units.queries import holders_in


def make_change(
    request: HttpRequest, *, desk: Desk, case: Case, change_name: str
) -> tuple[HttpResponse | None, ChangeForm | None]:
    """Read a posted change and make it. Returns a redirect when done, or the form with what is wrong.

    Photos are stored only when the change itself can be made.

    :raises Http404: for a change that the kind does not know; :raises PermissionDenied: if it is not theirs to make.
    """
    kind = kind_at(case.kind, case.kind_version)
    named = [item for item in kind.changes if item.name == change_name and item.who == "staff"]
    if not named:
        raise Http404
    # one name may lead elsewhere from each state
    row = next((item for item in named if case.state in item.sources), named[0])
    at = clock.now()
    grant = deciding_grant(request, permission=row.permission, case=case)
    actor = Actor("staff", request.user.pk, grant.post_id if grant else None)
    try:
        check_allowed(case=case, change=row, actor=actor, authority=request.authority)  # type: ignore[attr-defined]
    except NotAllowed as error:
        raise PermissionDenied from error
    form = ChangeForm(
        request.POST,
        request.FILES,
        change=row,
        case=case,
        units=[unit for unit in agencies() if unit.active],
        people=holders_in(unit_id=case.unit_id, at=at),
        authority=request.authority,  # type: ignore[attr-defined]
    )
    if not form.is_valid():
        return None, form
    try:
        check_ready(case=case, change=row, expected_seq=form.cleaned_data["seq"])
        attachments = [
            receive_upload(upload=upload, purpose="proof", at=at) for upload in form.cleaned_data.get("proof") or ()
        ]
        changed = apply_change(
            case_id=case.pk,
            change=row.name,
            given=form.given(),
            actor=actor,
            authority=request.authority,  # type: ignore[attr-defined]
            post_title=grant.post_title if grant else "",
            attachments=attachments,
            expected_seq=form.cleaned_data["seq"],
            at=at,
        )
    except UploadRefused as refused:
        form.add_error("proof", refused.message)
        return None, form
    except ChangeRefused as refused:
        # where the form itself says it when it looks for the number
        form.add_error("target" if refused.code == "target_gone" else None, refusal_words(refused, case=case))
        return None, form
    except CaseMovedOn:
        form.add_error(
            None,
            _("Somebody else changed this %(matter)s a moment ago. Your words are kept; look at what is new first.")
            % called(case.family),
        )
        return None, form
    except NotAllowed as error:
        raise PermissionDenied from error
    if changed.unit_id != case.unit_id and not visible_to(authority=request.authority).filter(pk=case.pk).exists():  # type: ignore[attr-defined]
        # it went to another agency: this officer can neither read it nor take it back any more
        messages.success(request, _done_words(case=changed, row=row))
        return redirect(desk.inbox), None
    _say_done(request, desk=desk, case=changed, row=row)
    return redirect(desk.case, case.reference), None


def _done_words(*, case: Case, row: Change) -> str:
    return _("Done: %(change)s (%(reference)s).") % {"change": label_of(row), "reference": case.reference}


def _say_done(request: HttpRequest, *, desk: Desk, case: Case, row: Change) -> None:
    words = _done_words(case=case, row=row)
    if not row.undoable:
        messages.success(request, words)
        return
    # a link to a small page with one button: a message cannot carry a form with a token
    messages.success(
        request,
        format_html(
            '{} <a class="b-toast__action" href="{}">{}</a>',
            words,
            reverse(desk.undo, args=[case.reference, case.seq]),
            _("Undo"),
        ),
    )


def undo(request: HttpRequest, *, desk: Desk, case: Case, seq: int) -> HttpResponse:
    """Take back one's own last change: GET asks with one button, POST does it."""
    if request.method != "POST":
        return render(
            request, "cases/undo.html", {"desk": desk, "case": case, "seq": seq, "called": called(desk.family)}
        )
    try:
        undo_change(case_id=case.pk, seq=seq, actor=Actor("staff", request.user.pk), at=clock.now())
    except UndoRefused as refused:
        messages.error(request, undo_words(refused.code))
    except CaseMovedOn:
        messages.error(request, _("Something happened since; it cannot be taken back any more."))
    else:
        messages.success(request, _("Taken back."))
    return redirect(desk.case, case.reference)


def contact(request: HttpRequest, *, desk: Desk, case: Case, reason: str) -> HttpResponse:
    """Show the reporter's name and contact, and record who looked and why.

    :raises PermissionDenied: without ``cases.see_contact`` for this matter.
    """
    if case.reporter is None or not request.authority.may(  # type: ignore[attr-defined]
        "cases.see_contact", unit_id=case.unit_id, district_id=case.district_id, village_id=case.village_id
    ):
        raise PermissionDenied
    note_look(request, case=case, what="contact", reason=reason)
    context = {"desk": desk, "case": case, "reporter": case.reporter, "called": called(desk.family)}
    return render(request, "cases/contact.html", context)
