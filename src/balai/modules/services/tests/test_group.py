"""Many people at once: one file, one list, an application for each with its own number and promise."""

import csv
import io
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from balai.engines.cases.models import Case
from balai.foundation.calendar import clock
from balai.foundation.forms.rules.schema import Field, FormSchema, Option, Step
from balai.modules.services.actions.apply import forget_drafts
from balai.modules.services.actions.life import forget_bundles
from balai.modules.services.models import Application, Bundle
from balai.modules.services.queries.applications import answers_of
from balai.modules.services.rules.group_file import MOST_PEOPLE, BadGroupFile, columns_of, read_people
from balai.modules.services.tests.applicants import SIGNED, revision_on
from balai.modules.services.tests.conftest import Hall

FORM = FormSchema(
    steps=(
        Step(
            slug="s",
            label_id="S",
            fields=(
                Field(slug="nama", kind="text", label_id="Nama lengkap", label_en="Full name"),
                Field(slug="nik", kind="nik", label_id="NIK"),
                Field(slug="lahir", kind="date", label_id="Tanggal lahir"),
                Field(slug="rumah", kind="address", label_id="Alamat"),
                Field(slug="setuju", kind="boolean", label_id="Setuju"),
                Field(
                    slug="jenis",
                    kind="choice",
                    label_id="Jenis",
                    options=(Option(slug="baru", label_id="KTP baru"), Option(slug="hilang", label_id="Hilang")),
                ),
                Field(slug="foto", kind="file", label_id="Foto"),
                Field(slug="tanda_tangan", kind="signature", label_id="Tanda tangan"),
            ),
        ),
    )
)
VILLAGES = {"klojen": "35.73.02.1001"}
RIGHT = "RT 03/RW 05, Pak Budi (ketua RT)"


def test_a_column_for_every_question_that_a_cell_can_answer() -> None:
    assert [column.name for column in columns_of(FORM)] == [
        "nama", "nik", "lahir", "rumah.words", "rumah.village", "setuju", "jenis",
    ]  # fmt: skip


@pytest.mark.parametrize("mark", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_file_is_read_as_people_write_it(mark: str, encoding: str) -> None:
    rows = [
        ["FULL NAME", "nik", "Tanggal lahir", "Alamat: jalan dan RT/RW", "rumah.village", "Setuju", "Jenis", "Catatan"],
        ["Siti José", "'3573014101900001", "1/2/1990", "Jl. Ijen 1", "KLOJEN", "Ya", "ktp baru", "x"],
        ["", "", "", "", "", "", "", ""],
        ["Budi", "", "31/02/1990", "", "Antah", "tidak", "lain"],
    ]
    text = "\n".join(mark.join(row) for row in rows)
    people = read_people(text.encode(encoding), schema=FORM, villages=VILLAGES)
    assert people == [
        {
            "nama": "Siti José",
            "nik": "3573014101900001",
            "lahir": "1990-02-01",
            "rumah": {"words": "Jl. Ijen 1", "village": "35.73.02.1001"},
            "setuju": True,
            "jenis": "baru",
        },
        # what cannot be read stays as it is written: the form says what is wrong
        {
            "nama": "Budi",
            "lahir": "31/02/1990",
            "rumah": {"words": "", "village": "Antah"},
            "setuju": False,
            "jenis": "lain",
        },
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty"),
        (b"Nama lengkap\n", "empty"),
        (b"Nama lengkap\n \n,\n", "empty"),
        (b"Judul,Harga\nA,1\n", "columns"),
        (b"\x50\x4b\x03\x04\x00\x00nama", "encoding"),
        (b"nama\n" + b"x" * 200_000, "encoding"),
        (b"nama\n" + b"Siti\n" * (MOST_PEOPLE + 1), "too_many"),
    ],
)
def test_files_that_are_none(data: bytes, code: str) -> None:
    with pytest.raises(BadGroupFile) as refused:
        read_people(data, schema=FORM, villages=VILLAGES)
    assert refused.value.code == code


@given(st.binary(max_size=400))
def test_whatever_is_sent_is_people_or_a_clear_no(data: bytes) -> None:
    with suppress(BadGroupFile):
        assert 0 < len(read_people(b"nama,lahir,jenis\n" + data, schema=FORM, villages=VILLAGES)) <= MOST_PEOPLE


def sent(*rows: list[str]) -> SimpleUploadedFile:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return SimpleUploadedFile("warga.csv", text.getvalue().encode(), content_type="text/csv")


@pytest.mark.django_db
def test_a_group_applies_and_each_has_a_number(
    hall: Hall, english: Client, signed_in: Callable[[Any], Client], photo: Any, now: Any
) -> None:
    head = b"".join(english.get(reverse("services:group_template", args=["ktp-el"])).streaming_content).decode()
    columns = next(row for row in csv.reader(io.StringIO(head)) if not row[0].startswith("#"))
    assert {"Your full name", "NIK"} & set(columns) or len(columns) > 4
    names = ["nama", "nik", "telepon", "alamat.words", "alamat.village", "jenis", "lahir", "kk"]
    siti = [
        "Siti",
        "3573014101900001",
        "081234567890",
        "Jl. Ijen 1",
        "35.73.01.1001",
        "baru",
        "01/01/1990",
        "3573010101900001",
    ]
    budi = ["Budi", "123", "", "", "", "", "", ""]
    address = reverse("services:group", args=["ktp-el"])
    begun = english.post(address, {"name": RIGHT, "file": sent(names, siti, budi)})
    assert begun.status_code == 302
    page = english.get(begun["Location"])
    text = page.content.decode()
    assert ">Siti<" in text
    assert ">Budi<" in text
    assert RIGHT in text
    # of what the file says, this cannot be taken; what it does not say is a step to be filled in
    assert re.findall(r"To be put right: ([^<]+)<", text) == ["NIK"]
    code = str(begun["Location"]).rstrip("/").split("/")[-1]
    first, second = Application.objects.order_by("pk")
    assert answers_of(first)["nik"] == "3573014101900001"
    for step, more in (("berkas", {"foto_kk": photo()}), ("pernyataan", SIGNED)):
        place = reverse("services:life_step", args=[code, 0, step])
        english.post(place, {"revision": revision_on(english.get(place)), **more})
    # nothing of one person goes over to the other
    second.refresh_from_db()
    assert set(answers_of(second)) == {"nama", "nik"}
    first.refresh_from_db()
    done = english.post(
        reverse("services:life_send", args=[code]),
        {
            f"revision-{first.pk}": first.revision,
            f"revision-{second.pk}": second.revision,
            f"revision-{first.pk + 99}": "9" * 5000,
        },
        follow=True,
    )
    case = Case.objects.get()
    assert case.reference in done.content.decode()
    assert case.reporter is not None
    assert case.reporter.name == "Siti"
    # the officer reads who applied, and by what right
    assert RIGHT in signed_in(hall.officer).get(reverse("services_desk:case", args=[case.reference])).content.decode()
    opened = english.post(reverse("services:life_open", args=[code, 0]))
    assert english.get(opened["Location"]).status_code == 200
    assert Client().get(opened["Location"]).status_code == 302


@pytest.mark.django_db
def test_without_a_file_the_list_is_empty(
    hall: Hall, english: Client, now: Any, django_assert_max_num_queries: Any
) -> None:
    address = reverse("services:group", args=["ktp-el"])
    for wrong in ({}, {"name": RIGHT}, {"name": RIGHT, "number": "0"}, {"name": RIGHT, "number": "101"}):
        assert english.post(address, wrong).status_code == 422
    bad = english.post(address, {"name": RIGHT, "file": SimpleUploadedFile("a.xlsx", b"PK\x00")})
    assert "This is no CSV file" in bad.content.decode()
    assert not Bundle.objects.exists()
    begun = english.post(address, {"name": RIGHT, "number": "30"})
    english.get(begun["Location"])
    with django_assert_max_num_queries(16):
        page = english.get(begun["Location"])
    assert page.content.decode().count("No name yet") == 30
    assert english.get(reverse("services:group", args=["tidak-ada"])).status_code == 404


@pytest.mark.django_db
def test_a_list_is_of_a_life_or_of_a_group(hall: Hall, now: Any) -> None:
    at = clock.now()
    for wrong in ({"event": ""}, {"event": "lahir", "group_name": "RT"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Bundle.objects.create(token_hash="x", started_at=at, changed_at=at, **wrong)


@pytest.mark.django_db
def test_one_address_begins_few_groups(hall: Hall, english: Client, now: Any) -> None:
    address = reverse("services:group", args=["ktp-el"])
    answers = [english.post(address, {"name": RIGHT, "number": "1"}).status_code for _ in range(7)]
    assert answers == [302] * 6 + [429]


@pytest.mark.django_db
def test_a_list_that_is_filled_in_lives(hall: Hall, english: Client, now: Any) -> None:
    begun = english.post(reverse("services:group", args=["ktp-el"]), {"name": RIGHT, "number": "1"})
    code = str(begun["Location"]).rstrip("/").split("/")[-1]
    now.shift(timedelta(days=29))
    place = reverse("services:life_step", args=[code, 0, "pemohon"])
    english.post(place, {"revision": revision_on(english.get(place)), "nama": "Siti"})
    now.shift(timedelta(days=29))
    forget_drafts(at=clock.now())
    forget_bundles(at=clock.now())
    assert english.get(begun["Location"]).status_code == 200
    Application.objects.all().delete()
    english.post(reverse("services:life_tick", args=[code, 0]), {"do": "again"})
    assert Application.objects.get().on_behalf == RIGHT
