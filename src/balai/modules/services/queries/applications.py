"""Read applications: drafts by their code, sent ones by their matter."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from balai.engines.cases.models import Case
from balai.foundation.files.models import Attachment
from balai.foundation.files.queries import attachments_of
from balai.foundation.forms.queries import PublishedForm, published_form
from balai.foundation.forms.rules.evaluate import Evaluation, evaluate
from balai.foundation.identity.fields import blind_index
from balai.foundation.identity.rules import tidy_code
from balai.foundation.memory.kept import Kept
from balai.foundation.places.queries import city_day
from balai.modules.services.models import Application, Service

OWNER = "application"
CONTACT = ("name", "email", "phone", "nik")


def draft_hash(code: str) -> str:
    """Return the keyed hash under which a draft's code is kept."""
    return blind_index("application-draft", tidy_code(code))


@dataclass(frozen=True, kw_only=True)
class Papers:
    """An application with its form, its answers and what they come to; ``files`` by token."""

    application: Application
    form: PublishedForm
    answers: dict[str, Any]
    evaluation: Evaluation
    files: Mapping[str, Attachment]
    # the day in the city under which the answers were evaluated
    today: date


def open_service(*, slug: str) -> Service | None:
    """Return a service that can be applied for, None where there is none of that name."""
    return (
        Service.objects.select_related("record__unit", "unit", "live__record_version", "category")
        .filter(slug=slug, live__isnull=False)
        .first()
    )


_services: Kept[str, Service | None] = Kept()


def kept_service(slug: str) -> Service | None:
    """Return what :func:`open_service` does, at most three seconds old: programs send many applications for one.

    Read each time, a join of six tables would cost more than taking the application in.
    """
    return _services.get(slug, lambda: open_service(slug=slug))


def draft_of(*, code: str, at: datetime) -> Application | None:
    """Return the draft that a code opens; None for a wrong code, a draft that was sent or one that is too old."""
    return (
        Application.objects.select_related("version__service__record__unit", "version__service__unit")
        .filter(token_hash=draft_hash(code), case__isnull=True, expires_at__gt=at)
        .first()
    )


def sent_of(*, code: str) -> Application | None:
    """Return the application that a draft's code opened before it was sent."""
    rows = Application.objects.select_related("case__reporter", "case__unit")
    return rows.filter(token_hash=draft_hash(code), case__isnull=False).first()


def application_of(*, case: Case) -> Application | None:
    """Return the application behind a matter; None for a check that another agency makes."""
    return (
        Application.objects.select_related(
            "version__service__record__unit", "version__service__unit", "version__record_version"
        )
        .filter(case=case)
        .first()
    )


def answers_of(application: Application) -> dict[str, Any]:
    """Return the answers as they were given, or sent: what officers read and decide on."""
    return json.loads(application.answers) if application.answers else {}


def corrected_of(application: Application) -> dict[str, Any]:
    """Return the answers as the applicant is correcting them; before the first change those that were sent."""
    return json.loads(application.correction) if application.correction else answers_of(application)


def papers_of(
    application: Application,
    *,
    at: datetime,
    answers: dict[str, Any] | None = None,
    files: Sequence[Attachment] | None = None,
    today: date | None = None,
) -> Papers:
    """Return an application with everything in it; ``answers`` instead of the stored ones while they are changed.

    ``files`` and ``today`` (the day in the city) where the caller has read them for several applications at once.
    """
    form = published_form(application.version.form_version_id)
    given = answers_of(application) if answers is None else answers
    day = today or city_day(at)
    if files is None:
        files = attachments_of(owner_kind=OWNER, owner_ids=[application.pk]).get(application.pk, [])
    return Papers(
        application=application,
        form=form,
        answers=given,
        evaluation=evaluate(schema=form.schema, answers=given, today=day),
        files={str(file.key): file for file in files},
        today=day,
    )


def contact_of(papers: Papers) -> dict[str, str]:
    """Return what the answers say of the applicant (name, email, phone, nik; empty: not asked).

    A form says by ``prefill`` which of its questions asks for which.
    """
    contact = dict.fromkeys(CONTACT, "")
    for field in papers.form.schema.fields():
        if field.prefill in contact and not contact[field.prefill]:
            contact[field.prefill] = str(papers.evaluation.values.get(field.slug) or "")
    return contact
