"""Services are found behind the magnifying glass, beside everything else."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.engines.cases.queries.subjects import subject_of
from balai.modules.services.tests.conftest import Hall

pytestmark = pytest.mark.django_db


def test_services_and_numbers_are_found_in_one_place(
    hall: Hall, english: Client, now: Any, django_assert_max_num_queries: Any
) -> None:
    english.get(reverse("web:search"), {"q": "akta"})
    with django_assert_max_num_queries(8):
        page = english.get(reverse("web:search"), {"q": "akta"}).content.decode()
    assert reverse("services:service", args=["akta-kelahiran"]) in page
    assert reverse("services:service", args=["ktp-el"]) not in page
    page = english.get(reverse("web:search"), {"q": "26-BHGD-EYPP"}).content.decode()
    assert f"{reverse('complaints:find')}?q=26-BHGD-EYPP" in page
    front = english.get("/").content.decode()
    assert reverse("web:search") in front


def test_whoever_reads_of_a_service_can_report_about_it(hall: Hall, english: Client, now: Any) -> None:
    page = english.get(reverse("services:service", args=["ktp-el"])).content.decode()
    assert f"{reverse('complaints:new')}?about=service_standard%3Aktp-el" in page
    found = subject_of("service_standard:ktp-el")
    assert found is not None
    assert (found.unit_id, found.url) == (hall.office.pk, reverse("services:service", args=["ktp-el"]))
