"""What programs can be told of matters; nothing that only the reporter may read."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from balai.engines.cases.actions.kinds import kind_at
from balai.engines.cases.events import NoteWritten, reference_of
from balai.engines.cases.models import Case
from balai.engines.cases.queries.families import family_of
from balai.engines.cases.rules.kinds import END_CLASSES
from balai.foundation.events.models import Event
from balai.foundation.outbound.actions import announce
from balai.foundation.outbound.contributions import WebhookTopic

RECEIVED, MOVED, ENDED = "matter.received", "matter.moved", "matter.ended"
TOPICS = (
    WebhookTopic(
        name=RECEIVED,
        label=_("A report or an application came in"),
        text=_(
            "Kind, agency, channel and promise. The number only where everybody may read the matter, or to the key that sent it in."
        ),
    ),
    WebhookTopic(name=MOVED, label=_("A report or an application moved"), text=_("The same, with the new state.")),
    WebhookTopic(
        name=ENDED, label=_("A report or an application ended"), text=_("The same, and whether the promise was kept.")
    ),
)
SILENT = frozenset({NoteWritten.fact_name()})


def tell_programs(*, event: Event) -> None:
    """Queue what programs want to hear of this event; of secret matters nobody hears."""
    case = Case.objects.select_related("unit").filter(reference=reference_of(event.stream), parent__isnull=True).first()
    if case is None or case.privacy == Case.Privacy.SECRET or event.kind in SILENT:
        return
    state = kind_at(case.kind, case.kind_version).state(event.data.get("state_to") or case.state)
    topic = RECEIVED if event.kind == "CaseReceived" else ENDED if state.state_class in END_CLASSES else MOVED
    number: dict[str, Any] = {"reference": case.reference}
    is_public = case.privacy != Case.Privacy.PRIVATE
    announce(
        topic=topic,
        event_id=event.pk,
        facts={
            "family": case.family,
            "kind": case.kind,
            "agency": case.unit.slug,
            "channel": case.channel,
            "state": state.slug,
            "state_class": state.state_class,
            "at": event.at.isoformat(),
            "due_at": case.due_at.isoformat() if case.due_at else None,
            **({"on_time": case.on_time} if topic == ENDED else {}),
            **({**number, "page": _page(case)} if is_public else {}),
        },
        of_key=_key_of(event),
        own_facts=number,
        at=event.at,
    )


def _page(case: Case) -> str:
    page = family_of(case).public_page
    return reverse(page, args=[case.reference]) if page else ""


def _key_of(event: Event) -> int | None:
    """Return the key by which the matter came in, None for everybody else."""
    first = Event.objects.filter(stream=event.stream, kind="CaseReceived").only("actor_kind", "actor_id").first()
    return first.actor_id if first is not None and first.actor_kind == "api" else None
