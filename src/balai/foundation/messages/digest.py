"""The daily letter to operators about what does not work; no letter when all is well."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from balai.foundation.identity.models import User
from balai.foundation.jobs.queries import WorkState, work_state
from balai.foundation.messages.actions import Draft, queue_messages
from balai.foundation.messages.contributions import MessageTemplate
from balai.foundation.messages.queries import Troubles, operators, troubles
from balai.foundation.messages.words import describe_reason

OPERATOR_DIGEST = MessageTemplate(
    slug="operator_digest",
    channel="email",
    subject_id="Balai: {count} hal perlu perhatian Anda",
    subject_en="Balai: {count} matters need your attention",
    body_id=(
        "Dalam 24 jam terakhir:\n\n{problems}\n\n"
        "Pesan yang gagal: {base_url}/settings/messages/outbox/?state=failed\n"
        "Pekerjaan latar: {base_url}/settings/jobs/\n\n"
        "Surat ini hanya datang bila ada masalah."
    ),
    body_en=(
        "In the last 24 hours:\n\n{problems}\n\n"
        "Failed messages: {base_url}/settings/messages/outbox/?state=failed\n"
        "Background work: {base_url}/settings/jobs/\n\n"
        "This letter only comes when something is wrong."
    ),
    variables=("count", "problems"),
)
TEST_MESSAGE = MessageTemplate(
    slug="test_message",
    channel="email",
    subject_id="Percobaan: surel dari Balai sampai",
    subject_en="Test: mail from Balai arrives",
    body_id="Bila Anda membaca ini, pesan kepada warga dan petugas juga sampai.\n\n{base_url}",
    body_en="If you can read this, messages to residents and officers arrive as well.\n\n{base_url}",
    urgent=True,
)


def send_digest(*, at: datetime) -> int:
    """Queue the letter to every operator, once a day, and return how many; none without a problem."""
    found, work = troubles(at=at), work_state(at=at)
    if not (found.failed or found.late or work.failed):
        return 0
    return queue_messages(drafts=[_draft(person, found, work, at=at) for person in operators()], at=at)


def _draft(person: User, found: Troubles, work: WorkState, *, at: datetime) -> Draft:
    with translation.override(person.locale):
        lines = _lines(found, work)
    return Draft(
        dedupe_key=f"digest:{at:%Y-%m-%d}:user:{person.pk}:email",
        template=OPERATOR_DIGEST.slug,
        channel="email",
        locale=person.locale,
        user_id=person.pk,
        context={"count": len(lines), "problems": "\n".join(f"- {line}" for line in lines)},
    )


def _lines(found: Troubles, work: WorkState) -> list[str]:
    lines = [
        ngettext(
            "%(count)s message “%(template)s” failed: %(reason)s",
            "%(count)s messages “%(template)s” failed: %(reason)s",
            count,
        )
        % {"count": count, "template": template, "reason": describe_reason(code)[0]}
        for template, code, count in found.failed
    ]
    if found.late:
        lines.append(_("Messages that have waited longer than an hour: %(count)s") % {"count": found.late})
    if work.failed:
        lines.append(_("Background jobs that failed at every try: %(count)s") % {"count": work.failed})
    return lines
