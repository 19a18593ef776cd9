"""From an empty form to a number, without script."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from balai.engines.cases.models import Case
from balai.foundation.files.models import Attachment
from balai.foundation.identity.models import Resident
from balai.foundation.messages.models import OutboxMessage
from balai.modules.complaints.tests.residents import code_of, hidden, open_form, send, words
from balai.modules.complaints.tests.small_city import IN_BARAT_DAYA, OUTSIDE

pytestmark = pytest.mark.django_db
NEW = "/complaints/new/"


def test_the_short_address_leads_to_the_form(client, city):
    assert client.get("/lapor/?category=road").headers["Location"] == f"{NEW}?category=road"


def test_back_after_sending_leads_to_the_receipt_above_an_empty_form(english, city, now):
    before = english.get(NEW).content.decode()
    case = send(english, now, text="Lampu padam di gang.")
    answer = english.get(NEW)
    page = answer.content.decode()

    assert case.reference not in before
    assert answer["Cache-Control"] == "private, no-store"
    assert f"Your report {case.reference} has arrived" in page
    assert f'href="{reverse("complaints:thanks")}"' in page
    assert "Lampu padam di gang." not in page
    # the browser does not fill in again what it remembers of the form that was sent
    form = page[page.index('<form method="post" action="/complaints/new/"') :].split(">")[0]
    assert 'autocomplete="off"' in form
    assert hidden(page.encode())["key"] != hidden(before.encode())["key"]


def test_categories_are_never_filled_in_by_their_place(english, city):
    radios = re.findall(r'<input type="radio" name="category"[^>]*>', english.get(NEW).content.decode())
    radios += re.findall(
        r'<input type="radio" name="category"[^>]*>',
        english.post(reverse("complaints:suggest"), {"text": "Jalan berlubang"}).content.decode(),
    )

    assert len(radios) > 3
    assert all('autocomplete="off"' in radio for radio in radios)


def test_a_sent_application_is_not_called_a_report(english, city, now):
    send(english, now)
    Case.objects.update(family="application")

    assert "has arrived" not in english.get(NEW).content.decode()


def test_the_form_asks_for_photo_place_words_category_and_who(english, city):
    page = english.get(NEW).content.decode()

    order = [page.index(f'id="section-{name}"') for name in ("photo", "place", "words", "category", "who", "check")]
    assert order == sorted(order)
    assert '<optgroup label="Barat">' in page
    assert "Nobody knows who I am" in page


def test_the_check_shows_agency_dates_and_rule_before_anything_is_stored(english, city, now):
    key = open_form(english, now)

    page = english.post(NEW, {**words(), "key": key, "step": "check"}).content.decode()

    assert "Dinas Pekerjaan Umum" in page
    assert "This agency is responsible for “Damaged road”" in page
    # five and fourteen working days after Wednesday 25 November
    assert "Wednesday, 2 December 2026" in page
    assert "Tuesday, 15 December 2026" in page
    assert "PermenPANRB 62/2018" in page
    assert not Case.objects.exists()


def test_the_check_then_send_takes_the_report_in_once(english, city, now, photo):
    key = open_form(english, now)
    checked = english.post(NEW, {**words(email="ani@example.org"), "photo": [photo()], "key": key, "step": "check"})
    carried = hidden(checked.content, action=NEW)

    first = english.post(NEW, {**carried, "step": "send"})
    second = english.post(NEW, {**carried, "step": "send"})

    assert first.headers["Location"] == second.headers["Location"] == reverse("complaints:thanks")
    case = Case.objects.get()
    assert (case.unit, case.village, case.channel) == (city.works, city.villages["Barat Daya"], "web")
    assert Attachment.objects.get(owner_id=case.pk).public
    assert OutboxMessage.objects.get().template == "complaint_received"
    assert Resident.objects.count() == 1


def test_the_thanks_page_shows_number_code_and_dates(english, city, now):
    case = send(english, now, email="ani@example.org")

    page = english.get(reverse("complaints:thanks"))
    text = page.content.decode()

    assert case.reference in text
    assert len(code_of(english)) == 8
    assert "Wednesday, 2 December 2026" in text
    assert page.headers["Cache-Control"] == "private, no-store"
    picture = english.get(reverse("complaints:picture"))
    assert picture.content.startswith(b"\x89PNG")
    assert f"{case.reference}.png" in picture.headers["Content-Disposition"]


def test_the_code_is_not_shown_to_another_browser_nor_after_half_an_hour(english, city, now, client):
    send(english, now)
    assert client.get(reverse("complaints:thanks")).status_code == 302
    assert client.get(reverse("complaints:picture")).status_code == 404

    now.shift(timedelta(minutes=31))

    assert english.get(reverse("complaints:thanks")).status_code == 302


def test_a_photo_that_has_arrived_survives_an_error_elsewhere(english, city, now, photo):
    key = open_form(english, now)
    wrong = english.post(NEW, {**words(category=""), "photo": [photo()], "key": key, "step": "check"})
    assert wrong.status_code == 422
    assert b"Photo 1 has arrived" in wrong.content
    assert "Jalan rusak dan berlubang di depan sekolah." in wrong.content.decode()
    # the words point to a category, which is offered now that it is missing
    assert b'id="suggested-road"' in wrong.content

    ticket = hidden(wrong.content, action=NEW)["ticket"]
    sent = english.post(NEW, {**words(), "ticket": ticket, "key": key, "step": "send"})

    assert sent.status_code == 302
    assert Attachment.objects.filter(owner_kind="case").count() == 1


def test_a_photo_can_be_left_out_again(english, city, now, photo):
    key = open_form(english, now)
    wrong = english.post(NEW, {**words(category=""), "photo": [photo()], "key": key, "step": "check"})
    ticket = hidden(wrong.content, action=NEW)["ticket"]

    english.post(NEW, {**words(), "ticket": ticket, "drop": ticket, "key": key, "step": "send"})

    assert not Attachment.objects.exists()


def test_going_back_from_the_check_keeps_everything(english, city, now):
    key = open_form(english, now)
    checked = english.post(NEW, {**words(phone="081234567890"), "key": key, "step": "check"})

    page = english.post(NEW, {**hidden(checked.content, action=NEW), "step": "edit"}).content.decode()

    assert "Jalan rusak dan berlubang" in page
    assert 'value="081234567890"' in page
    assert "b-errors" not in page


def test_questions_of_a_category_are_asked_on_the_check_page(english, city, now):
    key = open_form(english, now)
    given = words(category="lamp", text="Lampu jalan mati")
    checked = english.post(NEW, {**given, "key": key, "step": "check"})
    assert b"Pole number" in checked.content
    assert b"b-wrong" not in checked.content
    carried = hidden(checked.content, action=NEW)

    refused = english.post(NEW, {**carried, "step": "send"})
    assert refused.status_code == 422
    assert not Case.objects.exists()
    sent = english.post(NEW, {**carried, "q-pole": "T-17", "q-count": "one", "step": "send"})

    assert sent.status_code == 302
    assert Case.objects.get().answers == {"pole": "T-17", "count": "one"}


def test_an_anonymous_report_stores_nobody(english, city, now):
    case = send(english, now, privacy="anonymous", name="Ani", phone="081234567890", email="ani@example.org")

    assert case.reporter is None
    assert not Resident.objects.exists()
    assert not OutboxMessage.objects.exists()


def test_a_village_will_do_instead_of_a_pin(english, city, now):
    case = send(english, now, lat="", lon="", village=city.villages["Tenggara"].pk)

    assert (case.village, case.lat) == (city.villages["Tenggara"], None)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"lat": "0", "lon": "0"}, "not a place on the map"),
        ({"lat": str(OUTSIDE[0]), "lon": str(OUTSIDE[1])}, "outside Kota Contoh"),
        ({"lat": "utara", "lon": "112"}, "could not be read"),
        ({"lat": "nan", "lon": "inf"}, "could not be read"),
        ({"lat": str(IN_BARAT_DAYA[0]), "lon": ""}, "could not be read"),
        ({"lat": "95", "lon": "112.6"}, "not a place on the map"),
        ({"lat": "", "lon": ""}, "Tell us where"),
        ({"lat": "", "lon": "", "village": "999999"}, "not in Kota Contoh"),
        ({"lat": "", "lon": "", "village": "x"}, "Choose a village from the list"),
        ({"category": "nothing"}, "Choose what it is about"),
        ({"text": "  "}, "Write what is wrong, or add a photo"),
        ({"text": "a" * 12_000}, "12000 characters"),
        ({"privacy": "everybody"}, "choice"),
        ({"nik": "357301010190123"}, "this one has 15"),
        ({"phone": "12"}, "telephone number cannot be right"),
        ({"email": "ani(at)example"}, "e-mail address cannot be right"),
        ({"website": "http://spam.example"}, "hidden field was filled in"),
    ],
)
def test_bad_input_is_named_and_everything_typed_is_kept(english, city, now, changes, said):
    key = open_form(english, now)
    given = words(**{"place_words": "Dekat jembatan", **changes})

    page = english.post(NEW, {**given, "key": key, "step": "send"})

    assert page.status_code == 422
    text = page.content.decode()
    assert said in text
    assert "Dekat jembatan" in text
    assert not Case.objects.exists()


@pytest.mark.parametrize("text", ["null \x00 byte", "a" * 1_000_000])
def test_what_no_database_should_see_is_turned_away(english, city, now, text):
    key = open_form(english, now)

    answer = english.post(NEW, {**words(text=text), "key": key, "step": "send"})

    assert answer.status_code == 400
    assert not Case.objects.exists()


def test_a_photo_of_fifty_megabytes_is_refused_in_words(english, city, now):
    key = open_form(english, now)
    huge = SimpleUploadedFile("besar.jpg", b"\xff\xd8\xff" + b"0" * 50_000_000, content_type="image/jpeg")

    page = english.post(NEW, {**words(), "photo": [huge], "key": key, "step": "send"})

    assert page.status_code == 422
    assert "too large" in page.content.decode()
    assert "Jalan rusak dan berlubang" in page.content.decode()
    assert not Case.objects.exists()


def test_six_photos_are_one_too_many(english, city, now, photo):
    key = open_form(english, now)

    page = english.post(NEW, {**words(), "photo": [photo() for _ in range(6)], "key": key, "step": "send"})

    assert page.status_code == 422
    assert not Case.objects.exists()


def test_a_form_that_comes_back_at_once_or_after_days_is_asked_again(english, city, now):
    page = english.get(NEW)
    quick = english.post(NEW, {**words(), "key": hidden(page.content)["key"], "step": "send"})
    assert quick.status_code == 422
    assert b"faster than a person" in quick.content
    # beside something that a person can mend it would only confuse
    wrong = english.post(NEW, {**words(text=""), "key": hidden(page.content)["key"], "step": "send"})
    assert wrong.status_code == 422
    assert b"faster than a person" not in wrong.content
    now.shift(timedelta(days=4))

    old = english.post(NEW, {**words(), "key": hidden(page.content)["key"], "step": "send"})

    assert old.status_code == 422
    fresh = hidden(old.content, action=NEW)["key"]
    now.shift(timedelta(seconds=5))
    assert english.post(NEW, {**words(), "key": fresh, "step": "send"}).status_code == 302


def test_before_sending_all_that_is_sent_can_be_read(english, city, now, photo):
    key = open_form(english, now)
    long = "Jalan rusak. " * 60
    check = english.post(NEW, {**words(text=long), "key": key, "photo": [photo("red"), photo()], "step": "check"})
    page = check.content.decode()
    assert page.count("Your words") == 1
    assert long.strip() in page
    assert "Show all" in page
    assert "Photo 1" in page
    assert "Photo 2" in page
    # with script only a part of the page comes, and photos that arrived before are in it too
    part = english.post(
        reverse("complaints:promise"), {**words(), "key": key, "ticket": hidden(check.content)["ticket"]}
    ).content.decode()
    assert "Jalan rusak dan berlubang di depan sekolah." in part
    assert "Photo 2" in part
    assert "Show all" not in part


def test_back_to_the_check_after_sending_is_the_browsers_own_page(english, city, now):
    key = open_form(english, now)
    check = english.post(NEW, {**words(), "key": key, "step": "check"})
    # sending sets cookies: a page that varied by them would be an error of the browser when somebody comes back to it
    assert "cookie" not in check.get("Vary", "").lower()
    assert check["Cache-Control"] == "private"
    assert "pressed twice" in check.content.decode()
    again = {**hidden(check.content, action=NEW), "step": "send"}
    assert [english.post(NEW, again).status_code for _ in range(2)] == [302, 302]
    assert Case.objects.count() == 1
    assert code_of(english)
    assert "cookie" in english.get(NEW)["Vary"].lower()


def test_one_telephone_sends_five_a_day(english, city, now):
    for _number in range(5):
        send(english, now, phone="0812 3456 7890")
    key = open_form(english, now)

    sixth = english.post(NEW, {**words(phone="+62 812-3456-7890"), "key": key, "step": "send"})

    assert sixth.status_code == 429
    assert int(sixth.headers["Retry-After"]) > 0
    assert "Jalan rusak dan berlubang" in sixth.content.decode()
    assert Case.objects.count() == 5


def test_with_script_the_promise_comes_before_sending(english, city, now):
    key = open_form(english, now)
    address = reverse("complaints:promise")

    good = english.post(address, {**words(), "key": key})
    photo_only = english.post(address, {**words(text=""), "key": key, "photos_waiting": "1"})
    missing = english.post(address, {**words(category="lamp"), "key": key})

    assert b"c-promise" in good.content
    assert b"c-promise" in photo_only.content
    assert b"Pole number" in missing.content
    assert b"c-promise" not in missing.content
    assert not Case.objects.exists()


def test_words_suggest_categories_and_a_category_its_questions(english, city):
    suggested = english.post(reverse("complaints:suggest"), {"text": "Lampu jalan mati, gelap, ada lubang"})
    asked = english.get(reverse("complaints:questions") + "?category=lamp")

    assert suggested.content.index(b"suggested-lamp") < suggested.content.index(b"suggested-road")
    assert b"Pole number" in asked.content
    assert english.get(reverse("complaints:questions") + "?category=road").content.strip() == b""


def test_the_form_costs_few_statements(english, city, django_assert_max_num_queries):
    english.get(NEW)

    with django_assert_max_num_queries(4):
        english.get(NEW)


def test_sending_costs_few_statements_in_one_commit(english, city, now, photo):
    given = words(name="Ani", email="ani@example.org", phone="081234567890")
    send(english, now, **given)
    key = open_form(english, now)

    with CaptureQueriesContext(connection) as captured:
        english.post(NEW, {**given, "photo": [photo()], "key": key, "step": "send"})

    statements = [query["sql"].split(" ")[0] for query in captured]
    # inside a test the outermost transaction is a savepoint
    assert statements.count("SAVEPOINT") == statements.count("RELEASE") == 1
    inside = statements[statements.index("SAVEPOINT") + 1 : statements.index("RELEASE")]
    assert len(inside) <= 9
    # four counters (address twice, telephone, e-mail) come before it, so that a rollback cannot uncount them
    assert len(statements) - 2 <= 15


def test_a_report_near_by_is_shown_before_a_second_one_is_sent(english, city, now):
    lat, _lon = IN_BARAT_DAYA
    near = send(english, now)
    send(english, now, lat=f"{lat + 0.002:.6f}")  # some 220 metres away
    send(english, now, privacy="secret")
    send(english, now, category="service")
    key = open_form(english, now)

    page = english.post(NEW, {**words(lat=f"{lat + 0.0004:.6f}"), "key": key, "step": "check"}).content.decode()

    shown = re.findall(r"/complaints/(26-[A-Z0-9]{4}-[A-Z0-9]{4})/", page)
    assert shown == [near.reference]
    assert "44 m away" in page


def test_what_ended_long_ago_is_no_double(english, city, now):
    case = send(english, now)
    english.post(
        reverse("complaints:own_change", args=[case.reference, "withdraw"]), {"seq": Case.objects.get().seq, "text": ""}
    )
    key = open_form(english, now)

    page = english.post(NEW, {**words(), "key": key, "step": "check"}).content.decode()

    assert case.reference not in page


@pytest.mark.parametrize("address", [NEW, "/complaints/new/questions/?category=x", "/complaints/follow/", "/lapor/"])
def test_before_there_is_a_city_the_pages_say_so(client, db, address):
    answer = client.get(address, follow=True)

    assert answer.status_code in (200, 503)
    assert (answer.status_code == 503) is ("follow" not in address)


def test_each_line_of_the_summary_leads_to_something_on_the_page(english, city, now):
    key = open_form(english, now)

    page = english.post(
        NEW, {**words(category="", text="", privacy="", lat="x", phone="1", email="x", nik="1"), "key": key}
    ).content.decode()

    summary = page[page.index('class="b-errors"') :].split("</ul>")[0]
    targets = re.findall(r'href="#([^"]+)"', summary)
    assert len(targets) >= 6
    assert [target for target in targets if f'id="{target}"' not in page] == []


def test_the_door_to_a_number_says_what_it_does(english, city):
    page = english.get(NEW).content.decode()
    assert "Check a number" in page
    assert ">Follow<" not in page
