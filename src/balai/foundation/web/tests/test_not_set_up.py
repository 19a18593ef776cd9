"""Before the city is set up, pages say so."""

import pytest
from django.test import Client


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/complaints/new/", "/complaints/statistics/", "/outlines-village.geojson"])
def test_a_page_without_a_city_is_not_a_fault(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code in (404, 503)
    if answer.status_code == 503:
        assert int(answer["Retry-After"]) >= 60


@pytest.mark.django_db
def test_a_program_gets_a_problem_document(client: Client) -> None:
    answer = client.get("/open311/v2/services.json")
    assert answer.status_code == 503
