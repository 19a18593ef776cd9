"""Enter a report at the counter or on the telephone."""

from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from balai.engines.cases.models import Case
from balai.engines.cases.queries import visible_to
from balai.engines.cases.web import label_of
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.files.actions import UploadRefused, receive_upload
from balai.foundation.places.queries import districts, villages
from balai.foundation.web.words import is_english
from balai.modules.complaints.actions import ReportRefused, Submission, submit_report
from balai.modules.complaints.case_kinds import KINDS
from balai.modules.complaints.queries.set_up import set_up

CODE_COOKIE = "balai_entered"
COOKIE_SECONDS = 600


class EntryForm(forms.Form):
    """What an officer writes down for somebody; the same checks as for everybody follow in the action."""

    channel = forms.ChoiceField(
        label=_("How it came"), choices=[("counter", _("At the counter")), ("call", _("By telephone"))]
    )
    category = forms.ChoiceField(label=_("What it is about"))
    kind = forms.ChoiceField(label=_("Kind"), required=False, help_text=_("Leave empty: the category decides."))
    text = forms.CharField(label=_("In the person's own words"), widget=forms.Textarea(attrs={"rows": 5}))
    village = forms.TypedChoiceField(label=_("Village"), coerce=int, required=False, empty_value=None)
    place_words = forms.CharField(label=_("Street, landmark"), max_length=300, required=False)
    privacy = forms.ChoiceField(
        label=_("Who may know"),
        choices=[
            ("named", _("With name: staff who handle it see it, the public never does")),
            ("secret", _("Secret: the whole report is hidden from the public")),
            ("anonymous", _("Without identity: nothing about the person is stored")),
        ],
    )
    name = forms.CharField(label=_("Name"), max_length=120, required=False)
    phone = forms.CharField(label=_("Telephone"), max_length=30, required=False)
    email = forms.EmailField(label=_("E-mail"), required=False)
    nik = forms.CharField(label="NIK", max_length=20, required=False)
    photo = forms.FileField(label=_("Photo"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = "name_en" if is_english() else "name_id"
        rows = sorted(set_up().categories.values(), key=lambda row: (row.order, row.name_id))
        category, kind, village = self.fields["category"], self.fields["kind"], self.fields["village"]
        category.choices = [("", "—"), *((row.slug, getattr(row, named)) for row in rows)]  # type: ignore[attr-defined]
        kind.choices = [("", "—"), *((item.slug, label_of(item)) for item in KINDS)]  # type: ignore[attr-defined]
        names = {area.pk: area.name for area in districts()}
        groups: dict[str, list[tuple[int, str]]] = {}
        for area in villages():
            groups.setdefault(names.get(area.parent_id or 0, ""), []).append((area.pk, area.name))
        village.choices = [("", "—"), *groups.items()]  # type: ignore[attr-defined]


def _require_entry(request: HttpRequest) -> None:
    if not request.authority.may("complaints.enter"):  # type: ignore[attr-defined]
        raise PermissionDenied


@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Write a report down; the person gets number and code on paper."""
    _require_entry(request)
    form = EntryForm(request.POST or None, request.FILES or None, initial={"channel": "counter", "privacy": "named"})
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        at = clock.now()
        try:
            photos = [receive_upload(upload=data["photo"], purpose="photo", at=at)] if data["photo"] else []
            opened = submit_report(
                submission=Submission(
                    text=data["text"],
                    category=data["category"],
                    kind=data["kind"],
                    channel=data["channel"],
                    privacy=data["privacy"],
                    village_id=data["village"],
                    place_words=data["place_words"],
                    name=data["name"],
                    phone=data["phone"],
                    email=data["email"],
                    nik=data["nik"],
                    attachments=photos,
                    submission_key=request.POST.get("key", "")[:60] or None,
                    actor=Actor("staff", request.user.pk),
                ),
                at=at,
            )
        except UploadRefused as refused:
            form.add_error("photo", refused.message)
        except ReportRefused as refused:
            for field, words in refused.errors.items():
                form.add_error(
                    {"place": "village"}.get(field, field) if field in form.fields or field == "place" else None, words
                )
        else:
            response = redirect("complaints_desk:entered", opened.case.reference)
            if opened.code:
                response.set_signed_cookie(
                    CODE_COOKIE,
                    f"{opened.case.reference}:{opened.code}",
                    max_age=COOKIE_SECONDS,
                    httponly=True,
                    samesite="Strict",
                    secure=request.is_secure(),
                )
            return response
    return render(request, "complaints/desk/enter.html", {"form": form})


@require_GET
def entered(request: HttpRequest, reference: str) -> HttpResponse:
    """Show the slip to hand over: number, code, promise. The code can be read for ten minutes, here only.

    What was not entered here a moment ago is shown only to officers who may see it: a secret report has no slip for
    others.
    """
    _require_entry(request)
    kept = request.get_signed_cookie(CODE_COOKIE, default="", max_age=COOKIE_SECONDS) or ""
    known, _colon, code = kept.partition(":")
    within_sight = Case.objects.all() if known == reference else visible_to(authority=request.authority)  # type: ignore[attr-defined]
    case = get_object_or_404(within_sight.select_related("unit"), reference=reference)
    return render(request, "complaints/desk/entered.html", {"case": case, "code": code if known == reference else ""})
