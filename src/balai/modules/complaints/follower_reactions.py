"""Tell the people who follow a report what becomes of it. Called by the worker, at least once; queued once each."""

from django.conf import settings
from django.urls import reverse

from balai.engines.cases.events import reference_of
from balai.engines.cases.models import Case, Entry
from balai.engines.cases.queries import public_cases
from balai.engines.cases.queries.followers import follower_pages
from balai.foundation.events.models import Event
from balai.foundation.messages.actions import Draft, queue_messages
from balai.modules.complaints.stop_links import stop_token

TEMPLATES = {
    "CaseAnswered": "follow_answered",
    "CaseConfirmed": "follow_closed",
    "CaseClosedSilently": "follow_closed",
    "CaseRefused": "follow_closed",
    "CaseWithdrawn": "follow_closed",
    "CaseReopened": "follow_reopened",
    "CaseMerged": "follow_merged",
}


def tell_followers(*, event: Event) -> None:
    """Queue the news for every follower; of a report that is not public, or taken back by now, nobody hears."""
    reports = public_cases().select_related("unit", "merged_into").filter(family="complaint")
    case = reports.filter(reference=reference_of(event.stream)).first()
    if case is None or _is_undone(event):
        return
    template, target = TEMPLATES[event.kind], ""
    if template == "follow_merged":
        target = _public_target(case)
        # a number that leads nowhere helps nobody
        template = template if target else "follow_closed"
    context = {
        "reference": case.reference,
        "title": case.title,
        "unit": case.unit.name,
        "text": _public_words(case, event),
        "target": target,
    }
    for followers in follower_pages(case_id=case.pk):
        queue_messages(
            drafts=[
                Draft(
                    # the prefix by which undoing a change calls its messages back
                    dedupe_key=f"case:{case.pk}:{event.seq}:follower:{follower.resident_id}:email",
                    template=template,
                    channel="email",
                    resident_id=follower.resident_id,
                    subject_kind="case",
                    subject_id=case.pk,
                    context=context,
                    secret_context={"stop_link": _stop_link(follower.pk)},
                )
                for follower in followers
            ],
            at=event.at,
        )


def _stop_link(follower_id: int) -> str:
    path = reverse("complaints:stop_following", args=[stop_token(follower_id=follower_id)])
    return f"{settings.BALAI_BASE_URL.rstrip('/')}{path}"


def _is_undone(event: Event) -> bool:
    later = Event.objects.filter(stream=event.stream, seq__gt=event.seq, kind="CaseUndone")
    return any(row.data.get("undone_seq") == event.seq for row in later)


def _public_target(case: Case) -> str:
    if case.merged_into_id is None:
        return ""
    found = public_cases().filter(pk=case.merged_into_id).values_list("reference", flat=True).first()
    return str(found or "")


def _public_words(case: Case, event: Event) -> str:
    entry = Entry.objects.filter(case=case, seq=event.seq, audience=Entry.Audience.PUBLIC).first()
    return entry.public_text if entry else ""
