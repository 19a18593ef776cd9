"""The reporter's own page: opened by number and code, answered, confirmed, opened again."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client, RequestFactory
from django.urls import reverse

from balai.engines.cases.actions import apply_change, climb_ladders
from balai.engines.cases.guards import may_see_photo
from balai.engines.cases.models import Case, Entry
from balai.engines.cases.rules.evolution import Given
from balai.foundation.calendar import clock
from balai.foundation.events.actions import deliver
from balai.foundation.events.rules import Actor
from balai.foundation.files.models import Attachment
from balai.foundation.identity import conversations
from balai.foundation.identity.actions import record_access
from balai.foundation.identity.models import VerificationCode
from balai.foundation.messages.actions import send_queued
from balai.foundation.messages.models import OutboxMessage
from balai.foundation.units.queries import authority_of
from balai.foundation.units.rules import NOBODY
from balai.modules.complaints.tests.residents import code_of, hidden, send

pytestmark = pytest.mark.django_db
FIND = "/complaints/follow/"


def officer(city, case: Case, change: str, **given) -> Case:
    """Let the handler make a change."""
    at = clock.now()
    return apply_change(
        case_id=case.pk,
        change=change,
        given=Given(**given),
        actor=Actor("staff", city.handler.pk),
        authority=authority_of(user=city.handler, at=at),
        post_title="Petugas",
        at=at,
    )


def own(case: Case) -> str:
    return reverse("complaints:conversation", args=[case.reference])


def do(client: Client, case: Case, change: str, **given):  # type: ignore[no-untyped-def]
    """Press a button on the reporter's own page, with the hidden fields of that page."""
    address = reverse("complaints:own_change", args=[case.reference, change])
    fields = hidden(client.get(own(case)).content, action=address)
    return client.post(address, {**fields, **given})


def test_number_and_code_open_the_conversation_on_another_device(english, city, now):
    case = send(english, now)
    code = code_of(english)
    other = Client()
    assert other.get(own(case)).status_code == 302

    typed = f"{case.reference.lower().replace('-', ' ')}", f" {code[:4].lower()}-{code[4:]}"
    answer = other.post(FIND, {"number": typed[0], "code": typed[1]})

    assert answer.headers["Location"] == own(case)
    assert other.get(own(case)).status_code == 200


def test_a_public_number_opens_the_public_page_without_a_code(english, city, now):
    case = send(english, now)

    by_address = english.get(FIND + f"?q={case.reference}")
    by_form = english.post(FIND, {"number": case.reference, "code": ""})

    assert (
        by_address.headers["Location"]
        == by_form.headers["Location"]
        == reverse("complaints:case", args=[case.reference])
    )


def test_wrong_code_unknown_number_and_secret_number_answer_alike(english, city, now, client):
    secret = send(english, now, privacy="secret")
    public = send(english, now)

    pages = [
        client.post(FIND, {"number": number, "code": "ABCDEFGH"})
        for number in (secret.reference, public.reference, "26-2222-222A")
    ]

    assert {page.status_code for page in pages} == {422}
    said = {
        "Nomor dan kode ini tidak cocok" in page.content.decode() or "do not belong together" in page.content.decode()
        for page in pages
    }
    assert said == {True}
    without = [client.get(FIND + f"?q={number}") for number in (secret.reference, "26-2222-222A")]
    assert {page.status_code for page in without} == {200}


def test_ten_wrong_codes_close_a_number_for_who_typed_them_and_for_nobody_else(english, city, now, client):
    case = send(english, now)
    code = code_of(english)
    for _try in range(10):
        assert client.post(FIND, {"number": case.reference, "code": "ABCDEFGH"}).status_code == 422

    refused = client.post(FIND, {"number": case.reference, "code": code})
    assert refused.status_code == 429
    assert refused["Retry-After"]
    reporter = client.post(FIND, {"number": case.reference, "code": code}, REMOTE_ADDR="203.0.113.9")
    assert reporter.status_code == 302
    now.shift(timedelta(hours=1))

    assert client.post(FIND, {"number": case.reference, "code": code}).status_code == 302


def test_opening_with_the_right_code_costs_no_try(english, city, now, client):
    case = send(english, now)
    code = code_of(english)

    answers = [client.post(FIND, {"number": case.reference, "code": code}).status_code for _time in range(12)]

    assert answers == [302] * 12


def test_wrong_codes_from_everywhere_lock_nobody_out(english, city, now, client):
    case = send(english, now)
    code = code_of(english)
    for n in range(100):
        client.post(FIND, {"number": case.reference, "code": "ABCDEFGH"}, REMOTE_ADDR=f"198.51.100.{n % 25}")

    wrong = client.post(FIND, {"number": case.reference, "code": "ABCDEFGH"}, REMOTE_ADDR="203.0.113.9")
    right = client.post(FIND, {"number": case.reference, "code": code}, REMOTE_ADDR="203.0.113.9")

    assert (wrong.status_code, right.status_code) == (422, 302)


def test_one_address_tries_sixty_times_an_hour_at_all_numbers_together(city, now, client):
    answers = [client.post(FIND, {"number": f"26-2222-{n:04}", "code": "ABCDEFGH"}).status_code for n in range(61)]

    assert answers == [422] * 60 + [429]


def test_another_browser_reaches_nothing_of_the_conversation(english, city, now, client):
    case = send(english, now, privacy="secret")
    for name in ("fresh_code", "send_link", "verify", "language", "forget"):
        answer = client.post(reverse(f"complaints:{name}", args=[case.reference]), {"locale": "en", "channel": "email"})
        assert answer.headers["Location"].startswith(FIND)
    answer = client.post(reverse("complaints:own_change", args=[case.reference, "withdraw"]), {"seq": case.seq})
    assert answer.headers["Location"].startswith(FIND)
    case.refresh_from_db()
    assert case.state == "assigned"
    assert client.get(reverse("complaints:case", args=[case.reference])).status_code == 404


def test_a_question_pauses_the_promise_and_an_answer_with_photo_lets_it_run(english, city, now, photo):
    case = send(english, now)
    now.shift(timedelta(hours=2))
    officer(city, case, "ask", text="Di sisi mana lubangnya?")
    page = english.get(own(case)).content.decode()
    assert "has a question for you" in page
    assert "Di sisi mana lubangnya?" in page
    assert "b-clock--paused" in page

    answer = do(english, case, "reply", text="Di sisi kiri.", photo=[photo()])

    assert answer.headers["Location"] == own(case)
    case.refresh_from_db()
    assert case.state == "assigned"
    assert Attachment.objects.get(owner_kind="case_entry", owner_id=case.pk).public is False
    page = english.get(own(case)).content.decode()
    assert "Di sisi kiri." in page
    assert "Di sisi kiri." not in english.get(reverse("complaints:case", args=[case.reference])).content.decode()


def test_an_answer_without_words_is_refused_and_its_photo_kept(english, city, now, photo):
    case = send(english, now)
    officer(city, case, "ask", text="Di mana?")

    wrong = do(english, case, "reply", text="", photo=[photo()])

    assert wrong.status_code == 422
    address = reverse("complaints:own_change", args=[case.reference, "reply"])
    fields = hidden(wrong.content, action=address)
    assert fields["ticket"]
    assert english.post(address, {**fields, "text": "Di sini."}).status_code == 302
    assert Attachment.objects.filter(owner_id=case.pk).count() == 1


def test_confirmed_with_a_rating_is_fixed(english, city, now):
    case = send(english, now)
    officer(city, case, "answer", text="Sudah ditambal.")
    assert "You have the last word" in english.get(own(case)).content.decode()

    do(english, case, "confirm", rating="5", text="Bagus")

    case.refresh_from_db()
    assert (case.state, case.confirmed, case.rating) == ("done_confirmed", True, 5)
    assert "Fixed, and you confirmed it." in english.get(own(case)).content.decode()


def test_closed_by_silence_can_be_opened_again_for_ten_days_only(english, city, now):
    case = send(english, now)
    code = code_of(english)
    officer(city, case, "answer", text="Sudah.")
    now.shift(timedelta(days=20))
    climb_ladders(at=clock.now())
    case.refresh_from_db()
    assert (case.state, case.confirmed) == ("done_silent", False)
    # the browser forgets after thirty days; the code opens it anew
    english.post(FIND, {"number": case.reference, "code": code})
    page = english.get(own(case)).content.decode()
    assert "Closed without confirmation" in page
    assert "You can open it again until" in page
    fields = hidden(
        english.get(own(case)).content, action=reverse("complaints:own_change", args=[case.reference, "reopen"])
    )
    now.shift(timedelta(days=11))

    late = english.post(
        reverse("complaints:own_change", args=[case.reference, "reopen"]), {**fields, "text": "Masih berlubang."}
    )

    assert late.status_code == 409
    now.shift(timedelta(days=-5))
    assert do(english, case, "reopen", text="Masih berlubang.").status_code == 302
    case.refresh_from_db()
    assert (case.state, case.reopened_count) == ("assigned", 1)
    # everybody who opens it reads why it is at work once more
    assert "You opened it again. Passed to" in english.get(own(case)).content.decode()
    stranger = Client()
    public = stranger.get(reverse("complaints:case", args=[case.reference])).content.decode()
    assert "Pelapor membukanya lagi. Diteruskan" in public


def test_what_moved_on_meanwhile_is_said_and_the_words_are_kept(english, city, now):
    case = send(english, now)
    address = reverse("complaints:own_change", args=[case.reference, "add"])
    fields = hidden(english.get(own(case)).content, action=address)
    officer(city, case, "progress", text="Bahan sedang dipesan.")

    answer = english.post(address, {**fields, "text": "Tambahan saya."})

    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Something new happened" in page
    assert "Tambahan saya." in page
    assert (
        english.post(address, {**hidden(answer.content, action=address), "text": "Tambahan saya."}).status_code == 302
    )
    assert Entry.objects.filter(case=case, text="Tambahan saya.", audience="reporter").exists()


def test_withdrawn_is_withdrawn(english, city, now):
    case = send(english, now)

    do(english, case, "withdraw", text="")

    case.refresh_from_db()
    assert case.state == "withdrawn"
    assert (
        reverse("complaints:own_change", args=[case.reference, "withdraw"])
        not in english.get(own(case)).content.decode()
    )


@pytest.mark.parametrize("change", ["verify", "answer", "close_silent", "nothing"])
def test_a_reporter_cannot_press_an_officers_button(english, city, now, change):
    case = send(english, now)

    answer = english.post(
        reverse("complaints:own_change", args=[case.reference, change]), {"seq": case.seq, "text": "x"}
    )

    assert answer.status_code == 404


def test_who_looked_is_shown_with_post_date_and_reason(english, city, now):
    case = send(english, now, name="Ani")
    record_access(
        user=city.handler,
        post_title="Petugas penghubung DPU",
        resident_id=case.reporter_id,
        subject_kind="case",
        subject_id=case.pk,
        what="contact",
        reason="Menanyakan alamat",
        at=clock.now(),
    )

    page = english.get(own(case)).content.decode()

    assert "Petugas penghubung DPU" in page
    assert "Menanyakan alamat" in page
    assert "Sari" not in page


def test_a_fresh_code_ends_the_conversations_of_other_browsers(english, city, now, client, photo):
    case = send(english, now, photo=[photo()], privacy="secret")
    secret = Attachment.objects.get()
    Attachment.objects.update(state="ready", stored="a.jpg", thumbnail="b.jpg")
    client.post(FIND, {"number": case.reference, "code": code_of(english)})
    assert client.get(own(case)).status_code == 200
    assert case.reference in client.get(FIND).content.decode()
    assert may_see_photo(asking(client), secret)
    english.post(reverse("complaints:fresh_code", args=[case.reference]))
    assert english.get(own(case)).status_code == 200, "who took the new code goes on"
    assert may_see_photo(asking(english), secret)
    # the other one is back before the door: page, list of one's own, photos, changes
    answer = client.get(own(case))
    assert (answer.status_code, answer["Location"]) == (302, f"{FIND}?q={case.reference}&code=")
    assert case.reference not in client.get(FIND).content.decode()
    assert not may_see_photo(asking(client), secret)
    client.post(reverse("complaints:own_change", args=[case.reference, "withdraw"]), {"seq": case.seq, "text": "x"})
    assert Case.objects.get().is_open
    client.post(FIND, {"number": case.reference, "code": code_of(english)})
    assert client.get(own(case)).status_code == 200


def asking(client):
    """Return a request with the cookies of a browser, of somebody who holds no post."""
    request = RequestFactory().get("/")
    request.COOKIES = {name: morsel.value for name, morsel in client.cookies.items()}
    request.authority = NOBODY
    return request


def test_a_fresh_code_ends_the_old_one(english, city, now, client):
    case = send(english, now)
    old = code_of(english)

    english.post(reverse("complaints:fresh_code", args=[case.reference]))
    new = code_of(english)

    assert new
    assert new != old
    assert client.post(FIND, {"number": case.reference, "code": old}).status_code == 422
    assert client.post(FIND, {"number": case.reference, "code": new}).status_code == 302


def test_the_page_says_how_long_this_device_opens_it(english, city, now):
    case = send(english, now)
    kept = english.cookies[conversations.COOKIE]["max-age"] // (24 * 60 * 60)
    assert f"without the code for {kept} days" in english.get(own(case)).content.decode()


def test_closing_on_this_device_asks_for_the_code_again(english, city, now):
    case = send(english, now)
    english.post(reverse("complaints:forget", args=[case.reference]))

    assert english.get(own(case)).status_code == 302


def test_the_language_of_messages_and_the_link_home(english, city, now):
    case = send(english, now, email="ani@example.org")
    english.post(reverse("complaints:language", args=[case.reference]), {"locale": "id"})
    english.post(reverse("complaints:send_link", args=[case.reference]))
    while send_queued(at=clock.now()):
        pass

    assert [message.locale for message in OutboxMessage.objects.order_by("id")] == ["en", "id"]
    received = next(message for message in mail.outbox if code_of(english) in message.body)
    link = next(message for message in mail.outbox if message is not received)
    assert f"/complaints/mine/{case.reference}/" in received.body
    assert link.subject == f"Jalan kembali ke laporan {case.reference}"
    assert code_of(english) not in link.body


def test_an_address_is_proven_by_six_digits(english, city, now):
    case = send(english, now, email="ani@example.org")
    address = reverse("complaints:verify", args=[case.reference])
    page = english.post(address, {"channel": "email"})
    assert b"one-time-code" in page.content
    while send_queued(at=clock.now()):
        pass
    code = next(found[0] for message in mail.outbox if (found := re.search(r"\b\d{6}\b", message.subject)))
    assert VerificationCode.objects.count() == 1
    assert english.post(address, {"code": "000000" if code != "000000" else "111111"}).status_code == 422

    assert english.post(address, {"code": code}).status_code == 302

    case.reporter.refresh_from_db()
    assert case.reporter.verified_by == "email"
    assert "Your e-mail address is proven." in english.get(own(case)).content.decode()


def test_a_telephone_that_no_room_can_reach_is_said(english, city, now):
    case = send(english, now, phone="081234567890")

    answer = english.post(reverse("complaints:verify", args=[case.reference]), {"channel": "phone"}, follow=True)

    assert "No code can be sent there" in answer.content.decode()


def test_every_message_of_the_kinds_has_words_in_both_languages(english, city, now):
    case = send(english, now, email="ani@example.org")
    deliver(at=clock.now())
    officer(city, case, "ask", text="Di mana?")
    do(english, case, "reply", text="Di sini.")
    officer(city, case, "start")
    officer(city, case, "progress", text="Bahan dipesan.")
    officer(city, case, "extend", text="Hujan.")
    officer(city, case, "answer", text="Selesai.")
    do(english, case, "reopen", text="Belum.")
    officer(city, case, "refuse", text="Bukan wewenang.", reason="outside_authority", basis="UU 23/2014")
    deliver(at=clock.now())
    while send_queued(at=clock.now()):
        pass

    assert not OutboxMessage.objects.exclude(state="sent").values_list("template", "reason")
    assert {message.template for message in OutboxMessage.objects.all()} >= {
        "complaint_received",
        "complaint_question",
        "complaint_started",
        "complaint_progress",
        "complaint_extended",
        "complaint_answered",
        "complaint_reopened",
        "complaint_refused",
        "case_new_for_unit",
        "case_reporter_replied",
    }


def test_a_number_without_its_code_is_told_plainly_and_the_same_for_all(english, city, now):
    hidden_one = send(english, now, privacy="secret")
    shown = send(english, now)
    stranger = Client()
    for reference in (hidden_one.reference, shown.reference, "26-K7QX-M3R8"):
        page = stranger.get(reverse("complaints:conversation", args=[reference]), follow=True).content.decode()
        assert "Halaman ini untuk pengirimnya" in page
        assert "Nomor ini tidak dapat dibuka" not in page
    page = stranger.get(reverse("complaints:find"), {"q": hidden_one.reference}).content.decode()
    assert "Nomor ini tidak dapat dibuka tanpa kodenya" in page
