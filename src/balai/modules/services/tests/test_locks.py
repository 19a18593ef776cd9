"""Two at the same moment on one application: locked in one order, they follow one another. Real PostgreSQL."""

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.test import Client

from balai.engines.cases.actions import apply_change
from balai.engines.cases.models import Case
from balai.engines.cases.rules.evolution import Given
from balai.foundation.calendar import clock
from balai.foundation.events.actions import deliver
from balai.foundation.events.rules import Actor
from balai.foundation.units.rules import Authority, Grant
from balai.modules.services import reactions
from balai.modules.services.actions import apply as applying
from balai.modules.services.actions.judge import judge_document
from balai.modules.services.models import Application, ApplicationDocument, Visit
from balai.modules.services.tests.applicants import apply_for_card
from balai.modules.services.tests.conftest import Hall
from balai.modules.services.tests.test_outcomes import MAY, do

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


def authority(hall: Hall) -> Authority:
    grant = Grant(post_id=1, post_title="Petugas", level="handler", permissions=MAY, unit_ids=None)
    return Authority(user_id=hall.officer.pk, grants=(grant,))


def together(first: Callable[[], Any], second: Callable[[], Any]) -> list[str]:
    """Run both and return what went wrong."""
    wrong: list[str] = []

    def run(work: Callable[[], Any]) -> None:
        try:
            work()
        except Exception as error:
            wrong.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(work,)) for work in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return wrong


def paused(monkeypatch: pytest.MonkeyPatch, owner: Any, name: str) -> threading.Event:
    """Let a function wait after its work, so that another thread comes between; the event says that it did its work."""
    reached, real = threading.Event(), getattr(owner, name)

    def slow(*args: Any, **kwargs: Any) -> Any:
        done = real(*args, **kwargs)
        reached.set()
        threading.Event().wait(0.6)
        return done

    monkeypatch.setattr(owner, name, slow)
    return reached


@pytest.mark.parametrize("at_work", ["correct_resident", "keep_documents"])
def test_a_correction_and_an_officer(
    hall: Hall, english: Client, photo: Any, monkeypatch: pytest.MonkeyPatch, at_work: str
) -> None:
    case = do(apply_for_card(english, photo), "return", hall, reason="unclear", text="Nama?")
    application, document = Application.objects.get(), ApplicationDocument.objects.get()
    reached, at, actor = paused(monkeypatch, applying, at_work), clock.now(), Actor("staff", hall.officer.pk, 1)

    def officer() -> None:
        reached.wait(10)
        if at_work == "keep_documents":
            judge_document(document_id=document.pk, accept=True, actor=actor, authority=authority(hall), at=at)
            return
        apply_change(
            case_id=case.pk,
            change="progress",
            given=Given(text="Kabar"),
            actor=actor,
            authority=authority(hall),
            at=at,
        )

    def applicant() -> None:
        applying.send_correction(application_id=application.pk, expected_revision=application.revision, at=at)

    assert together(applicant, officer) == []
    case.refresh_from_db()
    assert case.state == "verify"


def test_the_worker_lets_go_between_two_applications(
    hall: Hall, english: Client, photo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, two = apply_for_card(english, photo), apply_for_card(english, photo)
    deliver(at=clock.now())
    at, actor = clock.now(), Actor("staff", hall.officer.pk, 1)
    for case in (one, two):
        Visit.objects.create(
            case=case,
            step="lama",
            officer=hall.officer,
            begins_at=at + timedelta(days=1),
            ends_at=at + timedelta(days=1, hours=1),
            made_at=at,
        )
        given = Given(text="Kabar", reason="unclear")
        apply_change(case_id=case.pk, change="return", given=given, actor=actor, authority=authority(hall), at=at)
    document = ApplicationDocument.objects.get(application__case=two)
    reached = paused(monkeypatch, reactions, "cancel_left")

    def officer() -> None:
        reached.wait(10)
        judge_document(document_id=document.pk, accept=True, actor=actor, authority=authority(hall), at=at)

    assert together(lambda: deliver(at=at), officer) == []
    deliver(at=clock.now())
    assert set(Visit.objects.values_list("state", flat=True)) == {"cancelled"}
    assert Case.objects.filter(state="returned").count() == 2
