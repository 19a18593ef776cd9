"""The example's year of applications is made by the same rules as the live way."""

from datetime import date
from typing import Any

import pytest

from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.foundation.events.queries import find_break
from balai.foundation.forms.queries import published_form
from balai.foundation.forms.rules.evaluate import evaluate
from balai.foundation.payments.models import Bill
from balai.modules.services.actions.apply import foreign_files
from balai.modules.services.example.talks import TALKS, sign_ins
from balai.modules.services.example.year import load_year
from balai.modules.services.models import Application, DelayRisk, SurveyInvitation, SurveyTotal
from balai.modules.services.queries.applications import answers_of, papers_of
from balai.modules.services.queries.survey import full_sums
from balai.modules.services.rules.survey import ElementSum
from balai.modules.services.tests.conftest import TODAY, Hall

pytestmark = pytest.mark.django_db


def test_a_year_holds_together(hall: Hall, now: Any) -> None:
    load_year(seed=3, today=TODAY, size=1_000, progress=lambda _done, _total: None)
    load_year(seed=3, today=TODAY, size=1_000, progress=lambda _done, _total: None)
    assert Application.objects.count() == Case.objects.filter(family="application").count() == 200
    assert find_break() is None
    for application in Application.objects.select_related("case")[:60]:
        schema = published_form(application.version.form_version_id).schema
        found = evaluate(schema=schema, answers=answers_of(application), today=application.case.received_at.date())
        files = {field.slug for field in schema.fields() if field.kind == "file"}
        assert set(found.errors) <= files, (application.version.service.slug, found.errors)
    # what can still be corrected has the files that its page calls given
    for application in Application.objects.filter(case__is_open=True):
        papers = papers_of(application, at=clock.now(), today=application.case.received_at.date())
        assert (papers.evaluation.errors, foreign_files(papers)) == ({}, {})
        assert all(document.tokens for document in application.documents.all())
    ended = Case.objects.filter(family="application", is_open=False).count()
    assert SurveyInvitation.objects.count() == ended > 100
    late = Case.objects.filter(family="application", on_time=False).count()
    assert DelayRisk.objects.count() >= late > 0
    for quarter in set(SurveyTotal.objects.values_list("quarter", flat=True)):
        whole = full_sums(quarter=quarter)
        totals = list(SurveyTotal.objects.filter(quarter=quarter))
        assert whole.answers == sum(total.answers for total in totals)
        summed = {
            f"U{n}": ElementSum(
                sum(total.elements[f"U{n}"][0] for total in totals), sum(total.elements[f"U{n}"][1] for total in totals)
            )
            for n in range(1, 10)
        }
        assert whole.elements == summed
    # every talk can be opened, and what is to be paid has its bill
    assert len(sign_ins()) == len(TALKS)
    bills = Bill.objects.all()
    assert {bill.state for bill in bills} == {"open"}
    assert all(bill.amount_idr > 0 for bill in bills)
    assert min(case.received_at.date() for case in Case.objects.all()) >= date(2025, 11, 24)
