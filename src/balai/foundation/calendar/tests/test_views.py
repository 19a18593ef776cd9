"""The staff's pages on days off and opening hours."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.test import Client

from balai.foundation.calendar import actions
from balai.foundation.calendar.models import CalendarEdit, Holiday, Schedule

pytestmark = [pytest.mark.django_db, pytest.mark.urls("balai.foundation.calendar.tests.addresses")]
AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)


class Authority:
    """What a member of staff may do in these tests."""

    def __init__(self, *permissions: str) -> None:
        self.permissions = permissions

    def may(self, permission: str, **where: Any) -> bool:
        return permission in self.permissions

    def grants_for(self, permission: str) -> tuple[Any, ...]:
        return ()


@pytest.fixture
def sign_in(settings: Any, client: Client) -> Callable[..., Client]:
    """Return a client of somebody with some permissions, without the rooms that appoint people."""

    def signed_in(*permissions: str, language: str = "en") -> Client:
        user = get_user_model().objects.create(email="petugas@example.org", name="Petugas", created_at=AT)
        client.force_login(user)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        settings.LOGIN_URL = "/sign-in/"
        GivenAuthority.authority = Authority(*permissions)
        return client

    swapped = {
        "balai.foundation.units.middleware.AuthorityMiddleware": f"{__name__}.GivenAuthority",
        "balai.foundation.identity.middleware.SecondFactorMiddleware": "",
    }
    settings.MIDDLEWARE = [swapped.get(name, name) for name in settings.MIDDLEWARE if swapped.get(name, name)]
    return signed_in


class GivenAuthority:
    """Put the authority of the test into each request."""

    authority = Authority()

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.authority = self.authority  # type: ignore[attr-defined]
        return self.get_response(request)


@pytest.fixture
def filled() -> None:
    actions.ensure_default_schedules(at=AT)
    actions.load_holidays(years=[2026], at=AT)


PAGES = [
    "/settings/calendar/",
    "/settings/calendar/days/add/",
    "/settings/calendar/days/2026-12-24/",
    "/settings/calendar/hours/office-5/",
]


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("page", PAGES)
def test_nobody_sees_the_pages_without_the_permission(sign_in: Callable[..., Client], page: str) -> None:
    client = sign_in("units.edit")
    assert client.get(page).status_code == 403
    client.logout()
    assert client.get(page).status_code == 302


@pytest.mark.usefixtures("filled")
@pytest.mark.parametrize("page", PAGES)
def test_nothing_is_written_without_the_permission(sign_in: Callable[..., Client], page: str) -> None:
    client = sign_in()
    edits = CalendarEdit.objects.count()
    assert client.post(page, {"date": "2026-04-01", "name": "Hari jadi kota", "day_0": "08.00-09.00"}).status_code in (
        403,
        405,
    )
    for word in ("days/load/", "days/2026-12-24/remove/"):
        assert client.post(f"/settings/calendar/{word}").status_code == 403
    assert CalendarEdit.objects.count() == edits


@time_machine.travel(AT, tick=False)
@pytest.mark.usefixtures("filled")
def test_the_page_lists_days_hours_and_edits_in_few_queries(
    sign_in: Callable[..., Client], django_assert_max_num_queries: Any
) -> None:
    client = sign_in("calendar.edit")
    client.get("/settings/calendar/")
    with django_assert_max_num_queries(9):
        answer = client.get("/settings/calendar/")
    page = answer.content.decode()
    assert "Days off in 2026" in page
    assert page.count("<tr>") == 26
    assert "Keputusan Bersama" in page
    assert "07.30–16.00" in page
    assert "style=" not in page


@pytest.mark.usefixtures("filled")
def test_the_page_speaks_indonesian(sign_in: Callable[..., Client]) -> None:
    client = sign_in("calendar.edit", language="id")
    client.post("/settings/calendar/days/2026-12-24/", {"name": "Cuti bersama Natal"})
    page = client.get("/settings/calendar/?year=2026").content.decode()
    assert "Hari libur 24 Desember 2026 · " in page
    assert "Pemerintah kota bekerja" in page
    assert "Kalender kerja" in page
    assert "Cuti bersama" in page


def test_a_year_without_days_says_what_to_do(sign_in: Callable[..., Client]) -> None:
    answer = sign_in("calendar.edit").get("/settings/calendar/?year=2031")
    assert "No days off are stored for this year" in answer.content.decode()


def test_a_day_is_added_changed_and_removed(sign_in: Callable[..., Client]) -> None:
    client = sign_in("calendar.edit")
    answer = client.post(
        "/settings/calendar/days/add/", {"date": "2026-04-01", "name": "Hari jadi kota", "decree": "Perda 1/2000"}
    )
    assert answer.status_code == 302
    day = Holiday.objects.get(date=date(2026, 4, 1))
    assert (day.kind, day.decree, day.applies) == ("city", "Perda 1/2000", True)
    client.post("/settings/calendar/days/2026-04-01/", {"name": "Hari jadi", "decree": "", "provisional": "on"})
    day.refresh_from_db()
    assert (day.name, day.provisional, day.applies) == ("Hari jadi", True, False)
    assert client.post("/settings/calendar/days/2026-04-01/remove/").status_code == 302
    assert not Holiday.objects.exists()
    assert CalendarEdit.objects.count() == 3
    assert set(CalendarEdit.objects.values_list("editor_id", flat=True)) == {get_user_model().objects.get().pk}


@pytest.mark.usefixtures("filled")
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(sign_in: Callable[..., Client]) -> None:
    client = sign_in("calendar.edit")
    answer = client.post("/settings/calendar/days/add/", {"date": "2026-12-25", "name": "Pesta kembang api"})
    assert answer.status_code == 422
    assert "This day is off already: Hari Raya Natal" in answer.content.decode()
    assert "Pesta kembang api" in answer.content.decode()
    answer = client.post("/settings/calendar/days/add/", {"date": "0026-12-25", "name": "x"})
    assert "between 2000 and 2099" in answer.content.decode()
    answer = client.post("/settings/calendar/hours/office-5/", {"name": "Kantor", "day_0": "16-7"})
    assert answer.status_code == 422
    assert "07.30–16.00; several spans" in answer.content.decode()
    answer = client.post("/settings/calendar/hours/office-5/", {"name": "Kantor"})
    assert "never open" in answer.content.decode()


@pytest.mark.usefixtures("filled")
def test_hours_are_changed(sign_in: Callable[..., Client]) -> None:
    client = sign_in("calendar.edit")
    assert "07.30–16.30" in client.get("/settings/calendar/hours/office-5/").content.decode()
    hours = {f"day_{number}": "08.00–12.00, 13.00–15.00" for number in range(5)}
    answer = client.post("/settings/calendar/hours/office-5/", {"name": "Kantor", **hours})
    assert answer.status_code == 302
    row = Schedule.objects.get(slug="office-5")
    assert row.week == [[[480, 720], [780, 900]]] * 5 + [[], []]
    assert row.is_default


@pytest.mark.usefixtures("filled")
def test_national_days_are_loaded_and_cannot_be_removed(sign_in: Callable[..., Client]) -> None:
    client = sign_in("calendar.edit")
    client.post("/settings/calendar/days/load/", {"year": "2025"})
    assert Holiday.objects.filter(date__year=2025).count() == 28
    answer = client.post("/settings/calendar/days/2026-12-25/remove/", follow=True)
    assert "stays in the list" in answer.content.decode()
    assert Holiday.objects.filter(date=date(2026, 12, 25)).exists()
    answer = client.post("/settings/calendar/days/load/", {"year": "2040"}, follow=True)
    assert "not known here yet" in answer.content.decode()


@pytest.mark.parametrize(
    "address",
    ["days/2026-02-30/", "days/2026-04-02/", "hours/nothing/", "days/２０２６-04-02/"],
)
def test_addresses_of_nothing_are_not_found(sign_in: Callable[..., Client], address: str) -> None:
    assert sign_in("calendar.edit").get(f"/settings/calendar/{address}").status_code == 404
