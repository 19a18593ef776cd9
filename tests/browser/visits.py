"""An application of the example city that waits for a visit."""

from datetime import timedelta

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from balai.engines.cases.actions import apply_change
from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.units.models import Holding
from balai.foundation.units.queries import authority_of
from balai.modules.services.actions.publish import publish_service, save_service
from balai.modules.services.actions.visits import plan_visit
from balai.modules.services.models import Service, Visit
from balai.modules.services.rules.workflow import workflow_to_json
from balai.modules.services.tests.applicants import apply_for_card
from balai.modules.services.tests.test_visits import STEPS


def waiting_for_a_visit(photo: bytes) -> tuple[Case, Visit]:
    """Return an application that waits for a visit, and the visit; the head of the agency goes there."""
    at = clock.now()
    service = Service.objects.get(slug="ktp-el")
    columns = {"workflow": workflow_to_json(STEPS), "document_template": ""}
    save_service(service_id=service.pk, columns=columns, expected_revision=service.revision, at=at)
    publish_service(service_id=service.pk, actor=SYSTEM, at=at)
    file = SimpleUploadedFile("kk.jpg", photo, content_type="image/jpeg")
    case = apply_for_card(Client(), lambda: file)
    at = clock.now()
    holding = (
        Holding.objects.filter(post__unit=case.unit, post__level="head", valid_to=None).select_related("user").first()
    )
    assert holding is not None
    who = {
        "actor": Actor("staff", holding.user_id, holding.post_id),
        "authority": authority_of(user=holding.user, at=at),
    }
    apply_change(case_id=case.pk, change="pass_look", at=at, **who)  # type: ignore[arg-type]
    visit = plan_visit(
        case_id=case.pk,
        officer_id=holding.user_id,
        begins_at=at + timedelta(hours=1),
        ends_at=at + timedelta(hours=2),
        # whatever the hour at which the tests run
        agreed=True,
        at=at,
        **who,  # type: ignore[arg-type]
    )
    case.refresh_from_db()
    return case, visit
