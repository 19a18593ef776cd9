"""Where staff begin, the pages on agencies and posts, and what nobody wants to see."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.identity.actions import EmailTaken, invite_user
from balai.foundation.identity.queries import password_link
from balai.foundation.registry.discover import contributions
from balai.foundation.units import actions, queries
from balai.foundation.units.forms import AppointForm, DeputyForm, NamesForm, PostForm, UnitForm
from balai.foundation.units.models import Post, Unit
from balai.foundation.units.permissions import (
    EDIT_UNITS,
    authority_of_request,
    require_neglect_permission,
    require_units_permission,
)
from balai.foundation.units.words import ALARMS
from balai.foundation.web.contributions import MenuItem


@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """Lead to the first room of the desk that this person may enter; say so when there is none."""
    authority = authority_of_request(request)
    items = [item for item in contributions(MenuItem) if item.audience == "staff" and item.permission]
    for item in sorted(items, key=lambda item: item.order):
        if authority.may(item.permission):
            try:
                return redirect(reverse(item.view))
            except NoReverseMatch:
                continue  # its module is switched off
    return render(request, "units/no_post.html", status=403)


@require_safe
def neglect(request: HttpRequest) -> HttpResponse:
    """Show where nobody is, the worst first."""
    require_neglect_permission(request)
    alarms = queries.neglect(at=clock.now())
    groups = [
        {"code": code, "title": title, "text": text, "alarms": [alarm for alarm in alarms if alarm.code == code]}
        for code, (title, text) in ALARMS.items()
    ]
    context = {"groups": [group for group in groups if group["alarms"]], "may_edit": _may_edit(request)}
    return render(request, "units/neglect.html", context)


@require_safe
def unit_list(request: HttpRequest) -> HttpResponse:
    """Show every agency with its posts, their holders and alarms."""
    require_neglect_permission(request)
    lines = queries.overview(at=clock.now())
    return render(request, "units/list.html", {"lines": lines, "may_edit": _may_edit(request)})


@require_http_methods(["GET", "HEAD", "POST"])
def add_unit(request: HttpRequest) -> HttpResponse:
    """Make an agency."""
    require_units_permission(request)
    form = UnitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        unit = actions.create_unit(**form.cleaned_data, actor=_actor(request), at=clock.now())
        messages.success(request, _("The agency is there. Now it needs posts."))
        return redirect("units:unit", unit.slug)
    return _form_page(request, form, title=_("Add an agency"), back=reverse("units:list"))


@require_http_methods(["GET", "HEAD", "POST"])
def unit_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Show an agency with its posts; a POST changes its names."""
    unit = _unit(request, slug, edit=request.method == "POST")
    form = NamesForm(request.POST or None, initial={"name": unit.name, "short_name": unit.short_name})
    if request.method == "POST" and form.is_valid():
        actions.rename_unit(unit=unit, **form.cleaned_data, actor=_actor(request), at=clock.now())
        messages.success(request, _("The names are saved."))
        return redirect("units:unit", unit.slug)
    (line,) = queries.overview(at=clock.now(), unit_id=unit.pk)
    context = {"line": line, "form": form, "may_edit": _may_edit(request), "alarm_words": ALARMS}
    return render(request, "units/unit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def add_post(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a post in an agency."""
    unit = _unit(request, slug, edit=True)
    form = PostForm(request.POST or None, unit_id=unit.pk)
    if request.method == "POST" and form.is_valid():
        actions.create_post(unit=unit, **form.cleaned_data, actor=_actor(request), at=clock.now())
        messages.success(request, _("The post is there. Now appoint somebody."))
        return redirect("units:unit", unit.slug)
    return _form_page(request, form, title=_("Add a post"), unit=unit)


@require_http_methods(["GET", "HEAD", "POST"])
def appoint(request: HttpRequest, slug: str, post_id: int) -> HttpResponse:
    """Let somebody hold a post: somebody with an account, or somebody new."""
    post = _post(request, slug, post_id)
    form = AppointForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        at = clock.now()
        user = form.cleaned_data["user"]
        is_new = user is None
        try:
            if user is None:
                user = invite_user(email=form.cleaned_data["email"], name=form.cleaned_data["name"], at=at)
            actions.appoint(post=post, user=user, actor=_actor(request), at=at)
        except EmailTaken as taken:
            form.add_error(
                "email",
                _("%(name)s signs in with this address already. Choose them above.") % {"name": taken.user.name},
            )
        else:
            messages.success(request, _("%(name)s holds the post from now on.") % {"name": user.name})
            return redirect("units:password-link", slug, post.pk) if is_new else redirect("units:unit", slug)
    return _form_page(request, form, title=_("Appoint somebody: %(post)s") % {"post": post.title}, unit=post.unit)


@require_http_methods(["GET", "HEAD", "POST"])
def deputy(request: HttpRequest, slug: str, post_id: int) -> HttpResponse:
    """Say who steps in for a post."""
    post = _post(request, slug, post_id)
    form = DeputyForm(
        request.POST or None, unit_id=post.unit_id, post_id=post.pk, initial={"deputy": post.deputy_id or ""}
    )
    if request.method == "POST" and form.is_valid():
        actions.set_deputy(post=post, deputy=form.cleaned_data["deputy"], actor=_actor(request), at=clock.now())
        messages.success(request, _("The deputy is saved."))
        return redirect("units:unit", slug)
    return _form_page(request, form, title=_("Deputy: %(post)s") % {"post": post.title}, unit=post.unit)


@require_POST
def end_holding(request: HttpRequest, slug: str, post_id: int) -> HttpResponse:
    """Let nobody hold a post any more."""
    post = _post(request, slug, post_id)
    actions.end_holding(post=post, actor=_actor(request), at=clock.now())
    messages.success(request, _("Nobody holds the post now. The deputy acts until you appoint somebody."))
    return redirect("units:unit", slug)


@never_cache
@require_safe
def show_password_link(request: HttpRequest, slug: str, post_id: int) -> HttpResponse:
    """Show the link with which a new holder chooses a password; never for an account that has one.

    :raises Http404: if nobody holds the post, or the holder has a password: a link would let others in.
    """
    post = _post(request, slug, post_id)
    (line,) = queries.overview(at=clock.now(), unit_id=post.unit_id)
    holding = next((item.holding for item in line.posts if item.post.pk == post.pk), None)
    if holding is None or not holding.user.is_active or holding.user.has_usable_password():
        raise Http404
    context = {"post": post, "person": holding.user, "link": password_link(user=holding.user)}
    return render(request, "units/password_link.html", context)


def _form_page(
    request: HttpRequest, form: Any, *, title: str, unit: Unit | None = None, back: str = ""
) -> HttpResponse:
    context = {
        "form": form,
        "title": title,
        "unit": unit,
        "back": back or (reverse("units:unit", args=[unit.slug]) if unit else ""),
    }
    return render(request, "units/form.html", context, status=422 if form.errors else 200)


def _may_edit(request: HttpRequest) -> bool:
    return authority_of_request(request).may(EDIT_UNITS)


def _unit(request: HttpRequest, slug: str, *, edit: bool) -> Unit:
    if edit:
        require_units_permission(request)
    else:
        require_neglect_permission(request)
    return get_object_or_404(Unit, slug=slug, active=True)


def _post(request: HttpRequest, slug: str, post_id: int) -> Post:
    require_units_permission(request)
    return get_object_or_404(
        Post.objects.select_related("unit"), pk=post_id, unit__slug=slug, active=True, unit__active=True
    )


def _actor(request: HttpRequest) -> Actor:
    authority = authority_of_request(request)
    grants = authority.grants_for(EDIT_UNITS)
    return Actor("staff", authority.user_id, grants[0].post_id if grants else None)
