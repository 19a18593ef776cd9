"""People whose report was merged hear what becomes of it, once, and can stop hearing."""

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from balai.engines.cases.actions import undo_change
from balai.engines.cases.models import Case, Follower
from balai.engines.cases.queries.followers import follower_pages
from balai.foundation.calendar import clock
from balai.foundation.events.actions import deliver
from balai.foundation.events.models import Event
from balai.foundation.events.rules import Actor
from balai.foundation.identity.actions import register_resident
from balai.foundation.messages.actions import send_queued
from balai.foundation.messages.models import OutboxMessage
from balai.modules.complaints import follower_reactions
from balai.modules.complaints.stop_links import follower_of, stop_token
from balai.modules.complaints.tests.residents import send
from balai.modules.complaints.tests.test_conversation import officer

pytestmark = pytest.mark.django_db


def follow(case: Case, email: str) -> Follower:
    resident = register_resident(email=email, locale="id", at=clock.now())
    return Follower.objects.create(case=case, resident=resident, at=clock.now())


def news(template: str = "follow_answered") -> list[OutboxMessage]:
    return list(OutboxMessage.objects.filter(template=template).order_by("id"))


def answered(city: Any, case: Case) -> Case:
    officer(city, case, "start")
    return officer(city, case, "answer", text="Lubang sudah ditambal.")


def test_a_follower_hears_of_the_answer_once(english, city, now):
    case = send(english, now)
    follower = follow(case, "ikut@example.org")
    answered(city, case)
    deliver(at=clock.now())
    Event.objects.update(delivered_at=None)
    deliver(at=clock.now())

    (message,) = news()
    assert message.resident_id == follower.resident_id
    assert message.context["text"] == "Lubang sudah ditambal."
    assert "stop_link" not in message.context
    while send_queued(at=clock.now()):
        pass
    (letter,) = [each for each in mail.outbox if each.to == ["ikut@example.org"]]
    assert "sudah dijawab" in letter.subject
    assert "Lubang sudah ditambal." in letter.body
    assert f"/complaints/following/{stop_token(follower_id=follower.pk)}/stop/" in letter.body


def test_nobody_hears_of_a_secret_report_or_of_what_was_taken_back(english, city, now):
    secret = send(english, now, privacy="secret")
    follow(secret, "a@example.org")
    answered(city, secret)
    taken_back = send(english, now)
    follow(taken_back, "b@example.org")
    done = answered(city, taken_back)
    undo_change(case_id=done.pk, seq=done.seq, actor=Actor("staff", city.handler.pk), at=clock.now())
    deliver(at=clock.now())

    assert news() == []


def test_the_link_asks_first_and_then_ends_it(english, city, now):
    case = send(english, now)
    follower = follow(case, "ikut@example.org")
    other = follow(case, "lain@example.org")
    address = reverse("complaints:stop_following", args=[stop_token(follower_id=follower.pk)])
    visitor = Client()

    asked = visitor.get(address)
    assert asked.status_code == 200
    assert "Berhenti mengikuti laporan" in asked.content.decode()
    assert asked["Referrer-Policy"] == "no-referrer"
    assert Follower.objects.count() == 2
    for _time in range(2):
        assert "tidak lagi mengikuti" in visitor.post(address).content.decode()
    assert list(Follower.objects.all()) == [other]
    answered(city, case)
    deliver(at=clock.now())
    assert [message.resident_id for message in news()] == [other.resident_id]


def test_a_link_that_is_not_ours_leads_nowhere(english, city, now):
    follower = follow(send(english, now), "ikut@example.org")
    good = stop_token(follower_id=follower.pk)
    assert follower_of(token=good) == follower.pk
    for bad in (str(follower.pk), f"{follower.pk + 1}{good[len(str(follower.pk)) :]}", "x"):
        assert Client().post(reverse("complaints:stop_following", args=[bad])).status_code == 404
    assert Follower.objects.count() == 1


def test_everybody_is_reached_page_by_page(english, city, now, monkeypatch):
    case = send(english, now)
    followers = [follow(case, f"ikut{number}@example.org") for number in range(5)]
    follow_without_mail = register_resident(phone="081234567890", at=clock.now())
    Follower.objects.create(case=case, resident=follow_without_mail, at=clock.now())

    assert [len(page) for page in follower_pages(case_id=case.pk, size=2)] == [2, 2, 1]
    monkeypatch.setattr(
        follower_reactions, "follower_pages", lambda *, case_id: follower_pages(case_id=case_id, size=2)
    )
    answered(city, case)
    deliver(at=clock.now())
    assert [message.resident_id for message in news()] == [follower.resident_id for follower in followers]


def test_whoever_was_merged_follows_on_and_followers_hear_of_the_merger(english, city, now):
    first = send(english, now, email="satu@example.org", name="Satu")
    second = send(english, now, email="dua@example.org", name="Dua", text="Lubang yang sama di jalan ini.")
    follower = follow(second, "ikut@example.org")
    officer(city, second, "merge", target_id=first.pk)
    deliver(at=clock.now())
    (merged,) = news("follow_merged")
    assert (merged.resident_id, merged.context["target"]) == (follower.resident_id, first.reference)

    answered(city, first)
    deliver(at=clock.now())
    assert {message.resident_id for message in news()} == {follower.resident_id, second.reporter_id}
