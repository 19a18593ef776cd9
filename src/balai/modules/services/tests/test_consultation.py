"""A draft before everybody's eyes: what would change, what is said, what becomes of it, and only then the decree."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.engines.cases.web.receipts import new_form_key
from balai.engines.catalogs.models import PublicComment, RecordVersion
from balai.foundation.calendar import clock
from balai.foundation.units.models import Holding
from balai.modules.services.example.load import DISCUSSED
from balai.modules.services.tests.conftest import Hall
from balai.modules.services.tests.test_making import WHOLE, advance, staff, write

__all__ = ("staff",)  # the fixture is used by its name
pytestmark = pytest.mark.django_db
SLUG = "ktp-el"
UNTIL = date(2026, 12, 9)


def address(name: str, slug: str = SLUG) -> str:
    return reverse(f"services:{name}", args=[slug])


def asked(staff: Client) -> RecordVersion:
    """Begin the next version of a service that is open, promise something else, and ask everybody."""
    advance(staff, SLUG, "next")
    assert write(staff, SLUG, {**WHOLE, "time_amount": "9", "product": "KTP baru"}).status_code == 302
    return advance(staff, SLUG, "consult", until=UNTIL.isoformat())


def say(browser: Client, **changed: str) -> Any:
    key = new_form_key(at=clock.now() - timedelta(seconds=20))
    given = {"component": "time", "words": "Sembilan hari terlalu lama.", "name": "", "key": key, **changed}
    return browser.post(address("consultation"), given, follow=True)


def test_said_answered_and_set_by_decree(hall: Hall, staff: Client, english: Client, now: Any) -> None:
    assert asked(staff).state == "consultation"
    assert f"/services/{SLUG}/consultation/" in english.get(address("service")).content.decode()
    assert f"/services/{SLUG}/consultation/" in english.get(reverse("services:consultations")).content.decode()
    page = english.get(address("consultation")).content.decode()
    assert "9 working days" in page
    assert "KTP baru" in page
    said = say(english, words="Terlalu lama; telepon saya 0812 3456 7890.", name="Rina").content.decode()
    assert "Terlalu lama" in said
    assert "0812" not in said
    assert "Not answered yet" in said
    # the agency sees that something waits, and cannot go on before the day is over and the answer is there
    desk = staff.get(reverse("services_desk:services")).content.decode()
    assert "1 comment without an answer" in desk
    advance(staff, SLUG, "minutes", held_on="2026-11-24", place="Balai RW", participants="23", points="Setuju.")
    assert advance(staff, SLUG, "decree", number="188/1/2026", day="2026-11-25").state == "consultation"
    now.move_to(datetime.fromisoformat("2026-12-10T03:00:00+00:00"))
    assert advance(staff, SLUG, "decree", number="188/1/2026", day="2026-12-10").state == "consultation"
    comment = PublicComment.objects.get(version__record__slug=SLUG)
    comments = reverse("services_desk:comments", args=[SLUG])
    empty = staff.post(comments, {"comment": comment.pk, "outcome": "partly", "answer": ""})
    assert empty.status_code == 422
    staff.post(comments, {"comment": comment.pk, "outcome": "partly", "answer": "Menjadi lima hari."})
    # the minutes begin with what was said
    assert "Menjadi lima hari." in staff.get(reverse("services_desk:standard", args=[SLUG])).content.decode()
    after = english.get(address("consultation")).content.decode()
    assert "Menjadi lima hari." in after
    assert "The consultation is over" in after
    assert advance(staff, SLUG, "decree", number="188/1/2026", day="2026-12-10").state == "decreed"
    assert advance(staff, SLUG, "publish").state == "published"
    # what was said stays
    assert "Menjadi lima hari." in english.get(address("consultation")).content.decode()
    table = b"".join(english.get(address("consultation_csv")).streaming_content).decode()
    assert "Menjadi lima hari." in table
    answered = PublicComment.objects.get(pk=comment.pk)
    assert answered.answered_by == hall.officer


def test_what_insults_is_not_shown_and_the_reason_is(hall: Hall, staff: Client, english: Client, now: Any) -> None:
    asked(staff)
    say(english, words="Kata kasar sekali", name="Nama orang")
    comment = PublicComment.objects.get(version__record__slug=SLUG)
    given = {"comment": comment.pk, "outcome": "hidden", "answer": "Menghina petugas."}
    staff.post(reverse("services_desk:comments", args=[SLUG]), given)
    page = english.get(address("consultation")).content.decode()
    table = b"".join(english.get(address("consultation_csv")).streaming_content).decode()
    for words in (page, table):
        assert "Menghina petugas." in words
        assert "Kata kasar" not in words
        assert "Nama orang" not in words
    assert "Kata kasar" in staff.get(reverse("services_desk:comments", args=[SLUG])).content.decode()


def test_odd_forms_say_what_to_do(hall: Hall, staff: Client, english: Client, now: Any) -> None:
    asked(staff)
    fast = say(english, key=new_form_key(at=clock.now()))
    assert fast.status_code == 422
    assert "faster than a person" in fast.content.decode()
    assert "Sembilan hari terlalu lama." in fast.content.decode()
    assert say(english, key="nonsense").status_code == 422
    assert say(english, component="nothing").status_code == 422
    assert say(english, words="x" * 5000).status_code == 422
    key = new_form_key(at=clock.now() - timedelta(seconds=20))
    for _ in range(2):
        assert say(english, key=key).status_code == 200
    assert PublicComment.objects.filter(version__record__slug=SLUG).count() == 1
    assert english.get(address("consultation") + "?before=abc").status_code == 200


def test_one_line_does_not_fill_the_page(hall: Hall, staff: Client, english: Client, now: Any) -> None:
    asked(staff)
    for number in range(30):
        assert say(english, words=f"Saran {number}").status_code == 200
    refused = say(english, words="Satu lagi")
    assert refused.status_code == 422
    assert "Satu lagi" in refused.content.decode()


def test_long_talks_come_page_by_page_at_the_same_cost(
    hall: Hall, staff: Client, english: Client, now: Any, django_assert_max_num_queries: Any
) -> None:
    version = asked(staff)
    PublicComment.objects.bulk_create(
        PublicComment(version=version, words=f"Saran nomor {n};", submission_key=f"t:{n}", said_at=clock.now())
        for n in range(120)
    )
    with django_assert_max_num_queries(8):
        page = english.get(address("consultation")).content.decode()
    seen = re.findall(r"Saran nomor (\d+);", page)
    while found := re.search(r'rel="next" href="(\?before=\d+)', page):
        page = english.get(address("consultation") + found[1]).content.decode()
        seen += re.findall(r"Saran nomor (\d+);", page)
    assert [int(number) for number in seen] == list(reversed(range(120)))


def test_without_a_consultation_there_is_no_page(hall: Hall, staff: Client, english: Client, now: Any) -> None:
    for name in ("consultation", "consultation_csv"):
        assert english.get(address(name)).status_code == 404
    assert staff.get(reverse("services_desk:comments", args=[SLUG])).status_code == 404
    version = asked(staff)
    assert advance(staff, SLUG, "back", reason="Salah hitung").state == "draft"
    page = english.get(address("consultation")).content.decode()
    assert "Taken back" in page
    assert "Salah hitung" in page
    assert "KTP baru" not in page
    assert say(english).status_code == 422
    assert not version.comments.exists()


def test_another_agency_reads_and_answers_nothing(hall: Hall, staff: Client, english: Client, now: Any) -> None:
    asked(staff)
    say(english)
    record = RecordVersion.objects.filter(record__slug=SLUG).latest("number").record
    record.unit = Holding.objects.get(user=hall.outsider).post.unit
    record.save()
    comments = reverse("services_desk:comments", args=[SLUG])
    given = {"comment": PublicComment.objects.get(version__record=record).pk, "outcome": "taken", "answer": "Ya."}
    assert staff.get(comments).status_code == 404
    assert staff.post(comments, given).status_code == 404
    assert not PublicComment.objects.exclude(outcome="").filter(version__record=record).exists()


def test_the_example_city_is_asked_about_a_standard(hall: Hall, english: Client, now: Any) -> None:
    page = english.get(address("consultation", DISCUSSED)).content.decode()
    assert "Taken over" in page
    assert "8 working hours" in page
