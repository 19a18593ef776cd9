"""Ask others to sign too, and the page on which they sign: they read the answers, and need no account."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from balai.foundation.calendar import clock
from balai.foundation.identity.actions import ContactRefused
from balai.foundation.identity.fields import blind_index
from balai.foundation.limits.actions import check_limit
from balai.foundation.limits.callers import caller_of
from balai.modules.services.actions.cosign import (
    LONGEST_NAME,
    LONGEST_WORDS,
    CoSignRefused,
    ask_cosigner,
    decline_to_sign,
    sign_on_paper,
    sign_too,
)
from balai.modules.services.models import Application
from balai.modules.services.queries.applications import Papers, contact_of, corrected_of, draft_of, papers_of
from balai.modules.services.queries.cosign import CoSignLine, cosign_lines, to_sign
from balai.modules.services.queries.life import bundle_of
from balai.modules.services.rules.cosign import digest_of
from balai.modules.services.views.apply import read_papers
from balai.modules.services.views.own import mine
from balai.modules.services.words import COSIGN_PROBLEMS, COSIGN_STANDINGS

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ASKED_AN_HOUR = 30
# nobody fills a stranger's letter box
MAILS_A_DAY = 5
TRIES_AN_HOUR = 60
# of one link
ANSWERS_A_DAY = 20


class AskForm(forms.Form):
    """Whom to ask."""

    name = forms.CharField(label=gettext_lazy("Full name"), max_length=LONGEST_NAME)
    email = forms.EmailField(label=gettext_lazy("E-mail, if the link should go there"), max_length=120, required=False)


@dataclass(frozen=True)
class _Holder:
    """An application whose applicant may ask, and the page that they came from."""

    application: Application
    back: str


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def of_draft(request: HttpRequest, code: str) -> HttpResponse:
    """Show who has to sign a draft too; ask them."""
    application = draft_of(code=code, at=clock.now())
    if application is None:
        return redirect("services:resume")
    return _page(request, _Holder(application, reverse("services:check", args=[code])))


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def of_correction(request: HttpRequest, reference: str) -> HttpResponse:
    """Show who has to sign a correction too: they signed other answers."""
    found = mine(request, reference)
    if found is None or found[0].state != "returned":
        return redirect("services:own", reference)
    return _page(request, _Holder(found[1], reverse("services:correct", args=[reference])))


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def of_line(request: HttpRequest, code: str, position: int) -> HttpResponse:
    """Show who has to sign an application of a list too."""
    found = bundle_of(code=code)
    parts = ("application__version__service__record__unit", "application__version__service__unit")
    line = found.lines.select_related(*parts).filter(position=position).first() if found else None
    if line is None or line.application is None or line.application.case_id is not None:
        return redirect("services:life_bundle", code)
    return _page(request, _Holder(line.application, reverse("services:life_bundle", args=[code])))


def _page(request: HttpRequest, holder: _Holder) -> HttpResponse:
    at = clock.now()
    context: dict[str, Any] = {"link": "", "share": "", "asked_name": "", "asked_by_mail": False}
    bound: tuple[str, AskForm] | None = None
    status = 200
    if request.method == "POST":
        slug = request.POST.get("cosigner", "")[:40]
        form = AskForm(request.POST, auto_id=f"{slug}_%s")
        try:
            if not form.is_valid():
                status, bound = 422, (slug, form)
            elif request.POST.get("do") == "paper":
                return _on_paper(request, holder, slug, form.cleaned_data["name"], at)
            else:
                context |= _ask(request, holder, slug, form, at)
        except CoSignRefused as refused:
            form.add_error("name" if refused.code == "no_name" else None, str(COSIGN_PROBLEMS[refused.code]))
            status, bound = 422, (slug, form)
        except ContactRefused as refused:
            form.add_error("email", "; ".join(refused.errors.values()))
            status, bound = 422, (slug, form)
    papers = papers_of(holder.application, at=at, answers=corrected_of(holder.application))
    lines = cosign_lines(papers)
    return render(
        request,
        "services/cosigners.html",
        {
            **context,
            "record": holder.application.version.service.record,
            "back": holder.back,
            "lines": [_row(line, bound) for line in lines],
            "incomplete": bool(papers.evaluation.errors),
            "at_counter": holder.application.entered_by_id is not None
            and holder.application.entered_by_id == request.user.pk,
        },
        status=status,
    )


def _row(line: CoSignLine, bound: tuple[str, AskForm] | None) -> dict[str, Any]:
    slug = line.cosigner.slug
    mine = bound is not None and bound[0] == slug
    form = (
        bound[1]
        if mine and bound
        else AskForm(initial={"name": line.row.name if line.row else ""}, auto_id=f"{slug}_%s")
    )
    mark, words = COSIGN_STANDINGS[line.standing]
    return {"line": line, "form": form, "mark": mark, "words": words, "is_open": mine or line.standing == "missing"}


def _ask(request: HttpRequest, holder: _Holder, slug: str, form: AskForm, at: datetime) -> dict[str, Any]:
    check_limit(key=f"cosign:{caller_of(request)}", limit=ASKED_AN_HOUR, per=HOUR, at=at)
    email = form.cleaned_data["email"].strip()
    if email:
        key = f"cosign:mail:{blind_index('email', email.casefold())}"
        check_limit(key=key, limit=MAILS_A_DAY, per=DAY, at=at)
    asked = ask_cosigner(
        application_id=holder.application.pk, slug=slug, name=form.cleaned_data["name"], email=email, at=at
    )
    link = request.build_absolute_uri(reverse("services:cosign", args=[asked.token]))
    words = _("Please read and sign: %(link)s") % {"link": link}
    return {
        "link": link,
        "share": f"https://wa.me/?{urlencode({'text': words})}",
        "asked_name": asked.row.name,
        "asked_by_mail": bool(email),
    }


def _on_paper(request: HttpRequest, holder: _Holder, slug: str, name: str, at: datetime) -> HttpResponse:
    # only whoever types it in at the counter has the paper in front of them
    if holder.application.entered_by_id is None or holder.application.entered_by_id != request.user.pk:
        raise CoSignRefused("closed")
    sign_on_paper(application_id=holder.application.pk, slug=slug, name=name, user_id=request.user.pk or 0, at=at)
    messages.success(request, _("Noted: signed on paper at the counter."))
    return redirect(request.path)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def sign(request: HttpRequest, token: str) -> HttpResponse:
    """Show an application to somebody who was asked to sign it too; take the signature, or the no."""
    at = clock.now()
    opened = to_sign(token=token[:60], at=at)
    if opened is None:
        check_limit(key=f"cosign-link:{caller_of(request)}", limit=TRIES_AN_HOUR, per=HOUR, at=at)
        return render(request, "services/cosign_gone.html", status=404)
    if request.method == "GET":
        return _sign_page(request, *opened)
    check_limit(key=f"cosign-answer:{opened[0].pk}", limit=ANSWERS_A_DAY, per=DAY, at=at)
    problem = ""
    try:
        if request.POST.get("do") == "decline":
            decline_to_sign(token=token, words=request.POST.get("words", ""), at=at)
            return redirect("services:cosign", token)
        if not request.POST.get("agreed"):
            problem = "not_agreed"
        else:
            sign_too(token=token, name=request.POST.get("name", ""), digest=request.POST.get("digest", "")[:64], at=at)
            return redirect("services:cosign", token)
    except CoSignRefused as refused:
        problem = refused.code
    again = to_sign(token=token, at=at)
    if again is None:
        return render(request, "services/cosign_gone.html", status=404)
    return _sign_page(request, *again, problem=problem, status=409 if problem == "changed" else 422)


def _sign_page(request: HttpRequest, row: Any, papers: Papers, *, problem: str = "", status: int = 200) -> HttpResponse:
    digest = digest_of(papers.evaluation.values)
    return render(
        request,
        "services/cosign.html",
        {
            "row": row,
            "record": papers.application.version.service.record,
            "unit": papers.application.version.service.unit,
            "applicant": contact_of(papers)["name"],
            "digest": digest,
            "is_signed": row.signed_at is not None and row.digest == digest,
            "is_changed": row.signed_at is not None and row.digest != digest,
            "problem": COSIGN_PROBLEMS.get(problem, ""),
            "typed": request.POST.get("name", row.name),
            "words": request.POST.get("words", ""),
            "longest_name": LONGEST_NAME,
            "longest_words": LONGEST_WORDS,
            # what is in the files stays between the applicant and the agency
            **read_papers(papers, for_others=True),
        },
        status=status,
    )
