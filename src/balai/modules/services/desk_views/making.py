"""Make a service: its standard to decree and publication, its form, its steps; then open it to everybody."""

from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from balai.engines.catalogs import actions as catalogue
from balai.engines.catalogs.models import PublicComment, Record, RecordVersion
from balai.engines.catalogs.queries import comments_on, unanswered
from balai.engines.catalogs.rules import is_asked
from balai.foundation.calendar import clock
from balai.foundation.documents.queries import usable_templates
from balai.foundation.events.rules import Actor
from balai.foundation.forms.actions import FormNotReady, create_form
from balai.foundation.forms.models import Form
from balai.foundation.forms.rules.schema import FormSchema, schema_from_json
from balai.foundation.forms.words import problem_words
from balai.foundation.outbound.queries import known_systems
from balai.foundation.places.queries import city_day
from balai.foundation.units.models import Unit
from balai.foundation.web.words import is_english
from balai.modules.services.actions.publish import (
    ServiceMovedOn,
    ServiceNotReady,
    create_service,
    publish_service,
    save_service,
)
from balai.modules.services.data import starting_form, starting_workflow
from balai.modules.services.forms import (
    NewServiceForm,
    RightsForm,
    StepSet,
    initial_rights,
    initial_steps,
    workflow_from,
)
from balai.modules.services.forms_consultation import OUTCOMES, ConsultationForm
from balai.modules.services.forms_standard import DecreeForm, MinutesForm, StandardForm
from balai.modules.services.models import Service
from balai.modules.services.queries.replay import replay_draft
from balai.modules.services.queries.standards import service_lines
from balai.modules.services.rules.standard import FOURTEEN, KIND
from balai.modules.services.rules.standards_file import RESERVED
from balai.modules.services.rules.workflow import workflow_from_json, workflow_problems, workflow_to_json
from balai.modules.services.standard_words import component_label
from balai.modules.services.words import REPLAY_SOURCES, content_problem_words, workflow_problem_words

State = RecordVersion.State
REVIEW_YEARS = 3
# what the page offers; no source says how long the public is asked
USUAL_CONSULTATION_DAYS = 14
MOST_COMMENTS_IN_MINUTES, LONGEST_MINUTES = 50, 4_000


def _may(request: HttpRequest, permission: str, unit_id: int | None = None) -> bool:
    return bool(request.authority.may(permission, unit_id=unit_id))  # type: ignore[attr-defined]


def record_for(request: HttpRequest, slug: str, permission: str = "services.design") -> Record:
    """Return a record that this officer may make; others are answered like those that do not exist."""
    record = Record.objects.select_related("unit").filter(kind=KIND, slug=slug).first()
    if record is None or not _may(request, permission, record.unit_id):
        raise Http404
    return record


def actor_of(request: HttpRequest) -> Actor:
    """Return who is signed in, as events name them."""
    return Actor("staff", request.user.pk)


def _number(request: HttpRequest, name: str) -> int:
    given = request.POST.get(name, "")
    return int(given) if given.isdecimal() and len(given) < 9 else -1


def designs_all(request: HttpRequest) -> bool:
    """Return whether this officer makes services for the whole city."""
    grants = request.authority.grants_for("services.design")  # type: ignore[attr-defined]
    return any(grant.unit_ids is None for grant in grants)


def _units(request: HttpRequest) -> Any:
    rows = Unit.objects.filter(active=True).order_by("name")
    if designs_all(request):
        return rows
    grants = request.authority.grants_for("services.design")  # type: ignore[attr-defined]
    return rows.filter(pk__in={pk for grant in grants for pk in grant.unit_ids or ()})


@require_http_methods(["GET", "POST"])
def services(request: HttpRequest) -> HttpResponse:
    """Show the services of one's agencies with how complete each is, and begin a new one."""
    if not _may(request, "services.design"):
        raise PermissionDenied
    units = _units(request)
    form = NewServiceForm(request.POST or None, units=units)
    if request.method == "POST" and form.is_valid():
        return redirect("services_desk:standard", _begin(request, form).slug)
    at = clock.now()
    waiting = unanswered(kind=KIND)
    live = set(Service.objects.filter(live__isnull=False).values_list("record_id", flat=True))
    lines = service_lines(day=city_day(at), unit_ids=frozenset(units.values_list("pk", flat=True)))
    return render(
        request,
        "services/desk/services.html",
        {
            "lines": [(line, line.record.pk in live, waiting.get(line.record.pk, 0)) for line in lines],
            "total": len(FOURTEEN),
            "form": form,
            "may_all": designs_all(request),
        },
        status=422 if request.method == "POST" else 200,
    )


@transaction.atomic
def _begin(request: HttpRequest, form: NewServiceForm) -> Record:
    data, at = form.cleaned_data, clock.now()
    taken = set(Record.objects.filter(kind=KIND).values_list("slug", flat=True))
    version = catalogue.create_record(
        kind=KIND,
        slug=form.slug(taken=taken | RESERVED),
        unit_id=data["unit"].pk,
        name_id=data["name_id"],
        name_en=data["name_en"],
        group_id=data["group_id"],
        group_en=data["group_id"],
        keywords=data["keywords"],
        actor=actor_of(request),
        at=at,
    )
    return version.record


def _version(record: Record) -> RecordVersion | None:
    return RecordVersion.objects.select_related("record").filter(record=record).order_by("-number").first()


@require_http_methods(["GET", "POST"])
def standard(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the standard, component by component, with the meter beside it."""
    record = record_for(request, slug)
    version = _version(record)
    if version is None:
        raise Http404
    if request.method != "POST":
        return _standard_page(request, record, version)
    form = StandardForm(request.POST, content=version.content)
    if form.is_valid() and _save(request, version, form):
        return redirect("services_desk:standard", slug)
    return _standard_page(request, record, version, form=form)


def _standard_page(
    request: HttpRequest,
    record: Record,
    version: RecordVersion,
    *,
    form: StandardForm | None = None,
    step: MinutesForm | DecreeForm | ConsultationForm | None = None,
) -> HttpResponse:
    """Show a standard; ``form`` or the form of a ``step`` came back with what is wrong."""
    today = city_day(clock.now())
    line = next(
        line for line in service_lines(day=today, unit_ids=frozenset({record.unit_id})) if line.record.pk == record.pk
    )
    minutes = MinutesForm(initial={"held_on": today, "points": _said(version)})
    until = {"until": today + timedelta(days=USUAL_CONSULTATION_DAYS)}
    return render(
        request,
        "services/desk/standard.html",
        {
            "record": record,
            "version": version,
            "form": form or StandardForm(content=version.content),
            "may_write": version.state in (State.DRAFT, State.CONSULTATION),
            "may_publish": _may(request, "catalogs.publish", record.unit_id),
            "missing": [
                component_label(component) for component in FOURTEEN if not version.content.get(component.slug)
            ],
            "filled": sum(bool(version.content.get(component.slug)) for component in FOURTEEN),
            "total": len(FOURTEEN),
            "minutes_form": step if isinstance(step, MinutesForm) else minutes,
            "decree_form": step if isinstance(step, DecreeForm) else DecreeForm(initial={"day": today}),
            "consultation_form": step if isinstance(step, ConsultationForm) else ConsultationForm(initial=until),
            "asked": is_asked(state=version.state, until=version.consulted_until, day=today),
            "comments": comments_on(version).count(),
            "unanswered": comments_on(version).filter(outcome="").count(),
            "service": Service.objects.select_related("live", "form").filter(record=record).first(),
            "is_live": line.is_live,
        },
        status=422 if form is not None or step is not None else 200,
    )


def _said(version: RecordVersion) -> str:
    """Return what was said on the page and answered, to begin the minutes with."""
    rows = comments_on(version).exclude(outcome="").exclude(outcome=PublicComment.Outcome.HIDDEN).order_by("pk")
    lines = (f"- {row.words}\n  {OUTCOMES[row.outcome]}: {row.answer}" for row in rows[:MOST_COMMENTS_IN_MINUTES])
    return "\n".join(lines)[:LONGEST_MINUTES]


def _save(request: HttpRequest, version: RecordVersion, form: StandardForm) -> bool:
    try:
        catalogue.save_draft(
            version_id=version.pk,
            content=form.content(),
            expected_revision=_number(request, "revision"),
            actor=actor_of(request),
            at=clock.now(),
        )
    except catalogue.MovedOn:
        messages.error(request, _("Somebody else changed this standard meanwhile. Compare, then keep yours again."))
    except catalogue.NotNow:
        messages.error(request, _("This version is decreed; begin the next one to change it."))
    except catalogue.ContentRefused as refused:
        messages.error(request, " ".join(content_problem_words(problem) for problem in refused.problems))
    else:
        messages.success(request, _("Kept."))
        return True
    return False


@require_POST
def advance(request: HttpRequest, slug: str) -> HttpResponse:
    """Take the standard one step on: consultation, minutes, decree, publication, back, next version."""
    record = record_for(request, slug)
    version = _version(record)
    if version is None:
        raise Http404
    word = request.POST.get("do", "")
    if word in ("decree", "publish") and not _may(request, "catalogs.publish", record.unit_id):
        raise PermissionDenied
    if _number(request, "revision") != version.revision:
        messages.error(request, _("Somebody else changed this standard meanwhile. Look at it first."))
        return redirect("services_desk:standard", slug)
    form = STEP_FORMS[word](request.POST) if word in STEP_FORMS else None
    if form is not None and not form.is_valid():
        return _standard_page(request, record, version, step=form)
    try:
        _advance(request, version, word, form.cleaned_data if form is not None else {})
    except catalogue.NotNow as error:
        words = str(_NOT_NOW.get(error.code, gettext_lazy("This step is not possible now.")))
        if form is not None:
            # what was typed stays
            form.add_error(None, words)
            return _standard_page(request, record, version, step=form)
        messages.error(request, words)
    except catalogue.Incomplete:
        messages.error(request, _("Not published: compulsory components say nothing yet."))
    return redirect("services_desk:standard", slug)


STEP_FORMS: dict[str, type[MinutesForm | DecreeForm | ConsultationForm]] = {
    "consult": ConsultationForm,
    "minutes": MinutesForm,
    "decree": DecreeForm,
}


def _advance(request: HttpRequest, version: RecordVersion, word: str, given: dict[str, Any]) -> None:
    who: dict[str, Any] = {"actor": actor_of(request), "at": clock.now()}
    if word == "consult":
        catalogue.open_consultation(version_id=version.pk, **given, **who)
    elif word == "minutes":
        catalogue.record_minutes(version_id=version.pk, **given, **who)
    elif word == "decree":
        catalogue.set_decree(version_id=version.pk, **given, **who)
    elif word == "publish":
        day = city_day(who["at"])
        review = date(day.year + REVIEW_YEARS, day.month, min(day.day, 28))
        catalogue.publish_version(version_id=version.pk, valid_from=day, review_date=review, **who)
        messages.success(request, _("The standard counts from today."))
    elif word == "back":
        catalogue.return_to_draft(version_id=version.pk, reason=request.POST.get("reason", "") or "–", **who)
    elif word == "next":
        catalogue.begin_version(record_id=version.record_id, **who)


_NOT_NOW = {
    "no_minutes": gettext_lazy("First the public is heard: write the minutes of the consultation."),
    "no_decree": gettext_lazy("Write the number of the decree."),
    "not_that_day": gettext_lazy("This day is still to come."),
    "bad_until": gettext_lazy("The last day lies between today and a year from now."),
    "still_asked": gettext_lazy(
        "Everybody may still say what they think: wait until that day is over, or take it back to the draft."
    ),
    "unanswered": gettext_lazy("First every comment gets an answer."),
    "begins_too_early": gettext_lazy("Another version begins on the same day or later."),
}


def _service(request: HttpRequest, record: Record) -> Service:
    """Return the service of a record, made at the first look with a form and steps to start from."""
    found = Service.objects.select_related("live", "form", "record__unit").filter(record=record).first()
    if found is not None:
        return found
    at = clock.now()
    with transaction.atomic():
        # two looks at once make one
        Record.objects.select_for_update(of=("self",)).get(pk=record.pk)
        found = Service.objects.select_related("live", "form", "record__unit").filter(record=record).first()
        if found is not None:
            return found
        form = Form.objects.filter(slug=f"svc-{record.slug}").first() or create_form(
            slug=f"svc-{record.slug}",
            label_id=record.name_id,
            label_en=record.name_en,
            unit_id=record.unit_id,
            schema=starting_form(),
            at=at,
        )
        return create_service(
            record_id=record.pk, form_id=form.pk, workflow=workflow_from_json(starting_workflow()), at=at
        )


@require_http_methods(["GET", "POST"])
def steps(request: HttpRequest, slug: str) -> HttpResponse:
    """Write the steps of working it off; what keeps them from working is named."""
    record = record_for(request, slug)
    service = _service(request, record)
    workflow = workflow_from_json(service.workflow)
    rows = StepSet(request.POST or None, initial=initial_steps(workflow), prefix="steps")
    rights = RightsForm(request.POST or None, initial=initial_rights(workflow), prefix="rights")
    status = 200
    if request.method == "POST":
        status = 422
        if rows.is_valid() and rights.is_valid():
            made = workflow_from([row for row in rows.cleaned_data if row], rights=rights, before=workflow)
            columns = {
                "workflow": workflow_to_json(made),
                "fee_field": request.POST.get("fee_field", "")[:60],
                "document_template": request.POST.get("document_template", "")[:60],
                "compensation_id": request.POST.get("compensation_id", "")[:2000],
                "compensation_en": request.POST.get("compensation_en", "")[:2000],
            }
            try:
                save_service(
                    service_id=service.pk,
                    columns=columns,
                    expected_revision=_number(request, "revision"),
                    at=clock.now(),
                )
            except ServiceMovedOn:
                status = 409
                messages.error(
                    request, _("Somebody else changed these steps meanwhile. Compare, then keep yours again.")
                )
            else:
                messages.success(request, _("Kept."))
                return redirect("services_desk:steps", slug)
    units = frozenset(Unit.objects.values_list("slug", flat=True))
    return render(
        request,
        "services/desk/steps.html",
        {
            "record": record,
            "service": service,
            "rows": rows,
            "rights": rights,
            "problems": [
                workflow_problem_words(problem, workflow=workflow)
                for problem in workflow_problems(workflow=workflow, units=units, systems=known_systems())
            ],
            "templates": usable_templates(unit_id=service.unit_id),
            "computed": [
                (each["slug"], (is_english() and each.get("label_en")) or each["label_id"])
                for each in (service.form.draft if service.form else {}).get("computed", [])
            ],
        },
        status=status,
    )


@require_safe
def replayed(request: HttpRequest, slug: str) -> HttpResponse:
    """Show how last year's applications would go through the steps as they are written now."""
    record = record_for(request, slug)
    service = _service(request, record)
    workflow = workflow_from_json(service.workflow)
    units = frozenset(Unit.objects.values_list("slug", flat=True))
    problems = [
        workflow_problem_words(problem, workflow=workflow)
        for problem in workflow_problems(workflow=workflow, units=units, systems=known_systems())
    ]
    found = None if problems else replay_draft(service=service, at=clock.now())
    steps = {step.slug: step for step in workflow.steps}
    return render(
        request,
        "services/desk/replay.html",
        {
            "record": record,
            "problems": problems,
            "found": found,
            "rows": [
                {"line": line, "step": steps[line.slug], "source": REPLAY_SOURCES[line.source]}
                for line in (found.steps if found else ())
            ],
            "longest": steps[found.longest.slug] if found and found.longest else None,
        },
    )


def _draft_of(service: Service) -> FormSchema:
    return schema_from_json(service.form.draft) if service.form else FormSchema()


@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Open a service: the standard that counts today, its form and its steps become one version."""
    record = record_for(request, slug)
    service = _service(request, record)
    try:
        version = publish_service(
            service_id=service.pk,
            actor=actor_of(request),
            at=clock.now(),
            expected_revision=_number(request, "revision"),
        )
    except ServiceMovedOn:
        messages.error(request, _("Somebody else changed these steps meanwhile. Look at them first."))
    except ServiceNotReady as error:
        for problem in error.problems:
            words = workflow_problem_words(problem, workflow=workflow_from_json(service.workflow))
            messages.error(request, words)
    except FormNotReady as error:
        for each in error.problems:
            messages.error(request, problem_words(each, schema=_draft_of(service)))
    else:
        messages.success(
            request, _("Open: from now on people apply under version %(number)s.") % {"number": version.number}
        )
    return redirect("services_desk:standard", slug)
