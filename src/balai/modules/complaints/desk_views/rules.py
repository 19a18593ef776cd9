"""Routing rules: see the active ones, draft others, try them on the last 90 days, switch them on."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.modules.complaints.actions.rules import (
    NewRule,
    NotADraft,
    NotTried,
    RulesMovedOn,
    activate_rules,
    draft_rules,
    dry_run,
    replace_rules,
)
from balai.modules.complaints.models import RuleSet
from balai.modules.complaints.queries.set_up import set_up
from balai.modules.complaints.rules.routing import CONDITION_KEYS, BadCondition

CONDITION_WORDS = {
    "category": gettext_lazy("Category"),
    "kind": gettext_lazy("Kind"),
    "channel": gettext_lazy("Channel"),
    "area": gettext_lazy("Area code"),
    "hours": gettext_lazy("Hours"),
    "words": gettext_lazy("Words"),
}
EMPTY_LINES = 3


class RuleForm(forms.Form):
    """One line of the editor; several values are separated by commas."""

    position = forms.IntegerField(label=gettext_lazy("Order"), min_value=1, max_value=999, required=False)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=120, required=False)
    unit = forms.TypedChoiceField(label=gettext_lazy("Agency"), coerce=int, required=False, empty_value=None)
    category = forms.CharField(label=CONDITION_WORDS["category"], max_length=400, required=False)
    kind = forms.CharField(label=CONDITION_WORDS["kind"], max_length=200, required=False)
    channel = forms.CharField(label=CONDITION_WORDS["channel"], max_length=200, required=False)
    area = forms.CharField(label=CONDITION_WORDS["area"], max_length=400, required=False)
    hours = forms.CharField(
        label=CONDITION_WORDS["hours"],
        max_length=200,
        required=False,
        help_text=gettext_lazy("For example 16:00-07:30, or closed outside office hours."),
    )
    words = forms.CharField(label=CONDITION_WORDS["words"], max_length=400, required=False)
    remove = forms.BooleanField(label=gettext_lazy("Remove"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        units = sorted(set_up().units.values(), key=lambda unit: unit.name)
        self.fields["unit"].choices = [("", "—"), *((unit.pk, unit.name) for unit in units)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Refuse a rule with a name but no agency."""
        data = super().clean() or {}
        if data.get("name") and not data.get("unit") and not data.get("remove"):
            self.add_error("unit", _("Say which agency gets it."))
        return data

    def rule(self) -> NewRule | None:
        """Return the rule, or None for an empty or removed line."""
        data = self.cleaned_data
        if data.get("remove") or not data.get("unit"):
            return None
        conditions = {
            key: [value.strip() for value in data[key].split(",") if value.strip()]
            for key in sorted(CONDITION_KEYS)
            if data.get(key)
        }
        return NewRule(name=data["name"] or "–", unit_id=data["unit"], conditions=conditions)


RuleForms = forms.formset_factory(RuleForm, extra=EMPTY_LINES, max_num=200)


def _require_rules(request: HttpRequest) -> None:
    if not request.authority.may("complaints.rules"):  # type: ignore[attr-defined]
        raise PermissionDenied


@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """All versions; the active one first."""
    _require_rules(request)
    versions = RuleSet.objects.order_by("-active", "-version").prefetch_related("rules__unit")[:20]
    return render(request, "complaints/desk/rules.html", {"versions": versions, "words": CONDITION_WORDS})


@require_POST
def make_draft(request: HttpRequest) -> HttpResponse:
    """Begin a draft from the active rules."""
    _require_rules(request)
    draft = draft_rules(user=request.user if request.user.is_authenticated else None, at=clock.now())
    return redirect("complaints_desk:draft", draft.version)


@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, version: int) -> HttpResponse:
    """Edit a draft, and see what it would have changed."""
    _require_rules(request)
    rule_set = get_object_or_404(RuleSet, version=version)
    if rule_set.activated_at is not None:
        return _not_a_draft(request)
    initial = [
        {
            "position": row.order,
            "name": row.name,
            "unit": row.unit_id,
            **{key: ", ".join(values) for key, values in row.conditions.items()},
        }
        for row in rule_set.rules.order_by("order")
    ]
    lines = RuleForms(request.POST or None, initial=initial)
    if request.method == "POST" and lines.is_valid():
        kept = sorted(
            ((form.cleaned_data.get("position") or 999, rule) for form in lines if (rule := form.rule())),
            key=lambda pair: pair[0],
        )
        try:
            replace_rules(draft=rule_set, rules=[rule for _order, rule in kept])
        except NotADraft:
            return _not_a_draft(request)
        except BadCondition as bad:
            messages.error(
                request, _("This condition cannot be read: %(value)s. Nothing was saved.") % {"value": bad.value}
            )
        else:
            messages.success(request, _("Draft saved. Try it on the last 90 days before you switch it on."))
            return redirect("complaints_desk:draft", version)
    units = {unit.pk: unit.name for unit in set_up().units.values()}
    return render(
        request,
        "complaints/desk/draft.html",
        {"rule_set": rule_set, "lines": lines, "trial": _named_trial(rule_set.dry_run, units)},
    )


def _not_a_draft(request: HttpRequest) -> HttpResponse:
    messages.error(request, _("These rules are or were active. Make a draft from them instead."))
    return redirect("complaints_desk:rules")


def _named_trial(trial: dict[str, Any] | None, units: dict[int, str]) -> dict[str, Any] | None:
    if trial is None:
        return None
    return trial | {
        "units": [row | {"name": units.get(row["unit"], "?")} for row in trial["units"]],
        "examples": [
            row | {"before": units.get(row["before"], "?"), "after": units.get(row["after"], "?")}
            for row in trial["examples"]
        ],
    }


@require_POST
def try_out(request: HttpRequest, version: int) -> HttpResponse:
    """Run the draft over the last 90 days."""
    _require_rules(request)
    try:
        dry_run(draft=get_object_or_404(RuleSet, version=version), at=clock.now())
    except NotADraft:
        return _not_a_draft(request)
    except RulesMovedOn:
        messages.error(request, _("The draft was changed while it was being tried. Look at it, then try it again."))
    return redirect("complaints_desk:draft", version)


@require_POST
def activate(request: HttpRequest, version: int) -> HttpResponse:
    """Switch a tried draft on."""
    _require_rules(request)
    rule_set = get_object_or_404(RuleSet, version=version)
    try:
        activate_rules(draft=rule_set, actor=Actor("staff", request.user.pk), at=clock.now())
    except NotADraft:
        return _not_a_draft(request)
    except NotTried:
        messages.error(request, _("Try the draft on the last 90 days first; then you see what would change."))
        return redirect("complaints_desk:draft", version)
    messages.success(request, _("The rules hold from now on, for new reports."))
    return redirect("complaints_desk:rules")
