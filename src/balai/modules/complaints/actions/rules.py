"""Edit routing rules: a draft, tried against the last 90 days, then switched on whole."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max

from balai.engines.cases.models import Case
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.calendar.rules import is_open
from balai.foundation.events.actions import append
from balai.foundation.events.rules import Actor
from balai.foundation.identity.models import User
from balai.foundation.places.queries import current_city
from balai.modules.complaints.events import RuleSetActivated
from balai.modules.complaints.models import Rule, RuleSet
from balai.modules.complaints.queries.set_up import forget_set_up, load_set_up
from balai.modules.complaints.rules.routing import RoutingRule, Subject, check_conditions, route

TRIED_DAYS = 90
EXAMPLES = 10


class NotADraft(Exception):
    """An active or older rule set is not edited; make a draft from it."""


class NotTried(Exception):
    """A draft is switched on only as it was tried on the last 90 days."""


class RulesMovedOn(Exception):
    """The rules of a draft were written anew while they were tried; the result belongs to none."""


@dataclass(frozen=True, kw_only=True)
class NewRule:
    """One rule of a draft; order is its place in the list."""

    name: str
    unit_id: int
    conditions: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def draft_rules(*, user: User | None, at: datetime) -> RuleSet:
    """Return a new draft that begins as a copy of the active rules."""
    active = RuleSet.objects.filter(active=True).first()
    version = (RuleSet.objects.aggregate(most=Max("version"))["most"] or 0) + 1
    draft = RuleSet.objects.create(version=version, created_at=at, created_by=user)
    if active is not None:
        Rule.objects.bulk_create(
            [
                Rule(rule_set=draft, order=row.order, name=row.name, conditions=row.conditions, unit_id=row.unit_id)
                for row in active.rules.all()
            ]
        )
    return draft


@transaction.atomic
def replace_rules(*, draft: RuleSet, rules: Sequence[NewRule]) -> None:
    """Write a draft's rules anew, in the order given; the result of an earlier trial is dropped.

    :raises NotADraft: for rules that are or were active; :raises BadCondition: for a condition that cannot be read.
    """
    locked = _locked_draft(draft)
    for rule in rules:
        check_conditions(rule.conditions)
    locked.rules.all().delete()
    Rule.objects.bulk_create(
        [
            Rule(rule_set=locked, order=order, name=rule.name, conditions=rule.conditions, unit_id=rule.unit_id)
            for order, rule in enumerate(rules, start=1)
        ]
    )
    locked.dry_run = None
    locked.save(update_fields=["dry_run"])


def _locked_draft(draft: RuleSet) -> RuleSet:
    # locked and read anew: somebody else may switch it on, or write its rules, at the same moment
    locked = RuleSet.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if locked.active or locked.activated_at is not None:
        raise NotADraft
    return locked


def dry_run(*, draft: RuleSet, at: datetime) -> dict[str, Any]:
    """Try a draft on the last 90 days, keep and return the result: how many go where, how many change, examples.

    Compared with where the active rules send the same reports today, not with where people passed them later.

    :raises NotADraft: for rules that are or were active: what was decided on stays as it was read then.
    :raises RulesMovedOn: if the draft was written anew meanwhile; nothing is kept.
    """
    if RuleSet.objects.filter(pk=draft.pk).exclude(active=False, activated_at=None).exists():
        raise NotADraft
    known = load_set_up()
    city = current_city()
    zone = ZoneInfo(city.time_zone)
    calendar = work_calendar()
    new_rules = [
        RoutingRule(id=row.pk, unit_id=row.unit_id, name=row.name, conditions=row.conditions)
        for row in draft.rules.order_by("order")
    ]
    goes: Counter[int] = Counter()
    went: Counter[int] = Counter()
    examples: list[dict[str, Any]] = []
    tried = moved = 0
    rows = (
        Case.objects.filter(family="complaint", received_at__gte=at - timedelta(days=TRIED_DAYS), received_at__lte=at)
        .select_related("category", "village", "district")
        .order_by("-received_at")
    )
    for case in rows.iterator(chunk_size=1_000):
        local = case.received_at.astimezone(zone)
        subject = Subject(
            category=case.category.slug,
            kind=case.kind,
            channel=case.channel,
            text=case.text,
            area_codes=tuple(area.code for area in (case.village, case.district) if area),
            minute=local.hour * 60 + local.minute,
            in_hours=is_open(at=case.received_at, calendar=calendar),
        )
        before = route(
            rules=known.rules,
            subject=subject,
            category_unit_id=case.category.unit_id,
            central_desk_id=known.central_desk_id,
        )
        after = route(
            rules=new_rules,
            subject=subject,
            category_unit_id=case.category.unit_id,
            central_desk_id=known.central_desk_id,
        )
        tried += 1
        goes[after.unit_id] += 1
        went[before.unit_id] += 1
        if before.unit_id != after.unit_id:
            moved += 1
            if len(examples) < EXAMPLES:
                examples.append(
                    {
                        "reference": case.reference,
                        "title": case.title if case.privacy != Case.Privacy.SECRET else "",
                        "before": before.unit_id,
                        "after": after.unit_id,
                        "because": after.because,
                    }
                )
    result = {
        "at": at.isoformat(),
        "days": TRIED_DAYS,
        "tried": tried,
        "moved": moved,
        "units": [
            {"unit": unit, "before": went[unit], "after": goes[unit]}
            for unit in sorted(set(goes) | set(went), key=lambda unit: -goes[unit])
        ],
        "examples": examples,
    }
    _keep_trial(draft=draft, tried=[rule.id for rule in new_rules], result=result)
    return result


@transaction.atomic
def _keep_trial(*, draft: RuleSet, tried: list[int], result: dict[str, Any]) -> None:
    # reading 90 days takes too long to hold a lock; rules that are written anew have new ids
    locked = _locked_draft(draft)
    if list(locked.rules.order_by("order").values_list("pk", flat=True)) != tried:
        raise RulesMovedOn
    locked.dry_run = result
    locked.save(update_fields=["dry_run"])


@transaction.atomic
def activate_rules(*, draft: RuleSet, actor: Actor, at: datetime, untried: bool = False) -> None:
    """Switch a draft on and the present rules off; only new reports are routed by it.

    ``untried`` is for the first rules of a city, which has no reports to try them on.

    :raises NotADraft: if it has been active before; :raises NotTried: if it was not tried since its last change.
    """
    locked = _locked_draft(draft)
    if locked.dry_run is None and not untried:
        raise NotTried
    RuleSet.objects.filter(active=True).update(active=False)
    locked.active, locked.activated_at = True, at
    locked.save(update_fields=["active", "activated_at"])
    append(
        stream="complaints:rules",
        event=RuleSetActivated(version=locked.version, rules=locked.rules.count()),
        actor=actor,
        at=at,
    )
    forget_set_up()
    # until the commit others read the old rules and keep them
    transaction.on_commit(forget_set_up)
