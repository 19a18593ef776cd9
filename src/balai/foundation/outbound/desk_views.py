"""The staff's pages of programs that are told, and of outside systems."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.outbound import actions, queries
from balai.foundation.outbound.actions import AnswerRefused, WebhookRefused
from balai.foundation.outbound.forms import AnswerForm, SystemChangeForm, SystemForm, WebhookForm
from balai.foundation.outbound.models import Delivery, HandOver, OutsideSystem, Webhook
from balai.foundation.outbound.rules.addresses import BadAddress
from balai.foundation.outbound.words import DELIVERY_STATES, HAND_OVER_STATES, PROBLEMS, problem_words

PERMISSION = "settings.edit"


def _actor(request: HttpRequest) -> Actor:
    """Return the officer behind a request.

    :raises PermissionDenied: without the permission to change settings.
    """
    grants = request.authority.grants_for(PERMISSION)  # type: ignore[attr-defined]
    if not grants:
        raise PermissionDenied
    return Actor("staff", request.user.pk, grants[0].post_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def webhooks(request: HttpRequest) -> HttpResponse:
    """List the programs that are told, and add one; its secret is shown in this answer only."""
    actor = _actor(request)
    form, made, status = WebhookForm(request.POST or None), None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = actions.create_webhook(
                    **form.cleaned_data, made_by_id=request.user.pk, actor=actor, at=clock.now()
                )
            except WebhookRefused as refused:
                place = "wanted" if refused.code.endswith("_topic") else "address"
                form.add_error(place, str(PROBLEMS[refused.code]))
            else:
                form, status = WebhookForm(), 200
    return render(
        request,
        "outbound/webhooks.html",
        {"webhooks": queries.webhooks(), "form": form, "made": made, "topics": queries.topics()},
        status=status,
    )


def _webhook(webhook_id: int) -> Webhook:
    found = Webhook.objects.select_related("key", "made_by").filter(pk=webhook_id).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Show one program: what it is told of, and what became of the last messages."""
    _actor(request)
    return _webhook_page(request, _webhook(webhook_id))


def _webhook_page(request: HttpRequest, found: Webhook, *, secret: str = "") -> HttpResponse:
    rows = [
        {
            "delivery": row,
            "mark": DELIVERY_STATES[row.state][0],
            "state": DELIVERY_STATES[row.state][1],
            "problem": problem_words(row.problem) if row.problem else "",
        }
        for row in queries.deliveries_of(found)
    ]
    return render(request, "outbound/webhook.html", {"webhook": found, "rows": rows, "secret": secret})


@never_cache
@require_POST
def change_webhook(request: HttpRequest, webhook_id: int) -> HttpResponse:
    """Pause, go on, send a test or a message again, make a new secret, remove."""
    who: dict[str, Any] = {"actor": _actor(request), "at": clock.now()}
    found, word = _webhook(webhook_id), request.POST.get("do", "")
    if word in ("pause", "resume"):
        actions.set_active(webhook=found, active=word == "resume", **who)
    elif word == "test":
        actions.send_test(webhook=found, at=who["at"])
        messages.success(request, _("A test is on its way; look below in a moment."))
    elif word == "again":
        number = request.POST.get("delivery", "")
        row = Delivery.objects.filter(webhook=found, pk=int(number) if number.isdecimal() else 0).first()
        if row is not None:
            actions.send_again(delivery=row, at=who["at"])
    elif word == "secret":
        return _webhook_page(request, found, secret=actions.change_secret(webhook=found, **who))
    elif word == "remove":
        actions.remove_webhook(webhook=found, **who)
        messages.success(request, _("Removed; it is told nothing more."))
        return redirect("outbound:webhooks")
    return redirect("outbound:webhook", webhook_id)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def systems(request: HttpRequest) -> HttpResponse:
    """List outside systems with what waits for them, and add one."""
    actor = _actor(request)
    form, secret, made, status = SystemForm(request.POST or None), "", None, 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and OutsideSystem.objects.filter(slug=form.cleaned_data["slug"]).exists():
            form.add_error("slug", _("There is a system with this short name."))
        elif form.is_valid():
            try:
                made, secret = actions.open_system(**_known_of(form), actor=actor, at=clock.now())
            except BadAddress as refused:
                form.add_error("address", str(PROBLEMS[refused.reason]))
            else:
                form, status = SystemForm(), 200
    open_rows = HandOver.objects.filter(state__in=("waiting", "taken")).select_related("system").order_by("made_at")
    return render(
        request,
        "outbound/systems.html",
        {
            "lines": queries.system_lines(at=clock.now(), paused_too=True),
            "hand_overs": [_row(row) for row in open_rows[:100]],
            "form": form,
            "made": made,
            "secret": secret,
            "callback": _callback(request, made) if made else "",
        },
        status=status,
    )


def _known_of(form: SystemForm) -> dict[str, Any]:
    known = dict(form.cleaned_data)
    unit = known.pop("unit")
    return {**known, "unit_id": unit.pk}


def _callback(request: HttpRequest, system: OutsideSystem) -> str:
    return request.build_absolute_uri(reverse("outbound:answer", args=[system.slug]))


def _system(slug: str) -> OutsideSystem:
    found = OutsideSystem.objects.select_related("unit").filter(slug=slug).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def system(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an outside system and change what is known of it."""
    actor, found = _actor(request), _system(slug)
    if request.method != "POST":
        return _system_page(request, found)
    form = SystemChangeForm(request.POST)
    if form.is_valid():
        try:
            actions.change_system(system=found, **_known_of(form), actor=actor, at=clock.now())
        except BadAddress as refused:
            form.add_error("address", str(PROBLEMS[refused.reason]))
        else:
            messages.success(request, _("Saved."))
            return redirect("outbound:system", slug)
    return _system_page(request, found, form=form, status=422)


def _system_page(
    request: HttpRequest,
    found: OutsideSystem,
    *,
    form: SystemChangeForm | None = None,
    secret: str = "",
    status: int = 200,
) -> HttpResponse:
    known = {name: getattr(found, name) for name in ("name", "address", "unit", "expected_hours")}
    context = {
        "system": found,
        "form": form or SystemChangeForm(initial=known),
        "secret": secret,
        "callback": _callback(request, found),
    }
    return render(request, "outbound/system.html", context, status=status)


@never_cache
@require_POST
def change_system(request: HttpRequest, slug: str) -> HttpResponse:
    """Pause, go on, make a new secret."""
    who: dict[str, Any] = {"actor": _actor(request), "at": clock.now()}
    found, word = _system(slug), request.POST.get("do", "")
    if word in ("pause", "resume"):
        actions.set_system_active(system=found, active=word == "resume", **who)
    elif word == "secret":
        return _system_page(request, found, secret=actions.change_system_secret(system=found, **who))
    return redirect("outbound:system", slug)


def _row(row: HandOver) -> dict[str, Any]:
    mark, state = HAND_OVER_STATES[row.state]
    return {
        "row": row,
        "mark": mark,
        "state": state,
        "problem": problem_words(row.problem) if row.problem else "",
        "is_late": row.ended_at is None and clock.now() > row.due_at,
    }


def _hand_over(hand_over_id: int) -> HandOver:
    found = HandOver.objects.select_related("system__unit").filter(pk=hand_over_id).first()
    if found is None:
        raise Http404
    return found


@never_cache
@require_safe
def hand_over(request: HttpRequest, hand_over_id: int) -> HttpResponse:
    """Show one hand-over; what it holds of people stays with the matter."""
    _actor(request)
    return _hand_over_page(request, _hand_over(hand_over_id), AnswerForm())


def _hand_over_page(request: HttpRequest, found: HandOver, form: AnswerForm, *, status: int = 200) -> HttpResponse:
    context = {**_row(found), "form": form, "is_open": found.state in ("waiting", "taken")}
    return render(request, "outbound/hand_over.html", context, status=status)


@require_POST
def change_hand_over(request: HttpRequest, hand_over_id: int) -> HttpResponse:
    """Try at once, write the answer down, or go on by hand."""
    actor, at = _actor(request), clock.now()
    found, word = _hand_over(hand_over_id), request.POST.get("do", "")
    if word == "again":
        actions.try_again(hand_over_id=found.pk, at=at)
        return redirect("outbound:hand_over", hand_over_id)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _hand_over_page(request, found, form, status=422)
    try:
        if word == "give_up":
            actions.give_up(hand_over_id=found.pk, words=form.cleaned_data["words"], actor=actor, at=at)
        elif word in ("answered", "refused"):
            actions.enter_answer(
                hand_over_id=found.pk, answered=word == "answered", **form.cleaned_data, actor=actor, at=at
            )
    except AnswerRefused as refused:
        messages.error(request, str(PROBLEMS[refused.code]))
    return redirect("outbound:hand_over", hand_over_id)
