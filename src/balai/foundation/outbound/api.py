"""Programs keep their own webhooks with a key."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Router, Schema, Status

from balai.foundation.api.keys import require_key
from balai.foundation.api.problems import Problem
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.outbound import actions, queries
from balai.foundation.outbound.actions import WebhookRefused
from balai.foundation.outbound.models import Webhook
from balai.foundation.outbound.words import PROBLEMS

router = Router(tags=["webhooks"])
SCOPE = "webhooks"


class Wanted(Schema):
    """Where to, and what of."""

    name: str
    address: str
    topics: list[str]


def _shown(webhook: Webhook) -> dict[str, Any]:
    return {
        "id": webhook.pk,
        "name": webhook.name,
        "address": webhook.address,
        "topics": webhook.topics,
        "active": webhook.active,
        "failing_since": webhook.failing_since,
    }


@router.get("/topics", url_name="webhook_topics")
def topics(request: HttpRequest) -> dict[str, Any]:
    """List what programs can be told of."""
    return {
        "topics": [{"name": each.name, "label": str(each.label), "text": str(each.text)} for each in queries.topics()]
    }


@router.get("", url_name="webhooks")
def own(request: HttpRequest) -> dict[str, Any]:
    """List the webhooks of this key."""
    key = require_key(request, SCOPE)
    return {"webhooks": [_shown(row) for row in Webhook.objects.filter(key_id=key.pk)]}


@router.post("", url_name="webhook_make", response={201: dict[str, Any]})
def make(request: HttpRequest, wanted: Wanted) -> Status[dict[str, Any]]:
    """Be told from now on; the secret that signs comes back once."""
    at = clock.now()
    key = require_key(request, SCOPE, at=at)
    try:
        made = actions.create_webhook(
            name=wanted.name,
            address=wanted.address,
            wanted=wanted.topics,
            key_id=key.pk,
            actor=Actor("api", key.pk),
            at=at,
        )
    except WebhookRefused as refused:
        raise Problem(422, detail=PROBLEMS[refused.code], kind="not-understood") from refused
    return Status(201, {**_shown(made.webhook), "secret": made.secret})


@router.delete("/{webhook_id}", url_name="webhook_remove", response={204: None})
def remove(request: HttpRequest, webhook_id: int) -> Status[None]:
    """Be told nothing more."""
    at = clock.now()
    key = require_key(request, SCOPE, at=at)
    found = Webhook.objects.filter(pk=webhook_id, key_id=key.pk).first()
    if found is None:
        raise Problem(404, detail=_("This key has no webhook of this number."), kind="not-found")
    actions.remove_webhook(webhook=found, actor=Actor("api", key.pk), at=at)
    return Status(204, None)
