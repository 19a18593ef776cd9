"""One step of a form in a request: shared by drafts, corrections and the counter."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from balai.foundation.calendar import clock
from balai.foundation.files.actions import UploadRefused
from balai.foundation.forms.rules.evaluate import Evaluation
from balai.foundation.forms.rules.schema import Field, Step
from balai.foundation.forms.web import FormView, KeepRefused, KeptFile, Read, carried_fields, form_view, read_answers
from balai.foundation.identity import conversations
from balai.foundation.limits.actions import TooMany, check_limit
from balai.foundation.limits.callers import caller_of
from balai.foundation.web.words import day_in_full
from balai.modules.services.actions.apply import DraftMovedOn, save_answers
from balai.modules.services.actions.uploads import FileRefused, keep_copies, keep_upload
from balai.modules.services.queries.applications import Papers, papers_of
from balai.modules.services.queries.reuse import Reusable, reusable_documents
from balai.modules.services.words import file_refused_words


def asked_steps(papers: Papers) -> list[Step]:
    """Return the steps that are asked under the present answers."""
    return [step for step in papers.form.schema.steps if step.slug in papers.evaluation.visible]


def step_named(papers: Papers, slug: str) -> Step | None:
    """Return a step that is asked, by name."""
    return next((step for step in asked_steps(papers) if step.slug == slug), None)


HOUR = timedelta(hours=1)
# a family applying for everything, or a counter with one address, stays below
FILES_AN_HOUR = 200


@dataclass(frozen=True)
class Sent:
    """What came of a step that was sent: a page to show again, or on with it. ``later``: it is put off."""

    papers: Papers
    view: FormView | None = None
    status: int = 200
    later: bool = False


def revision_of(request: HttpRequest) -> int:
    """Return the revision that the page carried; one that cannot be for anything else."""
    given = request.POST.get("revision", "")
    return int(given) if given.isdecimal() and len(given) < 9 else -1


def take_step(request: HttpRequest, *, papers: Papers, step: Step, at: datetime) -> Sent:
    """Keep what was sent for a step, also when something is wrong with it, and say how it goes on."""
    carried = carried_fields(step=step, visible=papers.evaluation.visible, post=request.POST)
    read = _read_step(request, papers=papers, fields=carried, at=at)
    if "reuse" in request.POST:
        read = _with_reused(request, papers, step, read, at)
    after = papers_of(papers.application, at=at, answers=read.answers)
    try:
        application = save_answers(
            application_id=papers.application.pk,
            answers=read.answers,
            expected_revision=revision_of(request),
            at=at,
        )
    except DraftMovedOn:
        papers.application.refresh_from_db(fields=["revision"])
        messages.error(
            request,
            _("This form was changed in another tab. Below are the answers of this tab: send again to keep these."),
        )
        return Sent(after, step_view(request, after, step, errors=False), 409)
    after = replace(after, application=application)
    if {"add", "remove", "reuse"} & request.POST.keys() or _appeared(carried, after, step):
        more = request.POST.get("add", "")
        return Sent(after, step_view(request, after, step, errors=False, read=read, more_rows=more))
    if "later" in request.POST:
        return Sent(after, later=True)
    errors = _with_errors_of(after, step)
    if errors.errors or read.refused:
        return Sent(after, step_view(request, after, step, errors=True, read=read, evaluation=errors), 422)
    return Sent(after)


def _read_step(request: HttpRequest, *, papers: Papers, fields: list[Field], at: datetime) -> Read:
    """Read what was sent for a step; its files are kept at once, so that a correction need not send them again."""

    def keep(field: Field, upload: Any) -> str:
        _count_files(request, at)
        try:
            return str(keep_upload(application=papers.application, field=field, upload=upload, at=at).key)
        except UploadRefused as refused:
            raise KeepRefused(refused.needed if field.required else refused.message) from refused
        except FileRefused as refused:
            raise KeepRefused(file_refused_words(refused)) from refused

    return read_answers(fields=fields, post=request.POST, files=request.FILES, before=papers.answers, keep=keep)


def _count_files(request: HttpRequest, at: datetime) -> None:
    """Count a file that is kept: a draft needs no account, and nobody fills the disk from one address.

    :raises KeepRefused: after two hundred in an hour.
    """
    try:
        check_limit(key=f"draft-file:{caller_of(request)}", limit=FILES_AN_HOUR, per=HOUR, at=at)
    except TooMany as too_many:
        raise KeepRefused(_("Too many files from this address. Wait an hour, then send the rest.")) from too_many


def _appeared(carried: list[Field], after: Papers, step: Step) -> bool:
    """Return whether the answers of a step have made questions of the same step appear that the page did not carry."""
    slugs = {field.slug for field in step.fields}
    return bool((after.evaluation.visible & slugs) - {field.slug for field in carried})


def kept_files(papers: Papers) -> dict[str, KeptFile]:
    """Return the files of an application as a form shows them; photos keep no name, so that several get numbers."""
    given = [tokens for tokens in papers.answers.values() if isinstance(tokens, list)]
    photos = [
        token
        for token in (token for tokens in given for token in tokens if isinstance(token, str))
        if token in papers.files and not papers.files[token].name
    ]
    numbers = {token: place for place, token in enumerate(photos, start=1)} if len(photos) > 1 else {}
    return {
        token: KeptFile(
            token,
            file.name or (_("Photo %(n)s") % {"n": numbers[token]} if token in numbers else _("photo")),
            # a draft has no reader but its code, which does not belong into the address of a file
            reverse("files:photo", args=[file.key])
            if file.state == "ready" and papers.application.case_id is not None
            else "",
            _("%(size)s kB") % {"size": max(1, round(file.size / 1024))},
        )
        for token, file in papers.files.items()
    }


def _with_reused(request: HttpRequest, papers: Papers, step: Step, read: Read, at: datetime) -> Read:
    """Answer a file question with a copy of what was accepted before; nothing changes where that is not this browser's."""
    wanted = replace(papers, answers=read.answers)
    earlier = _reusable(request, wanted, step, at).get(request.POST["reuse"])
    if earlier is None:
        return read
    try:
        _count_files(request, at)
        tokens = keep_copies(application=papers.application, files=earlier.files, at=at)
    except FileRefused as refused:
        return replace(read, refused={**read.refused, earlier.slug: file_refused_words(refused)})
    except KeepRefused as too_many:
        return replace(read, refused={**read.refused, earlier.slug: str(too_many)})
    if not tokens:
        words = _("The earlier document cannot be read any more. Please send it once more.")
        return replace(read, refused={**read.refused, earlier.slug: words})
    return replace(read, answers={**read.answers, earlier.slug: tokens})


def _reusable(request: HttpRequest, papers: Papers, step: Step, at: datetime) -> dict[str, Reusable]:
    if papers.application.entered_by_id is not None:
        # an officer's browser opens matters of many people
        return {}
    return reusable_documents(papers=papers, fields=step.fields, marks=conversations.marks(request), at=at)


def step_view(
    request: HttpRequest,
    papers: Papers,
    step: Step,
    *,
    errors: bool,
    read: Read | None = None,
    more_rows: str = "",
    evaluation: Evaluation | None = None,
) -> FormView:
    """Return a step for the template."""
    earlier = _reusable(request, papers, step, clock.now())
    return form_view(
        schema=papers.form.schema,
        answers=papers.answers,
        evaluation=evaluation or papers.evaluation,
        step=step,
        show_errors=errors,
        refused=read.refused if read else {},
        known_files=kept_files(papers),
        offers={
            slug: _("Accepted on %(day)s for application %(reference)s.")
            % {"day": day_in_full(each.accepted_at), "reference": each.reference}
            for slug, each in earlier.items()
        },
        more_rows=more_rows,
        today=papers.today,
    )


def _with_errors_of(papers: Papers, step: Step) -> Evaluation:
    """Return the evaluation with the errors of one step only, for a page that shows no other."""
    return replace(papers.evaluation, errors=papers.evaluation.errors_of(step))
