"""Begin, fill and send the applications of a life event together."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction

from balai.engines.cases.actions import Opened
from balai.engines.cases.queries.opened import code_mark
from balai.modules.services.actions.apply import (
    DraftMovedOn,
    NotComplete,
    begin_application,
    new_draft_code,
    save_answers,
    submit_application,
)
from balai.modules.services.actions.uploads import FileRefused, keep_copies
from balai.modules.services.models import Application, Bundle, BundleLine, LifeEventText, Service
from balai.modules.services.queries.applications import Papers, papers_of
from balai.modules.services.queries.cosign import unsigned
from balai.modules.services.queries.life import bundle_hash
from balai.modules.services.rules.life import (
    LifeEvent,
    LifeLine,
    LifeProblem,
    life_problems,
    lines_from_json,
    lines_to_json,
    shared_answers,
    shared_files,
)

# a list of which nothing was sent goes with its drafts; one that was sent lives as long as people look at it
BUNDLE_LIVES = timedelta(days=30)
SENT_BUNDLE_LIVES = timedelta(days=400)


class LifeMovedOn(Exception):
    """Somebody else changed the life event after the page was loaded; nothing was changed."""


class LifeRefused(Exception):
    """A list of things to do cannot be kept; ``problems`` say why."""

    def __init__(self, problems: tuple[LifeProblem, ...]) -> None:
        super().__init__("; ".join(f"{problem.line} {problem.code}" for problem in problems))
        self.problems = problems


class BundleNotSent(Exception):
    """One application could not be sent, so none was. ``line`` is its place in the list."""

    def __init__(self, line: BundleLine, error: NotComplete) -> None:
        super().__init__(f"{line}: {error}")
        self.line = line
        self.error = error


@dataclass(frozen=True, kw_only=True)
class BegunBundle:
    """A list, and the code that opens it; the code is kept nowhere."""

    bundle: Bundle
    code: str


@transaction.atomic
def save_life_event(*, event: LifeEvent, active: bool, expected_revision: int, at: datetime) -> LifeEventText:
    """Keep a city's own words and list; -1 for an event that only the program has said until now.

    :raises LifeMovedOn: if it was changed since ``expected_revision``. :raises LifeRefused: with what is wrong.
    """
    if problems := life_problems(event.lines):
        raise LifeRefused(problems)
    row = LifeEventText.objects.select_for_update().filter(slug=event.slug).first()
    if (row.revision if row else -1) != expected_revision:
        raise LifeMovedOn
    columns = {
        "name_id": event.name_id,
        "name_en": event.name_en or event.name_id,
        "words_id": event.words_id,
        "words_en": event.words_en,
        "lines": lines_to_json(event.lines),
        "active": active,
        "revision": expected_revision + 1,
        "changed_at": at,
    }
    if row is None:
        try:
            with transaction.atomic():
                return LifeEventText.objects.create(slug=event.slug, **columns)
        except IntegrityError as error:
            # there was no row to lock, and somebody else was faster
            raise LifeMovedOn from error
    LifeEventText.objects.filter(pk=row.pk).update(**columns)
    row.refresh_from_db()
    return row


@transaction.atomic
def begin_bundle(
    *, event: LifeEvent, chosen: Collection[int], happened: date | None = None, locale: str = "id", at: datetime
) -> BegunBundle:
    """Begin a list with a draft for each service that takes applications.

    ``chosen`` are the places (from 0) of the optional lines that the person wants; the others always come.
    """
    code = new_draft_code()
    bundle = Bundle.objects.create(
        event=event.slug,
        token_hash=bundle_hash(code),
        happened=happened.isoformat() if happened else "",
        locale=locale,
        started_at=at,
        changed_at=at,
    )
    services = _open_services(line.service for line in event.lines)
    for place, line in enumerate(event.lines):
        if line.optional and place not in chosen:
            continue
        service = services.get(line.service)
        BundleLine.objects.create(
            bundle=bundle,
            position=place,
            line=lines_to_json([line])[0],
            application=begin_application(service=service, locale=locale, at=at).application if service else None,
        )
    return BegunBundle(bundle=bundle, code=code)


def _open_services(slugs: Any) -> dict[str, Service]:
    return {
        service.slug: service
        for service in Service.objects.filter(slug__in={slug for slug in slugs if slug}, live__isnull=False)
    }


@transaction.atomic
def begin_again(*, line: BundleLine, at: datetime) -> Application | None:
    """Begin the draft of a line anew after it was left until it went away; None: the service takes none now."""
    held = BundleLine.objects.select_for_update().select_related("bundle").get(pk=line.pk)
    if held.application_id is not None:
        return held.application
    service = _open_services([lines_from_json([held.line])[0].service]).get(line_of(held).service)
    if service is None:
        return None
    held.application = begin_application(
        service=service, locale=held.bundle.locale, on_behalf=held.bundle.group_name, at=at
    ).application
    held.save(update_fields=["application"])
    return held.application


def line_of(line: BundleLine) -> LifeLine:
    """Return what a line says."""
    return lines_from_json([line.line])[0]


def carry_over(*, bundle: Bundle, papers: Papers, before: Mapping[str, Any], at: datetime) -> int:
    """Carry what was just answered into the other drafts that ask the same; return how many changed.

    A draft that somebody changes at this very moment keeps what they write there.
    """
    changed = 0
    others = (
        Application.objects.filter(pk__in=bundle.lines.values("application"), case__isnull=True)
        .exclude(pk=papers.application.pk)
        .select_related("version")
    )
    for other in others:
        theirs = papers_of(other, at=at)
        answers = shared_answers(
            schema=papers.form.schema,
            before=before,
            after=papers.answers,
            other=theirs.form.schema,
            answers=theirs.answers,
        )
        answers |= _copied_files(papers, theirs, at)
        if answers == theirs.answers:
            continue
        try:
            save_answers(application_id=other.pk, answers=answers, expected_revision=other.revision, at=at)
        except DraftMovedOn:
            continue
        changed += 1
    Bundle.objects.filter(pk=bundle.pk).update(changed_at=at)
    return changed


def _copied_files(papers: Papers, theirs: Papers, at: datetime) -> dict[str, list[str]]:
    """Return tokens of copies, by question, for questions of the other form that have no file yet."""
    kept: dict[str, list[str]] = {}
    for slug in shared_files(schema=papers.form.schema, other=theirs.form.schema):
        files = [papers.files[token] for token in papers.answers.get(slug) or () if token in papers.files]
        if theirs.answers.get(slug) or not files:
            continue
        try:
            copies = keep_copies(application=theirs.application, files=files, at=at)
        except FileRefused:
            # the other has too many files already: the person sends this one there
            continue
        if copies:
            kept[slug] = copies
    return kept


@transaction.atomic
def send_bundle(*, bundle: Bundle, revisions: Mapping[int, int], at: datetime) -> list[Opened]:
    """Send every application of a list that is complete, in one commit, and return them; the others stay drafts.

    ``revisions`` are those that the page showed, by application.

    :raises BundleNotSent: if one cannot be sent after all; then none is.
    :raises DraftMovedOn: if one was changed in another tab.
    """
    opened = []
    lines = bundle.lines.select_for_update(of=("self",)).filter(application__case__isnull=True)
    for line in lines.exclude(application=None).select_related("application__version"):
        application = line.application
        if application is None:
            continue
        papers = papers_of(application, at=at)
        if papers.evaluation.errors or unsigned(papers):
            continue
        if application.revision != revisions.get(application.pk, -1):
            raise DraftMovedOn
        try:
            sent = submit_application(application_id=application.pk, expected_revision=application.revision, at=at)
        except NotComplete as error:
            raise BundleNotSent(line, error) from error
        line.mark = code_mark(sent.case)
        line.save(update_fields=["mark"])
        opened.append(sent)
    Bundle.objects.filter(pk=bundle.pk).update(changed_at=at)
    return opened


def touch_bundle(*, bundle: Bundle, at: datetime) -> None:
    """Note that a list is used: thirty days, or four hundred, count from now."""
    Bundle.objects.filter(pk=bundle.pk).update(changed_at=at)


def tick(*, line: BundleLine, done: bool, at: datetime) -> None:
    """Note what the person says of something done elsewhere."""
    BundleLine.objects.filter(pk=line.pk, application=None).update(done_at=at if done else None)
    Bundle.objects.filter(pk=line.bundle_id).update(changed_at=at)


def forget_bundles(*, at: datetime) -> int:
    """Delete lists that nobody touched: after thirty days where nothing was sent, else after four hundred."""
    sent = BundleLine.objects.filter(application__case__isnull=False).values("bundle")
    old = Bundle.objects.filter(changed_at__lte=at - BUNDLE_LIVES).exclude(pk__in=sent)
    count: int = old.delete()[1].get("services.Bundle", 0)
    count += Bundle.objects.filter(changed_at__lte=at - SENT_BUNDLE_LIVES).delete()[1].get("services.Bundle", 0)
    return count
