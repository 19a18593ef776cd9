"""What the case engine gives: permissions, its clockwork, its totals."""

from datetime import timedelta

from balai.engines.cases import guards, reactions, tasks, webhooks
from balai.engines.cases.actions.search import forget_all, index_missing
from balai.engines.cases.events import (
    MOVES,
    CaseCorrected,
    CaseEscalated,
    CaseEvent,
    CaseMerged,
    CaseReassigned,
    CaseReceived,
    CaseReopened,
    CaseRouted,
    CaseStepped,
    CaseUndone,
    CaseVerified,
    ReporterAdded,
    ReporterReplied,
)
from balai.engines.cases.message_templates import STAFF
from balai.engines.cases.permissions import PERMISSIONS
from balai.foundation.events.contributions import Subscription
from balai.foundation.files.contributions import FileGuard
from balai.foundation.jobs.contributions import Periodic
from balai.foundation.registry.descriptor import Room
from balai.foundation.search.contributions import Source

# several changes share one fact; each fact is subscribed to once
_FACTS: dict[type[CaseEvent], None] = dict.fromkeys(
    (CaseReceived, *MOVES.values(), CaseStepped, CaseEscalated, CaseUndone, CaseCorrected)
)

_TOLD: dict[type[CaseEvent], None] = dict.fromkeys((CaseReceived, *MOVES.values(), CaseStepped))

engine = Room(
    slug="cases",
    gives=(
        *PERMISSIONS,
        *(Subscription(event=fact, call=reactions.note_month) for fact in _FACTS),
        # others leave the words and their readers as they were
        *(Subscription(event=fact, call=reactions.index_words) for fact in (CaseReceived, CaseCorrected, CaseMerged)),
        *STAFF,
        FileGuard(owner_kind="case", may_see=guards.may_see_photo),
        FileGuard(owner_kind="case_entry", may_see=guards.may_see_photo),
        *(Subscription(event=fact, call=reactions.tell_unit) for fact in (CaseRouted, CaseVerified, CaseReassigned)),
        Subscription(event=CaseEscalated, call=reactions.tell_level),
        *(
            Subscription(event=fact, call=reactions.tell_officer)
            for fact in (ReporterReplied, ReporterAdded, CaseReopened)
        ),
        *webhooks.TOPICS,
        *(Subscription(event=fact, call=webhooks.tell_programs) for fact in _TOLD),
        Source(name="cases", fill=index_missing, forget=forget_all),
        Periodic(name="cases.climb", every=timedelta(seconds=30), call=tasks.climb),
        Periodic(name="cases.totals", every=timedelta(seconds=5), call=tasks.totals),
        Periodic(name="cases.words", every=timedelta(minutes=5), call=tasks.words),
    ),
)
