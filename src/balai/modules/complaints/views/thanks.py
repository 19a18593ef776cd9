"""The number: shown once with its code, to copy, to keep as a picture, to send to oneself."""

from urllib.parse import quote

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.models import Case
from balai.engines.cases.queries.timeline import clocks_of
from balai.engines.cases.web import clock_views
from balai.engines.cases.web.receipts import read_receipt
from balai.foundation.calendar import clock
from balai.foundation.messages.queries import is_told
from balai.foundation.web.queries import city_face
from balai.modules.complaints.card import number_card


def follow_address(reference: str) -> str:
    """Return the full address at which a report is found again."""
    return f"{settings.BALAI_BASE_URL.rstrip('/')}{reverse('complaints:find')}?q={quote(reference)}"


def _note(reference: str, code: str) -> str:
    """Return the lines that a person sends to themselves."""
    lines = [_("Report number: %(reference)s") % {"reference": reference}]
    if code:
        lines.append(_("Code (keep it to yourself): %(code)s") % {"code": code})
    lines.append(_("Follow it here: %(address)s") % {"address": follow_address(reference)})
    return "\n".join(lines)


@login_not_required
@require_GET
def thanks(request: HttpRequest) -> HttpResponse:
    """Show number, code and what happens next to the browser that has just sent the report."""
    receipt = read_receipt(request)
    case = (
        Case.objects.select_related("unit", "reporter").filter(reference=receipt.reference).first() if receipt else None
    )
    if receipt is None or case is None:
        return redirect("complaints:find")
    kind = kind_at(case.kind, case.kind_version)
    note = _note(case.reference, receipt.code)
    subject = _("Report %(reference)s") % {"reference": case.reference}
    response = render(
        request,
        "complaints/thanks.html",
        {
            "case": case,
            "code": receipt.code,
            "clocks": clock_views(case=case, kind=kind, clocks=clocks_of(case=case), at=clock.now(), staff=False),
            "note": note,
            "mailto": f"mailto:?subject={quote(subject)}&body={quote(note)}",
            "has_email": is_told(subject_kind="case", subject_id=case.pk),
            "address": follow_address(case.reference),
        },
    )
    response["Cache-Control"] = "private, no-store"
    return response


@login_not_required
@require_GET
def picture(request: HttpRequest) -> HttpResponse:
    """Draw the number and the code as a picture for the telephone's gallery."""
    receipt = read_receipt(request)
    if receipt is None:
        raise Http404
    response = HttpResponse(
        number_card(
            service=city_face().service_name,
            reference=receipt.reference,
            code=receipt.code,
            address=follow_address(receipt.reference),
            labels=(_("Report number"), _("Code, keep it to yourself"), _("Follow it by this square")),
        ),
        content_type="image/png",
    )
    response["Content-Disposition"] = f'attachment; filename="{receipt.reference}.png"'
    response["Cache-Control"] = "private, no-store"
    return response
