"""Officers are told what needs them, once."""

from datetime import timedelta

import pytest

from balai.engines.cases.actions import climb_ladders
from balai.engines.cases.events import MOVES
from balai.foundation.calendar import clock
from balai.foundation.events.actions import deliver
from balai.foundation.events.models import Event
from balai.foundation.messages.checks import check_templates
from balai.foundation.messages.contributions import MessageTemplate
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.registry.discover import contributions
from balai.foundation.units.models import Holding
from balai.modules.complaints.case_kinds import KINDS
from balai.modules.complaints.message_templates import TEMPLATES
from balai.modules.complaints.tests.residents import send

pytestmark = pytest.mark.django_db


def told(template: str) -> list[str]:
    return sorted(
        message.user.email for message in OutboxMessage.objects.filter(template=template).select_related("user")
    )


def test_the_handler_of_the_agency_is_told_once(english, city, now):
    case = send(english, now)
    deliver(at=clock.now())
    Event.objects.update(delivered_at=None)
    deliver(at=clock.now())

    assert told("case_new_for_unit") == [city.handler.email]
    message = OutboxMessage.objects.get()
    assert message.context == {
        "reference": case.reference,
        "title": case.title,
        "unit": city.works.name,
        "address": f"/desk/complaints/{case.reference}/",
    }


def test_a_broken_promise_reaches_the_head(english, city, now):
    send(english, now)
    now.shift(timedelta(days=30))
    climb_ladders(at=clock.now())
    deliver(at=clock.now())

    assert city.head.email in told("case_escalated")


def test_the_words_of_a_secret_report_do_not_travel(english, city, now):
    case = send(english, now, privacy="secret", text="Pungutan liar di loket tujuh")
    deliver(at=clock.now())

    assert OutboxMessage.objects.get().context["title"] == case.reference


def test_where_nobody_is_nothing_breaks(english, city, now):
    Holding.objects.all().delete()
    send(english, now)

    deliver(at=clock.now())

    assert not Event.objects.filter(delivered_at=None).exists()
    assert not OutboxMessage.objects.exists()


def test_every_message_that_a_kind_names_has_words():
    known = {template.slug for template in contributions(MessageTemplate)}
    named = {kind.received_message for kind in KINDS} | {
        change.message for kind in KINDS for change in kind.changes if change.message
    }

    assert named <= known
    assert all(change.name in MOVES for kind in KINDS for change in kind.changes)


def test_texts_use_only_what_the_message_has():
    assert check_templates() == []
    assert {template.slug for template in TEMPLATES} <= {template.slug for template in contributions(MessageTemplate)}
