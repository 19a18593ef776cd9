"""Ask somebody to sign too; sign, or say no."""

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from balai.foundation.events.actions import append
from balai.foundation.events.facts import DomainEvent
from balai.foundation.events.rules import Actor
from balai.foundation.identity.actions import forget_resident, register_resident
from balai.foundation.messages.actions import Draft, cancel_queued, queue_messages
from balai.modules.services.actions.apply import hold_application
from balai.modules.services.events import CoSignDeclined, CoSigned, stream_of
from balai.modules.services.models import Application, CoSignature
from balai.modules.services.queries.applications import Papers, contact_of, corrected_of, papers_of
from balai.modules.services.queries.cosign import cosign_hash, cosign_lines, to_sign
from balai.modules.services.rules.cosign import digest_of
from balai.modules.services.rules.workflow import CoSigner

TEMPLATE = "application_cosign"
LONGEST_NAME = 120
LONGEST_WORDS = 300


class CoSignRefused(Exception):
    """Nothing was changed. ``code``: not_asked (nobody of this kind signs here), no_name, closed, changed."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request, and the token of its link; the token is kept nowhere."""

    row: CoSignature
    token: str


def _named(name: str) -> str:
    tidy = " ".join(name.split())[:LONGEST_NAME]
    if sum(sign.isalpha() for sign in tidy) < 2:
        raise CoSignRefused("no_name")
    return tidy


def _only_letters(name: str) -> str:
    """Return a name as it may stand in a letter to a stranger: no address and no number to call hides in it."""
    return " ".join(re.sub(r"[^\w\s'’-]|[\d_]", " ", name).split())[:60]


def _held(application_id: int, slug: str, at: datetime) -> tuple[Papers, CoSigner]:
    application = hold_application(application_id)
    if application.case is not None and application.case.state != "returned":
        raise CoSignRefused("closed")
    papers = papers_of(application, at=at, answers=corrected_of(application))
    wanted = next((line.cosigner for line in cosign_lines(papers) if line.cosigner.slug == slug), None)
    if wanted is None:
        raise CoSignRefused("not_asked")
    return papers, wanted


def _replace(application: Application, cosigner: CoSigner, *, at: datetime, **columns: object) -> CoSignature:
    """Let a request take the place of the one before, whose link opens nothing any more."""
    for old in CoSignature.objects.filter(application=application, slug=cosigner.slug, sent_at__isnull=True):
        cancel_queued(key_prefix=f"{TEMPLATE}:{old.pk}:", reason="undone", at=at)
        resident_id = old.resident_id
        old.delete()
        if resident_id is not None:
            forget_resident(resident_id=resident_id)
    return CoSignature.objects.create(
        application=application,
        slug=cosigner.slug,
        label_id=cosigner.label_id,
        label_en=cosigner.label_en or cosigner.label_id,
        asked_at=at,
        **columns,
    )


@transaction.atomic
def ask_cosigner(*, application_id: int, slug: str, name: str, email: str = "", at: datetime) -> Asked:
    """Ask somebody to sign; whoever was asked before is asked no more. The link goes by mail where there is an address.

    :raises CoSignRefused: see there. :raises ContactRefused: if the address cannot be right.
    """
    papers, cosigner = _held(application_id, slug, at)
    named = _named(name)
    resident = (
        register_resident(name=named, email=email, locale=papers.application.locale, at=at) if email.strip() else None
    )
    token = secrets.token_urlsafe(18)
    row = _replace(
        papers.application,
        cosigner,
        at=at,
        name=named,
        asked_name=named,
        resident=resident,
        token_hash=cosign_hash(token),
    )
    if resident is not None:
        draft = Draft(
            dedupe_key=f"{TEMPLATE}:{row.pk}:email",
            template=TEMPLATE,
            channel="email",
            resident_id=resident.pk,
            context={
                "title": papers.application.version.service.record.name_id,
                "applicant": _only_letters(contact_of(papers)["name"]) or "–",
            },
            secret_context={"token": token},
        )
        queue_messages(drafts=[draft], at=at)
    return Asked(row=row, token=token)


@transaction.atomic
def sign_too(*, token: str, name: str, digest: str, at: datetime) -> CoSignature:
    """Sign what the page showed, whose ``digest`` it carried.

    :raises CoSignRefused: ``closed``, ``no_name``; ``changed`` if the answers are others by now.
    """
    row, papers = _opened(token, at)
    if digest_of(papers.evaluation.values) != digest:
        raise CoSignRefused("changed")
    if row.digest == digest:
        # signed already: nobody signs under another name afterwards
        return row
    row.name, row.digest, row.signed_at = _named(name), digest, at
    row.declined_at, row.declined_words, row.entered_by_id = None, "", None
    row.save()
    _tell(papers, CoSigned(application_id=papers.application.pk, cosigner=row.slug, on_paper=False), None, at)
    return row


def _opened(token: str, at: datetime) -> tuple[CoSignature, Papers]:
    found = CoSignature.objects.filter(token_hash=cosign_hash(token)).values_list("application_id", flat=True).first()
    if found is None:
        raise CoSignRefused("closed")
    # against the applicant who changes an answer at this moment
    hold_application(found)
    opened = to_sign(token=token, at=at)
    if opened is None:
        raise CoSignRefused("closed")
    return opened


@transaction.atomic
def decline_to_sign(*, token: str, words: str, at: datetime) -> CoSignature:
    """Say no; the applicant reads the words.

    :raises CoSignRefused: ``closed``.
    """
    row, papers = _opened(token, at)
    row.digest, row.signed_at, row.entered_by_id = "", None, None
    row.declined_at, row.declined_words = at, words.strip()[:LONGEST_WORDS]
    row.save()
    _tell(papers, CoSignDeclined(application_id=papers.application.pk, cosigner=row.slug), None, at)
    return row


@transaction.atomic
def sign_on_paper(*, application_id: int, slug: str, name: str, user_id: int, at: datetime) -> CoSignature:
    """Write down as an officer that somebody signed on paper at the counter what stands here.

    :raises CoSignRefused: see there.
    """
    papers, cosigner = _held(application_id, slug, at)
    row = _replace(
        papers.application,
        cosigner,
        at=at,
        name=_named(name),
        token_hash=cosign_hash(secrets.token_urlsafe(18)),
        signed_at=at,
        digest=digest_of(papers.evaluation.values),
        entered_by_id=user_id,
    )
    _tell(papers, CoSigned(application_id=application_id, cosigner=slug, on_paper=True), user_id, at)
    return row


def _tell(papers: Papers, event: DomainEvent, user_id: int | None, at: datetime) -> None:
    actor = Actor("resident") if user_id is None else Actor("staff", user_id)
    append(stream=stream_of(papers.application.version.service.slug), event=event, actor=actor, at=at)
