"""Design a form: one page for the whole, one for each part; every step a plain form, each change undone by one press."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.forms import actions
from balai.foundation.forms.desk_forms import ComputedForm, FieldForm, StepForm, TableForm
from balai.foundation.forms.models import Form
from balai.foundation.forms.rules import drafting
from balai.foundation.forms.rules.evaluate import evaluate
from balai.foundation.forms.rules.expressions import write_expression
from balai.foundation.forms.rules.schema import FormSchema, schema_from_json, schema_problems, schema_to_json
from balai.foundation.forms.web import KeepRefused, form_view, read_answers
from balai.foundation.forms.words import KIND_WORDS, problem_words
from balai.foundation.places.queries import city_day


def _form(request: HttpRequest, slug: str) -> Form:
    """Return a form that this officer may design; hidden ones are answered like those that do not exist."""
    form = get_object_or_404(Form.objects.select_related("live", "unit"), slug=slug)
    if not request.authority.may("forms.edit", unit_id=form.unit_id):  # type: ignore[attr-defined]
        raise Http404
    return form


def _revision(request: HttpRequest) -> int:
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() and len(given) < 9 else -1


def _keep(request: HttpRequest, form: Form, schema: FormSchema) -> bool:
    """Keep a changed draft, or say that somebody else was faster."""
    try:
        actions.save_draft(
            form_id=form.pk, schema=schema_to_json(schema), expected_revision=_revision(request), at=clock.now()
        )
    except actions.FormMovedOn:
        messages.error(request, _("Somebody else changed this form meanwhile. Look at it, then do your change again."))
        return False
    return True


@require_GET
def forms_list(request: HttpRequest) -> HttpResponse:
    """Show the forms that this officer may design."""
    authority = request.authority  # type: ignore[attr-defined]
    if not authority.may("forms.edit"):
        raise PermissionDenied
    rows = [
        form
        for form in Form.objects.select_related("live", "unit")
        if authority.may("forms.edit", unit_id=form.unit_id)
    ]
    return render(request, "forms/desk/list.html", {"forms": rows})


@require_GET
def design(request: HttpRequest, slug: str) -> HttpResponse:
    """Show a form with all its parts, what keeps it from working, and whether the draft differs from what is live."""
    form = _form(request, slug)
    schema = schema_from_json(form.draft)
    return render(
        request,
        "forms/desk/design.html",
        {
            "form": form,
            "schema": schema,
            "steps": [(step, [(field, KIND_WORDS[field.kind]) for field in step.fields]) for step in schema.steps],
            "computed": [(each, write_expression(each.formula)) for each in schema.computed],
            "tables": [(name, drafting.tiers_to(tiers)) for name, tiers in schema.tables.items()],
            "problems": [problem_words(problem, schema=schema) for problem in schema_problems(schema)],
            "is_changed": form.live is None or form.live.schema != form.draft,
            "versions": form.versions.all(),
        },
    )


@require_POST
def change(request: HttpRequest, slug: str) -> HttpResponse:
    """Move, take out, undo or publish."""
    form = _form(request, slug)
    schema = schema_from_json(form.draft)
    word, name = request.POST.get("do", ""), request.POST.get("name", "")
    if word in ("up", "down"):
        _keep(request, form, drafting.moved(schema, name, by=-1 if word == "up" else 1))
    elif word == "remove":
        if _keep(request, form, drafting.without(schema, name)):
            messages.success(request, _("Taken out. “Undo” brings it back."))
    elif word == "remove_table":
        _keep(request, form, replace(schema, tables={key: row for key, row in schema.tables.items() if key != name}))
    elif word == "undo":
        try:
            actions.undo_draft(form_id=form.pk, expected_revision=_revision(request), at=clock.now())
        except actions.FormMovedOn:
            messages.error(request, _("There is nothing to take back, or somebody else changed this form meanwhile."))
    elif word == "publish":
        _publish(request, form)
    return redirect("forms:design", slug)


def _publish(request: HttpRequest, form: Form) -> None:
    try:
        version = actions.publish_form(
            form_id=form.pk,
            actor=Actor("staff", request.user.pk),
            expected_revision=_revision(request),
            at=clock.now(),
        )
    except actions.FormNotReady:
        messages.error(request, _("Not published: mend what is listed first."))
    except actions.FormMovedOn:
        messages.error(request, _("Somebody else changed this form meanwhile. Look at it, then publish."))
    else:
        messages.success(request, _("Version %(number)s is published.") % {"number": version.number})


@require_http_methods(["GET", "POST"])
def step(request: HttpRequest, slug: str, step: str = "") -> HttpResponse:
    """Add or change a page of the form."""
    form = _form(request, slug)
    schema = schema_from_json(form.draft)
    old = next((each for each in schema.steps if each.slug == step), None)
    if step and old is None:
        raise Http404
    initial = {"label_id": old.label_id, "label_en": old.label_en} if old else {}
    bound = StepForm(request.POST or None, initial=initial)

    def made() -> FormSchema:
        if old is not None:
            return drafting.with_step(
                schema, replace(old, label_id=bound.cleaned_data["label_id"], label_en=bound.cleaned_data["label_en"])
            )
        name = drafting.slug_from(bound.cleaned_data["label_id"], taken=drafting.taken_names(schema))
        return drafting.with_step(schema, bound.step(slug=name))

    return _part(request, form, bound, made, title=_("Page of the form"))


@require_http_methods(["GET", "POST"])
def field(request: HttpRequest, slug: str, step: str, field: str = "") -> HttpResponse:
    """Add or change a question."""
    form = _form(request, slug)
    schema = schema_from_json(form.draft)
    old = schema.field(field) if field else None
    if step not in [each.slug for each in schema.steps] or (field and old is None):
        raise Http404
    bound = FieldForm(request.POST or None, schema=schema, old=old)

    def made() -> FormSchema:
        name = (
            old.slug if old else drafting.slug_from(bound.cleaned_data["label_id"], taken=drafting.taken_names(schema))
        )
        new = bound.field(slug=name)
        # what this page does not show stays: a condition of several parts, limits of length, words, digits and size
        if old is not None:
            new = replace(new, max_length=old.max_length, max_bytes=old.max_bytes, file_kinds=old.file_kinds)
            if new.kind == old.kind:
                new = replace(
                    new, min_words=old.min_words, decimals=new.decimals if new.decimals == 0 else old.decimals or None
                )
            if old.show_if and not FieldForm.initial_of(old)["ask_field"] and not bound.cleaned_data["ask_field"]:
                new = replace(new, show_if=old.show_if)
        return drafting.with_field(schema, step=step, field=new, old=old.slug if old else "")

    return _part(request, form, bound, made, title=old.label_id if old else _("New question"))


@require_http_methods(["GET", "POST"])
def computed(request: HttpRequest, slug: str, name: str = "") -> HttpResponse:
    """Add or change a value that follows from answers."""
    form = _form(request, slug)
    schema = schema_from_json(form.draft)
    old = next((each for each in schema.computed if each.slug == name), None)
    if name and old is None:
        raise Http404
    initial = (
        {"label_id": old.label_id, "label_en": old.label_en, "kind": old.kind, "formula": write_expression(old.formula)}
        if old
        else {}
    )
    bound = ComputedForm(request.POST or None, initial=initial)

    def made() -> FormSchema:
        named = (
            old.slug if old else drafting.slug_from(bound.cleaned_data["label_id"], taken=drafting.taken_names(schema))
        )
        return drafting.with_computed(schema, bound.computed(slug=named), old=old.slug if old else "")

    return _part(request, form, bound, made, title=_("Computed value"), names=schema)


@require_http_methods(["GET", "POST"])
def table(request: HttpRequest, slug: str, name: str = "") -> HttpResponse:
    """Add or change a table of tariffs."""
    form = _form(request, slug)
    schema = schema_from_json(form.draft)
    if name and name not in schema.tables:
        raise Http404
    initial = {"name": name, "lines": drafting.tiers_to(schema.tables[name])} if name else {}
    bound = TableForm(request.POST or None, initial=initial)
    return _part(request, form, bound, lambda: bound.applied(schema), title=_("Table"), names=schema)


def _part(
    request: HttpRequest,
    form: Form,
    bound: forms.Form,
    made: Callable[[], FormSchema],
    *,
    title: str,
    names: FormSchema | None = None,
) -> HttpResponse:
    """Show the page of one part, or keep what was filled in."""
    status = 200
    if request.method == "POST":
        if bound.is_valid() and _keep(request, form, made()):
            return redirect("forms:design", form.slug)
        status = 422 if not bound.is_valid() else 409
    return render(
        request,
        "forms/desk/part.html",
        {"form": bound, "design": form, "title": title, "names": list(names.fields()) if names else []},
        status=status,
    )


@require_http_methods(["GET", "POST"])
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """Fill the draft in to try it; nothing is kept."""
    form = _form(request, slug)
    schema = schema_from_json(form.draft)
    if problems := schema_problems(schema):
        # what cannot work cannot be tried either
        return render(
            request,
            "forms/desk/preview.html",
            {"design": form, "problems": [problem_words(problem, schema=schema) for problem in problems]},
        )
    answers: dict[str, Any] = {}
    if request.method == "POST":

        def keep(_field: Any, upload: Any) -> str:
            if not upload.name:
                raise KeepRefused(_("Please choose a file."))
            return str(upload.name)[:80]

        answers = read_answers(
            fields=list(schema.fields()), post=request.POST, files=request.FILES, before={}, keep=keep
        ).answers
    today = city_day(clock.now())
    found = evaluate(schema=schema, answers=answers, today=today)
    view = form_view(
        schema=schema,
        answers=answers,
        evaluation=found,
        show_errors=request.method == "POST",
        more_rows=request.POST.get("add", ""),
        today=today,
    )
    return render(
        request,
        "forms/desk/preview.html",
        {"design": form, "view": view, "is_good": request.method == "POST" and not found.errors},
    )
