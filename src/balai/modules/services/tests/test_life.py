"""Life events: one list, several applications, what they share is asked once."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.foundation.files.models import Attachment
from balai.foundation.forms.rules.schema import Field, FormSchema, Option, Step
from balai.foundation.units.models import Holding, Post
from balai.modules.services import data, tasks
from balai.modules.services.actions.apply import forget_drafts
from balai.modules.services.actions.life import LifeMovedOn, LifeRefused, save_life_event
from balai.modules.services.models import Application, Bundle, BundleLine, LifeEventText, Service
from balai.modules.services.queries.applications import answers_of
from balai.modules.services.queries.life import all_events, life_event, list_lines
from balai.modules.services.rules.life import (
    MOST_LINES,
    LifeEvent,
    LifeLine,
    LifeProblem,
    last_day,
    life_problems,
    lines_from_json,
    lines_to_json,
    shared_answers,
)
from balai.modules.services.tests.applicants import APPLICANT, SIGNED, revision_on
from balai.modules.services.tests.conftest import MORNING, Hall


def schema(*fields: Field) -> FormSchema:
    return FormSchema(steps=(Step(slug="s", label_id="S", fields=fields),))


def text(slug: str, label: str = "Nama", **more: Any) -> Field:
    return Field(slug=slug, kind="text", label_id=label, **more)


def test_only_the_same_question_is_carried_over() -> None:
    here = schema(text("nama"), text("jenis"), Field(slug="tt", kind="signature", label_id="T"))
    there = schema(text("nama"), text("jenis", "Jenis reklame"), Field(slug="tt", kind="signature", label_id="T"))
    after = {"nama": "Siti", "jenis": "baru", "tt": {"name": "Siti", "agreed": True}}
    assert shared_answers(schema=here, before={}, after=after, other=there, answers={}) == {"nama": "Siti"}


def test_other_options_are_another_question() -> None:
    def choice(*slugs: str) -> FormSchema:
        options = tuple(Option(slug=slug, label_id=slug) for slug in slugs)
        return schema(Field(slug="jenis", kind="choice", label_id="Jenis", options=options))

    after = {"jenis": "a"}
    assert shared_answers(schema=choice("a"), before={}, after=after, other=choice("a"), answers={}) == after
    assert shared_answers(schema=choice("a"), before={}, after=after, other=choice("a", "b"), answers={}) == {}


@given(st.text(min_size=1), st.text(min_size=1), st.text())
def test_a_correction_follows_but_never_overwrites_what_was_written_there(old: str, new: str, own: str) -> None:
    one = schema(text("nama"))
    facts: dict[str, Any] = {"schema": one, "other": one, "before": {"nama": old}, "after": {"nama": new}}
    assert shared_answers(answers={"nama": old}, **facts) == {"nama": new}
    assert shared_answers(answers={}, **facts) == {"nama": new}
    if own not in ("", old):
        assert shared_answers(answers={"nama": own}, **facts) == {"nama": own}


def test_what_the_program_brings_is_sound() -> None:
    known = {service.slug for service in data.typical_services()}
    events = data.life_events()
    assert [event["slug"] for event in events] == ["lahir", "menikah", "pindah", "usaha", "meninggal"]
    for event in events:
        lines = lines_from_json(event["line"])
        assert life_problems(lines) == ()
        assert {line.service for line in lines if line.service} <= known
        assert lines_from_json(lines_to_json(lines)) == lines


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        ((), LifeProblem("empty")),
        ((LifeLine(words_id="x"),), LifeProblem("no_words", 1)),
        ((LifeLine(service="a"), LifeLine(service="a")), LifeProblem("twice", 2)),
        ((LifeLine(service="a", days=60),), LifeProblem("term_without_law", 1)),
        (tuple(LifeLine(label_id="x") for _ in range(MOST_LINES + 1)), LifeProblem("too_many")),
    ],
)
def test_a_list_that_says_nothing_true_is_refused(lines: tuple[LifeLine, ...], problem: LifeProblem) -> None:
    assert problem in life_problems(lines)


def test_the_last_day_counts_from_the_event() -> None:
    line = LifeLine(service="a", days=60, basis="UU")
    assert last_day(line, date(2026, 11, 1)) == date(2026, 12, 31)
    assert last_day(line, None) is None
    assert last_day(LifeLine(service="a"), date(2026, 11, 1)) is None


def begin_list(client: Client, slug: str = "lahir", **given: Any) -> str:
    response = client.post(reverse("services:life_event", args=[slug]), given)
    assert response.status_code == 302
    return str(response["Location"].rstrip("/").rsplit("/", 1)[-1])


def fill_line(client: Client, code: str, position: int, step: str, **given: Any) -> Any:
    address = reverse("services:life_step", args=[code, position, step])
    page = client.get(address)
    assert page.status_code == 200
    return client.post(address, {"revision": revision_on(page), **given})


def send_list(client: Client, code: str) -> Any:
    page = client.get(reverse("services:life_bundle", args=[code])).content.decode()
    revisions = dict(re.findall(r'name="(revision-\d+)" value="(\d+)"', page))
    return client.post(reverse("services:life_send", args=[code]), revisions, follow=True)


CHILD = {
    "nama_anak": "Ayu Lestari",
    "kelamin": "p",
    "tanggal_lahir": "2026-11-20",
    "tempat_lahir": "Malang",
    "nik_ibu": "3573014101900001",
}


@pytest.mark.django_db
def test_a_birth_from_list_to_two_applications(hall: Hall, english: Client, photo: Any, now: Any) -> None:
    page = english.get(reverse("services:life_event", args=["lahir"])).content.decode()
    assert "By law within 60 days (UU 23/2006" in page
    code = begin_list(english, happened="2026-11-20")
    bundle = Bundle.objects.get()
    assert (bundle.happened, "2026-11-20" in str(Bundle.objects.extra(select={"raw": "happened"}).get().raw)) == (
        "2026-11-20",
        False,
    )
    # the optional line was not chosen
    assert list(bundle.lines.values_list("position", flat=True)) == [0, 1, 2, 4]
    birth, card = (bundle.lines.get(position=place).application for place in (0, 1))
    assert birth is not None
    assert card is not None
    shown = english.get(reverse("services:life_bundle", args=[code])).content.decode()
    assert "Tuesday, 19 January 2027" in shown
    done = fill_line(english, code, 0, "pemohon", **APPLICANT)
    assert done["Location"] == reverse("services:life_step", args=[code, 0, "anak"])
    card.refresh_from_db()
    assert answers_of(card)["nama"] == APPLICANT["nama"]
    fill_line(english, code, 0, "anak", **CHILD)
    files = {"surat_lahir": photo(), "buku_nikah": photo("white"), "kk": photo("black")}
    assert fill_line(english, code, 0, "berkas", **files).status_code == 302
    card.refresh_from_db()
    (copy,) = answers_of(card)["kk"]
    birth.refresh_from_db()
    (first,) = answers_of(birth)["kk"]
    assert copy != first
    assert Attachment.objects.get(key=copy).owner_id == card.pk
    assert Attachment.objects.get(key=copy).sha256 == Attachment.objects.get(key=first).sha256
    # nothing is complete, so nothing goes
    assert "Nothing is complete yet" in send_list(english, code).content.decode()
    assert fill_line(english, code, 0, "pernyataan", **SIGNED)["Location"] == reverse(
        "services:life_bundle", args=[code]
    )
    member = {"anggota.0.nama": "Ayu Lestari", "anggota.0.hubungan": "anak", "anggota.rows": "1"}
    # the applicant's step is complete already: on with the family
    listed = english.get(reverse("services:life_bundle", args=[code])).content.decode()
    assert reverse("services:life_step", args=[code, 1, "keluarga"]) in listed
    address = reverse("services:life_step", args=[code, 1, "keluarga"])
    names = set(re.findall(r'name="(anggota[^"]*)"', english.get(address).content.decode()))
    assert names >= set(member), names
    fill_line(english, code, 1, "keluarga", sebab="tambah", kk_lama="3573010101900001", **member)
    # with the reason the step shows one question more
    fill_line(english, code, 1, "keluarga", sebab="tambah", kk_lama="3573010101900001", **member)
    fill_line(english, code, 1, "pernyataan", **SIGNED)
    sent = send_list(english, code).content.decode()
    assert "Sent: 2 applications" in sent
    assert Case.objects.count() == 2
    for case in Case.objects.all():
        assert case.reference in sent
        assert english.get(reverse("services:own", args=[case.reference])).status_code == 200
    # on another device the code of the list opens them
    other = Client(headers={"accept-language": "en"})
    case = Case.objects.earliest("pk")
    assert other.get(reverse("services:own", args=[case.reference])).status_code == 302
    opened = other.post(reverse("services:life_open", args=[code, 0]), follow=True)
    assert opened.status_code == 200
    assert case.reference in opened.content.decode()
    # a new code of the matter ends what the list opens
    Case.objects.filter(pk=case.pk).update(code_hash="0" * 64)
    third = Client()
    third.post(reverse("services:life_open", args=[code, 0]))
    assert third.get(reverse("services:own", args=[case.reference])).status_code == 302


@pytest.mark.django_db
def test_what_changed_in_another_tab_is_not_sent_unseen(hall: Hall, english: Client, now: Any) -> None:
    code = begin_list(english, "meninggal")
    line = BundleLine.objects.get(position=1)
    complete = {**APPLICANT, **SIGNED}
    fill_line(english, code, 1, "pemohon", **APPLICANT)
    member = {"anggota.0.nama": "Ayu", "anggota.0.hubungan": "anak", "anggota.rows": "1"}
    for _look in range(2):
        fill_line(english, code, 1, "keluarga", sebab="kurang", kk_lama="3573010101900001", **member)
    fill_line(english, code, 1, "pernyataan", **complete)
    seen = english.get(reverse("services:life_bundle", args=[code])).content.decode()
    assert "Ready to send" in seen
    revisions = dict(re.findall(r'name="(revision-\d+)" value="(\d+)"', seen))
    fill_line(english, code, 1, "pemohon", **APPLICANT | {"alamat.words": "Jl. Kawi 2"})
    late = english.post(reverse("services:life_send", args=[code]), revisions, follow=True).content.decode()
    assert "changed in another tab" in late
    assert english.post(reverse("services:life_send", args=[code]), {}, follow=True).status_code == 200
    assert not Case.objects.exists()
    assert "Sent: 1 application." in send_list(english, code).content.decode()
    line.refresh_from_db()
    assert line.mark


@pytest.mark.django_db
def test_a_day_that_has_passed_says_so_and_what_to_do(hall: Hall, english: Client, now: Any) -> None:
    code = begin_list(english, happened="2026-06-01")
    page = english.get(reverse("services:life_bundle", args=[code])).content.decode()
    assert "The last day by law was Friday, 31 July 2026" in page
    assert "ask at the counter" in page
    assert "By law until" not in page
    in_time = english.get(reverse("services:life_bundle", args=[begin_list(english, happened="2026-11-20")]))
    assert "The last day by law was" not in in_time.content.decode()


@pytest.mark.django_db
def test_nobody_is_led_to_what_to_bring_before_it_is_known(hall: Hall, english: Client, now: Any) -> None:
    code = begin_list(english)
    page = english.get(reverse("services:life_bundle", args=[code])).content.decode()
    kia = reverse("services:service", args=["kia"])
    assert "At the counter of" in page
    assert f'href="{kia}">What you need there' not in page
    # a service of the counter whose standard was published leads there
    BundleLine.objects.filter(position=2).update(line={"service": "ktp-el"})
    Service.objects.filter(slug="ktp-el").update(live=None)
    page = english.get(reverse("services:life_bundle", args=[code])).content.decode()
    assert f'href="{reverse("services:service", args=["ktp-el"])}">What you need there' in page


@pytest.mark.django_db
def test_what_was_withdrawn_is_not_done_and_can_be_asked_for_anew(hall: Hall, english: Client, now: Any) -> None:
    code = begin_list(english, "meninggal")
    fill_line(english, code, 1, "pemohon", **APPLICANT)
    member = {"anggota.0.nama": "Ayu", "anggota.0.hubungan": "anak", "anggota.rows": "1"}
    for _look in range(2):
        fill_line(english, code, 1, "keluarga", sebab="kurang", kk_lama="3573010101900001", **member)
    fill_line(english, code, 1, "pernyataan", **SIGNED)
    send_list(english, code)
    case = Case.objects.get()
    anew = reverse("services:apply", args=["kartu-keluarga"])
    assert f'href="{anew}"' not in english.get(reverse("services:life_bundle", args=[code])).content.decode()
    english.post(reverse("services:own_change", args=[case.reference, "withdraw"]), {"seq": str(case.seq)})
    case.refresh_from_db()
    assert case.state == "withdrawn"
    page = english.get(reverse("services:life_bundle", args=[code])).content.decode()
    assert re.search(r">0 of \d done", page)
    assert f'href="{anew}"' in page


@pytest.mark.django_db
def test_a_wrong_code_opens_nothing(hall: Hall, english: Client, now: Any) -> None:
    begin_list(english)
    wrong = "A" * 12
    for address, method in (
        (reverse("services:life_bundle", args=[wrong]), "get"),
        (reverse("services:life_step", args=[wrong, 0, "pemohon"]), "get"),
        (reverse("services:life_send", args=[wrong]), "post"),
        (reverse("services:life_open", args=[wrong, 0]), "post"),
        (reverse("services:life_tick", args=[wrong, 0]), "post"),
    ):
        assert getattr(english, method)(address).status_code == 404
    assert english.get(reverse("services:life_event", args=["lain"])).status_code == 404


@pytest.mark.django_db
def test_the_code_goes_on_where_codes_are_typed(hall: Hall, english: Client, now: Any) -> None:
    code = begin_list(english)
    typed = f"{code[:4]}-{code[4:8]}-{code[8:]}".lower()
    answer = english.post(reverse("services:resume"), {"code": typed})
    assert answer["Location"] == reverse("services:life_bundle", args=[code])


@pytest.mark.django_db
def test_what_is_done_elsewhere_is_ticked_and_what_went_away_is_begun_anew(
    hall: Hall, english: Client, now: Any
) -> None:
    code = begin_list(english)
    tick = reverse("services:life_tick", args=[code, 4])
    english.post(tick, {"do": "done"})
    assert "1 of 4 done" in english.get(reverse("services:life_bundle", args=[code])).content.decode()
    english.post(tick, {"do": "open"})
    assert "0 of 4 done" in english.get(reverse("services:life_bundle", args=[code])).content.decode()
    # an application cannot be ticked off
    english.post(reverse("services:life_tick", args=[code, 0]), {"do": "done"})
    assert BundleLine.objects.get(position=0).done_at is None
    Application.objects.filter(pk=BundleLine.objects.get(position=0).application_id).update(
        expires_at=clock.now() - timedelta(days=1)
    )
    forget_drafts(at=clock.now())
    assert BundleLine.objects.get(position=0).application is None
    english.post(reverse("services:life_tick", args=[code, 0]), {"do": "again"})
    assert BundleLine.objects.get(position=0).application is not None


@pytest.mark.django_db
def test_lists_go_away_with_their_drafts(hall: Hall, english: Client, now: Any) -> None:
    begin_list(english)
    now.shift(timedelta(days=29))
    tasks.drafts()
    assert Bundle.objects.count() == 1
    now.shift(timedelta(days=2))
    tasks.drafts()
    assert not Bundle.objects.exists()
    assert not Application.objects.exists()


@pytest.mark.django_db
def test_a_longer_list_asks_no_more_of_the_database(
    hall: Hall, english: Client, now: Any, django_assert_num_queries: Any
) -> None:
    begin_list(english, "lahir")
    begin_list(english, "menikah", line=["4"])
    for bundle in Bundle.objects.all():
        list_lines(bundle=bundle, at=MORNING)
        with django_assert_num_queries(4):
            list_lines(bundle=bundle, at=MORNING)


@pytest.mark.django_db
def test_staff_write_an_event(hall: Hall, signed_in: Callable[[Any], Client], now: Any) -> None:
    address = reverse("services_desk:life_event", args=["pindah"])
    staff = signed_in(hall.officer)
    # an event crosses agencies: whoever makes services for one of them only does not write it
    assert staff.get(address).status_code == 403
    Post.objects.filter(pk=Holding.objects.get(user=hall.officer).post_id).update(scope="city")
    staff = signed_in(hall.officer)
    assert "pindah-datang" in staff.get(address).content.decode()
    assert staff.get(reverse("services_desk:life")).status_code == 200
    management = {"lines-TOTAL_FORMS": "2", "lines-INITIAL_FORMS": "0", "revision": "-1", "name_id": "Pindah"}
    rows = {"lines-0-service": "pindah-datang", "lines-1-label_id": "Pamit kepada RT", "active": "on"}
    refused = staff.post(address, {**management, **rows, "lines-0-days": "14"})
    assert refused.status_code == 422
    assert "write which law gives these days" in refused.content.decode()
    assert staff.post(address, {**management, **rows}).status_code == 302
    assert staff.post(address, {**management, **rows}).status_code == 409
    page = Client(headers={"accept-language": "en"}).get(reverse("services:life_event", args=["pindah"]))
    assert "Pamit kepada RT" in page.content.decode()
    assert staff.get(reverse("services_desk:life_event", args=["lain"])).status_code == 404


@pytest.mark.django_db
def test_a_city_says_it_in_its_own_words(hall: Hall, english: Client) -> None:
    own = LifeEvent(slug="lahir", name_id="Kelahiran", name_en="Birth", lines=(LifeLine(service="akta-kelahiran"),))
    save_life_event(event=own, active=True, expected_revision=-1, at=MORNING)
    found = life_event("lahir")
    assert found is not None
    assert (found.name_id, len(found.lines)) == ("Kelahiran", 1)
    with pytest.raises(LifeMovedOn):
        save_life_event(event=own, active=True, expected_revision=-1, at=MORNING)
    with pytest.raises(LifeRefused):
        save_life_event(
            event=LifeEvent(slug="x", name_id="X", name_en="X"), active=True, expected_revision=-1, at=MORNING
        )
    save_life_event(event=own, active=False, expected_revision=0, at=MORNING)
    assert LifeEventText.objects.get().revision == 1
    assert english.get(reverse("services:life_event", args=["lahir"])).status_code == 404
    assert len(all_events()) == 5
