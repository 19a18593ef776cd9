"""Photos are seen by whom they concern, and no page shows who reported."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.foundation.files.models import Attachment
from balai.foundation.files.processing import process_attachment
from balai.foundation.files.tests.documents import pdf
from balai.foundation.identity.models import AccessRecord
from balai.modules.complaints.tests.residents import open_form, send, words
from balai.modules.complaints.tests.test_conversation import do, officer

pytestmark = pytest.mark.django_db
MARKS = ("Penanda Rahasia", "penanda@marker.example", "081999888777", "6281999888777", "3573014505900001")


def ready(case: Case) -> list[Attachment]:
    for attachment in Attachment.objects.filter(owner_id=case.pk):
        process_attachment(attachment_id=attachment.pk)
    return list(Attachment.objects.filter(owner_id=case.pk).order_by("id"))


def look(client: Client, attachment: Attachment, view: str = "photo") -> int:
    return client.get(reverse(f"files:{view}", args=[attachment.key])).status_code


def signed_in(user) -> Client:  # type: ignore[no-untyped-def]
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


def test_a_public_photo_is_for_everybody_and_a_secret_one_is_not(english, city, now, photo, client):
    open_photo = ready(send(english, now, photo=[photo()]))[0]
    secret = ready(send(english, now, photo=[photo()], privacy="secret"))[0]

    assert look(client, open_photo) == 200
    assert look(client, secret) == 404
    assert look(english, secret) == 200


def test_each_look_of_an_officer_at_a_secret_photo_is_recorded(english, city, now, photo):
    case = send(english, now, photo=[photo()], privacy="secret", name="Ani")
    secret = ready(case)[0]
    staff = signed_in(city.handler)

    assert look(staff, secret, "thumbnail") == 200
    assert not AccessRecord.objects.exists()
    assert look(staff, secret) == 200

    record = AccessRecord.objects.get()
    assert (record.what, record.subject_id, record.resident) == ("photo", case.pk, case.reporter)


def test_the_photo_of_an_answer_is_for_reporter_and_officers_only(english, city, now, photo, client):
    case = send(english, now)
    officer(city, case, "ask", text="Di mana?")
    do(english, case, "reply", text="Di sini.", photo=[photo()])
    answered = ready(case)[0]

    assert look(client, answered) == 404
    assert look(english, answered) == 200
    assert look(signed_in(city.handler), answered) == 200


def test_no_public_page_shows_who_reported(english, city, now, client):
    name, email, phone, _plus, nik = MARKS
    case = send(
        english,
        now,
        name=name,
        email=email,
        phone=phone,
        nik=nik,
        text=f"Jalan rusak. Hubungi {phone} atau {email}, NIK {nik}.",
    )
    officer(city, case, "progress", text=f"Pelapor dihubungi di {phone}.")
    pages = [
        "/",
        "/complaints/",
        f"/complaints/?q={case.reference}",
        reverse("complaints:case", args=[case.reference]),
        "/complaints/follow/",
        "/complaints/new/",
        reverse("complaints:export_csv"),
        reverse("complaints:export_json"),
        reverse("complaints:map") + "?bbox=112,-9,113,-7&zoom=12",
        f"/open311/v2/requests/{case.reference}.json",
    ]
    found = []
    for address in pages:
        answer = client.get(address, follow=True)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        found += [(address, mark) for mark in MARKS if mark.encode() in content]

    assert found == []


def test_no_queued_message_to_staff_names_the_reporter(english, city, now):
    from balai.foundation.events.actions import deliver
    from balai.foundation.messages.models import OutboxMessage

    send(english, now, name=MARKS[0], phone=MARKS[2])
    deliver(at=clock.now())

    contexts = str(list(OutboxMessage.objects.values_list("context", flat=True)))
    assert not any(mark in contexts for mark in MARKS)


def test_a_pdf_is_a_file_for_reporter_and_officers_and_no_page_shows_it_to_others(english, city, now, photo, client):
    letter = SimpleUploadedFile("Surat RT.pdf", pdf(), content_type="application/pdf")
    case = send(english, now, photo=[letter, photo()])
    document, picture = ready(case)
    assert (document.purpose, document.public, picture.public) == ("document", False, True)

    assert look(client, document) == 404
    assert look(client, picture) == 200
    public = client.get(reverse("complaints:case", args=[case.reference])).content.decode()
    assert str(picture.key) in public
    assert str(document.key) not in public
    assert "Surat RT" not in public

    assert look(english, document) == 200
    own = english.get(reverse("complaints:conversation", args=[case.reference])).content.decode()
    staff = signed_in(city.handler)
    desk = staff.get(reverse("complaints_desk:case", args=[case.reference])).content.decode()
    for page in (own, desk):
        assert f'class="b-file" href="{reverse("files:photo", args=[document.key])}" download' in page
        assert "Surat RT.pdf" in page
        assert reverse("files:thumbnail", args=[document.key]) not in page


def test_a_pdf_stays_when_the_form_has_to_be_redone(english, city, now):
    key = open_form(english, now)
    letter = SimpleUploadedFile("Surat RT.pdf", pdf(), content_type="application/pdf")
    page = english.post(
        reverse("complaints:new"), {**words(category=""), "photo": [letter], "key": key, "step": "send"}
    )
    assert page.status_code == 422
    assert "Surat RT.pdf has arrived" in page.content.decode()
