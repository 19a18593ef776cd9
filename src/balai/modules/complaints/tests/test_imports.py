"""Imports: files as they come, rows good and bad, once each, resumed after a kill."""

import csv
import gzip
import json
import random
from datetime import datetime
from io import StringIO
from pathlib import Path
from string import ascii_lowercase
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from time_machine import Traveller

from balai.engines.cases.models import Case, Category, MonthTotal
from balai.foundation.units.models import Unit
from balai.modules.complaints.imports import run as imports_run
from balai.modules.complaints.tests.small_city import IN_BARAT_DAYA, OUTSIDE, SmallCity

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "city")]

COLUMNS = """
[columns]
id = "nomor"
received_at = "masuk"
text = "isi"
"""
PLAIN = '[source]\nname = "kota-x"\n' + COLUMNS


class Desk:
    """A folder with a file and a mapping, and the command."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.rejects = folder / "bad.csv"

    def load(self, content: str | bytes, mapping: str = PLAIN, *, name: str = "data.csv") -> dict[str, Any]:
        """Import ``content`` and return what the last line says."""
        (self.folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        (self.folder / "map.toml").write_text(mapping, "utf-8")
        out = StringIO()
        call_command(
            "complaints",
            "import",
            str(self.folder / name),
            mapping=self.folder / "map.toml",
            rejects=self.rejects,
            json=True,
            stdout=out,
            stderr=StringIO(),
        )
        found: dict[str, Any] = json.loads(out.getvalue().splitlines()[-1])
        assert found["read"] == found["imported"] + found["already"] + found["rejected"]
        return found

    def bad(self) -> list[tuple[int, str]]:
        """Return line and reason of each rejected row."""
        with self.rejects.open(newline="", encoding="utf-8") as file:
            return [(int(row["line"]), row["reason"]) for row in csv.DictReader(file)]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a place to import from."""
    return Desk(tmp_path)


def rows(count: int, *, start: int = 0) -> str:
    """Return a good small file."""
    lines = [f"{number},2026-10-{number % 28 + 1:02d} 10:00,Jalan {number}" for number in range(start, start + count)]
    return "nomor,masuk,isi\n" + "\n".join(lines) + "\n"


# files as they come


@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
def test_any_delimiter(desk: Desk, delimiter: str) -> None:
    assert desk.load(rows(3).replace(",", delimiter))["imported"] == 3


def test_windows_1252_with_semicolons_and_decimal_commas(desk: Desk) -> None:
    lat, lon = (f"{part:.6f}".replace(".", ",") for part in IN_BARAT_DAYA)
    mapping = PLAIN.replace('"kota-x"', '"kota-x"\nencoding = "windows-1252"') + 'lat = "y"\nlon = "x"\n'
    text = f"nomor;masuk;isi;y;x\n1;2026-10-01;Café “Ujung” rusak;{lat};{lon}\n"
    assert desk.load(text.encode("windows-1252"), mapping)["imported"] == 1
    case = Case.objects.get()
    assert case.text == "Café “Ujung” rusak"
    assert case.village is not None
    assert case.village.name == "Barat Daya"


def test_gzip_and_a_byte_order_mark(desk: Desk) -> None:
    assert desk.load(gzip.compress(rows(2).encode("utf-8-sig")), name="data.csv.gz")["imported"] == 2


def test_utf_16(desk: Desk) -> None:
    mapping = PLAIN.replace('"kota-x"', '"kota-x"\nencoding = "utf-16"')
    assert desk.load(rows(2).encode("utf-16"), mapping)["imported"] == 2
    with pytest.raises(CommandError, match="utf-16"):
        desk.load(rows(2).encode("utf-16"))


def test_names_of_columns_forgive_case_and_spaces(desk: Desk) -> None:
    assert desk.load(rows(2).replace("nomor,masuk,isi", '" Nomor ",MASUK,"Isi "'))["imported"] == 2


def test_quoted_line_breaks_keep_the_line_numbers(desk: Desk) -> None:
    text = 'nomor,masuk,isi\n1,2026-10-01,"dua\nbaris"\n2,kemarin,x\n'
    assert desk.load(text)["imported"] == 1
    assert [line for line, _ in desk.bad()] == [4]


def test_a_header_alone_is_an_import_of_nothing(desk: Desk) -> None:
    assert desk.load("nomor,masuk,isi\n")["read"] == 0


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04rest", "save it as CSV"),
        (b"\xd0\xcf\x11\xe0rest", "save it as CSV"),
        ("nomor,masuk,isi\n1,2026-10-01,caf\u00e9\n".encode("windows-1252"), "windows-1252"),
        (b"nomor,tanggal,isi\n1,2026-10-01,x\n", "no column 'masuk'; it has: nomor, tanggal, isi"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_whole(desk: Desk, content: bytes, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        desk.load(content)
    assert not Case.objects.exists()


def test_a_file_that_breaks_off_keeps_what_came_before(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports_run, "BATCH", 10)
    noise = random.Random(7)
    words = ["".join(noise.choices(ascii_lowercase, k=7)) for _ in range(250_000)]
    lines = "".join(
        f"{number},2026-10-01,{' '.join(words[number * 2_500 : number * 2_500 + 2_500])}\n" for number in range(100)
    )
    whole = gzip.compress(f"nomor,masuk,isi\n{lines}".encode())
    with pytest.raises(CommandError, match="breaks off"):
        desk.load(whole[: len(whole) * 4 // 5], name="data.csv.gz")
    assert Case.objects.count() in range(60, 90)


def test_bad_rows_are_listed_with_line_and_reason(desk: Desk) -> None:
    text = "\n".join(
        [
            "nomor,masuk,isi",
            "1,2026-10-01,baik",
            ",2026-10-01,tanpa nomor",
            "3,,tanpa tanggal",
            "4,31/02/2026,tanggal salah",
            "5,2026-10-01",
            "6,2026-10-01,a\x00b",
            f"{'7' * 61},2026-10-01,nomor panjang",
            f"8,2026-10-01,{'x' * 3_000_000}",
            "9,2026-10-01,baik juga",
        ]
    )
    assert desk.load(text) | {"seconds": 0} == {"read": 9, "imported": 2, "already": 0, "rejected": 7, "seconds": 0}
    assert [line for line, _reason in desk.bad()] == [3, 4, 5, 6, 7, 8, 9]
    assert all(" / " in reason for _line, reason in desk.bad()), "in both languages"


# once each


def test_the_same_file_twice_brings_nothing_new(desk: Desk) -> None:
    first = desk.load(rows(20))
    totals = MonthTotal.objects.filter(dimension="all").order_by("pk").values_list("received", flat=True)
    before = sum(totals)
    again = desk.load(rows(20))
    assert (first["imported"], again["imported"], again["already"]) == (20, 0, 20)
    assert sum(totals.all()) == before == 20


def test_a_number_twice_in_one_file_is_taken_once(desk: Desk) -> None:
    found = desk.load(rows(3) + rows(2).split("\n", 1)[1])
    assert (found["imported"], found["already"]) == (3, 2)


def test_numbers_of_another_source_are_other_rows(desk: Desk) -> None:
    desk.load(rows(3))
    assert desk.load(rows(3), PLAIN.replace("kota-x", "kota-y"))["imported"] == 3


def test_long_names_and_numbers_do_not_run_together(desk: Desk) -> None:
    mapping = PLAIN.replace("kota-x", "k" * 60)
    text = "nomor,masuk,isi\n" + "".join(f"{'1' * 58}{end},2026-10-01,x\n" for end in "ab")
    assert desk.load(text, mapping)["imported"] == 2
    assert desk.load(text, mapping)["already"] == 2


# committed, so that PostgreSQL stores beside the reading
@pytest.mark.django_db(transaction=True)
def test_killed_in_the_middle_and_started_again_gives_the_same_rows(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports_run, "BATCH", 10)
    write, calls = imports_run.write_histories, []

    def dies(*args: Any, **named: Any) -> Any:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return write(*args, **named)

    text = rows(45) + ",2026-10-01,buruk\n"
    monkeypatch.setattr(imports_run, "write_histories", dies)
    with pytest.raises(KeyboardInterrupt):
        desk.load(text)
    assert Case.objects.count() == 20
    found = desk.load(text)
    assert (found["imported"], found["already"], found["rejected"]) == (25, 20, 1)
    assert Case.objects.count() == Case.objects.values("submission_key").distinct().count() == 45
    assert sum(MonthTotal.objects.filter(dimension="all").values_list("received", flat=True)) == 45
    assert len(desk.bad()) == 1


# what rows mean
def one(desk: Desk, mapping: str, **cells: str) -> Case:
    """Import one row and return what became of it."""
    stored = StringIO()
    writer = csv.DictWriter(stored, list(cells))
    writer.writeheader()
    writer.writerow(cells)
    found = desk.load(stored.getvalue(), mapping)
    assert found["imported"] == 1, desk.bad()
    return Case.objects.select_related("category", "unit", "village", "district").get()


@pytest.mark.parametrize(
    ("dates", "text", "moment"),
    [
        ("[]", "2026-10-01T08:00:00+08:00", "2026-10-01T00:00:00+00:00"),
        ("[]", "2026-10-01T01:00:00Z", "2026-10-01T01:00:00+00:00"),
        ("[]", "2026-10-01 08:00:00", "2026-10-01T01:00:00+00:00"),
        ("[]", "2026-10-01", "2026-09-30T17:00:00+00:00"),
        ('["unix"]', "1790812800", "2026-10-01T00:00:00+00:00"),
        ('["%d/%m/%Y %I:%M:%S %p"]', "01/10/2026 08:30:00 PM", "2026-10-01T13:30:00+00:00"),
        ('["%d %B %Y %H.%M"]', "1 Oktober 2026 08.00", "2026-10-01T01:00:00+00:00"),
        ('["%d %b %Y"]', "17 Agu 2026", "2026-08-16T17:00:00+00:00"),
        ('["%m-%d-%y", "%d.%m.%Y"]', "17.8.2026", "2026-08-16T17:00:00+00:00"),
    ],
)
def test_moments(desk: Desk, dates: str, text: str, moment: str) -> None:
    mapping = PLAIN.replace('"kota-x"', f'"kota-x"\ndates = {dates}')
    assert one(desk, mapping, nomor="1", masuk=text, isi="x").received_at.isoformat() == moment


def test_another_zone(desk: Desk) -> None:
    mapping = PLAIN.replace('"kota-x"', '"kota-x"\ntime_zone = "Asia/Jayapura"')
    case = one(desk, mapping, nomor="1", masuk="2026-10-01 09:00", isi="x")
    assert case.received_at == datetime.fromisoformat("2026-10-01T00:00:00Z")


STATES = """
first_answered_at = "dijawab"
closed_at = "selesai"
state = "status"
[state]
unknown = "reject"
[state.words]
"Baru" = "open"
"SELESAI" = "done_silent"
"Puas" = "done_confirmed"
"Ditolak" = "refused"
"Ditarik" = "withdrawn"
"Dijawab" = "answered"
"Spam" = "skip"
"""


@pytest.mark.parametrize(
    ("word", "answered", "ended", "state", "is_open"),
    [
        ("baru", "", "", "assigned", True),
        ("Baru", "2026-10-02", "", "assigned", True),
        ("Selesai", "2026-10-02", "2026-10-05", "done_silent", False),
        ("Selesai", "", "2026-10-05", "done_silent", False),
        ("Selesai", "2026-10-02", "", "done_silent", False),
        ("Puas", "2026-10-02", "2026-10-05", "done_confirmed", False),
        ("Ditolak", "", "2026-10-05", "refused", False),
        ("Ditarik", "2026-10-02", "2026-10-05", "withdrawn", False),
        ("", "", "2026-10-05", "done_silent", False),
    ],
)
def test_states_and_their_moments(  # noqa: PLR0917 - a table
    desk: Desk, word: str, answered: str, ended: str, state: str, is_open: bool
) -> None:
    case = one(
        desk, PLAIN + STATES, nomor="1", masuk="2026-10-01", isi="x", dijawab=answered, selesai=ended, status=word
    )
    zone = "T00:00:00+07:00"
    assert (case.state, case.is_open) == (state, is_open)
    first = answered or ("" if state == "withdrawn" else ended)
    assert case.first_answered_at == (datetime.fromisoformat(first + zone) if first else None)
    end = ended or answered
    assert case.closed_at == (datetime.fromisoformat(end + zone) if end and not is_open else None)


@pytest.mark.parametrize(("word", "reason"), [("Aneh", "no state"), ("Spam", "skips"), ("Selesai", "no date")])
def test_states_that_are_not_taken(desk: Desk, word: str, reason: str) -> None:
    text = f"nomor,masuk,isi,dijawab,selesai,status\n1,2026-10-01,x,,,{word}\n"
    assert desk.load(text, PLAIN + STATES)["rejected"] == 1
    assert reason in desk.bad()[0][1]


def test_a_closing_before_the_receipt_is_kept(desk: Desk) -> None:
    case = one(
        desk, PLAIN + STATES, nomor="1", masuk="2026-10-05", isi="x", dijawab="", selesai="2026-10-01", status="Selesai"
    )
    assert case.closed_at is not None
    assert case.closed_at < case.received_at


NAMED = PLAIN + 'category = "topik"\nunit = "dinas"\ndistrict = "kec"\nvillage = "kel"\n'


def named(desk: Desk, extra: str = "", **cells: str) -> Case:
    """Import one row with names."""
    return one(
        desk,
        NAMED + extra,
        **({"nomor": "1", "masuk": "2026-10-01", "isi": "x", "topik": "", "dinas": "", "kec": "", "kel": ""} | cells),
    )


def test_known_names_are_found_however_they_are_written(desk: Desk, city: SmallCity) -> None:
    case = named(desk, topik="JALAN  rusak", dinas="dinas pekerjaan-umum", kec="Kec. Barat", kel="Kelurahan Barat Daya")
    assert (case.category.slug, case.unit_id) == ("road", city.works.pk)
    assert (case.village, case.district) == (city.villages["Barat Daya"], city.villages["Barat Daya"].parent)


def test_unknown_names_are_created_once(desk: Desk) -> None:
    header = "nomor,masuk,isi,topik,dinas,kec,kel\n"
    lines = "".join(f"{number},2026-10-01,x,Pohon Tumbang,Dinas Taman,,\n" for number in range(3))
    assert desk.load(header + lines, NAMED)["imported"] == 3
    assert Category.objects.filter(slug="pohon-tumbang").count() == 1
    assert Unit.objects.get(slug="dinas-taman").kind == "outside"


def test_unknown_names_are_mapped(desk: Desk, city: SmallCity) -> None:
    words = (
        '[category.words]\n"Bolong" = "road"\n[unit.words]\n"PU" = "dpu"\n[place.village_words]\n"BD" = "Barat Daya"\n'
    )
    case = named(desk, words, topik="bolong", dinas="PU", kel="bd")
    assert (case.category.slug, case.unit_id, case.village) == ("road", city.works.pk, city.villages["Barat Daya"])


@pytest.mark.parametrize(("section", "column"), [("category", "topik"), ("unit", "dinas")])
def test_unknown_names_are_rejected(desk: Desk, section: str, column: str) -> None:
    cells = {"topik": "road", "dinas": "dpu"} | {column: "Aneh"}
    text = f"nomor,masuk,isi,topik,dinas,kec,kel\n1,2026-10-01,x,{cells['topik']},{cells['dinas']},,\n"
    assert desk.load(text, NAMED + f'[{section}]\nunknown = "reject"\n')["rejected"] == 1
    assert "'Aneh'" in desk.bad()[0][1]
    assert Category.objects.count() == 3
    assert Unit.objects.count() == 2


def test_unknown_names_go_to_a_default(desk: Desk, city: SmallCity) -> None:
    words = '[category]\nunknown = "default"\ndefault = "service"\n[unit]\nunknown = "central"\n'
    case = named(desk, words, topik="Aneh", dinas="Aneh")
    assert (case.category.slug, case.unit_id) == ("service", city.desk.pk)


PLACED = PLAIN + 'lat = "y"\nlon = "x"\n[place]\nno_place_at = [[1.0, 2.0]]\n'


@pytest.mark.parametrize(
    ("outside", "kept"), [("keep", (OUTSIDE[0], OUTSIDE[1])), ("drop", (None, None)), ("reject", None)]
)
def test_points_outside_the_city(desk: Desk, outside: str, kept: tuple[float, float] | None) -> None:
    text = f"nomor,masuk,isi,y,x\n1,2026-10-01,x,{OUTSIDE[0]},{OUTSIDE[1]}\n"
    found = desk.load(text, PLACED + f'outside = "{outside}"\n')
    assert found["imported"] == (kept is not None)
    if kept is not None:
        case = Case.objects.get()
        assert ((case.lat, case.lon), case.village) == (kept, None)


@pytest.mark.parametrize(("lat", "lon"), [("1.0", "2.0"), ("", ""), ("nan", "7")])
def test_points_that_mean_nothing(desk: Desk, lat: str, lon: str) -> None:
    case = one(desk, PLACED, nomor="1", masuk="2026-10-01", isi="x", y=lat, x=lon)
    assert (case.lat, case.village) == (None, None)


# promises


PROMISED = PLAIN + 'due_at = "batas"\nclosed_at = "selesai"\nverdict = "nilai"\n'
VERDICT = '[verdict]\non_time = ["TEPAT"]\nlate = ["LEWAT"]\n'


def promised(desk: Desk, extra: str = "", **cells: str) -> Case:
    """Import one row with a target."""
    base = {"nomor": "1", "masuk": "2026-10-01 10:00", "isi": "x", "batas": "2026-10-03", "selesai": "", "nilai": ""}
    return one(desk, PROMISED + extra + VERDICT, **(base | cells))


def test_the_promise_of_the_column(desk: Desk) -> None:
    case = promised(desk, selesai="2026-10-03 20:00")
    assert case.promised_at == datetime.fromisoformat("2026-10-03T23:59:59+07:00")
    assert (case.on_time, case.source) == (True, "kota-x")


def test_no_promise_where_the_column_is_empty_or_the_mapping_says_so(desk: Desk) -> None:
    assert promised(desk, batas="", selesai="2026-10-03").promised_at is None
    Case.objects.all().delete()


def test_no_promise_at_all(desk: Desk) -> None:
    case = promised(desk, '[promise]\nfrom = "none"\n', selesai="2026-10-03")
    assert (case.promised_at, case.on_time) == (None, None)


def test_our_own_promise_runs_from_receipt(desk: Desk) -> None:
    case = promised(desk, '[promise]\nfrom = "ours"\n')
    assert case.promised_at is not None
    assert case.promised_at > case.received_at
    assert case.promised_at != datetime.fromisoformat("2026-10-03T23:59:59+07:00")


def test_on_time_compares_with_what_the_source_published(desk: Desk) -> None:
    text = "\n".join(  # noqa: FLY002 - one row a line
        [
            "nomor,masuk,isi,batas,selesai,nilai",
            "1,2026-10-01,x,2026-10-03,2026-10-02,TEPAT",
            "2,2026-10-01,x,2026-10-03,2026-10-09,lewat",
            "3,2026-10-01,x,2026-10-03,2026-10-09,TEPAT",
            "4,2026-10-01,x,2026-10-03,2026-10-02,",
            "5,2026-10-01,x,,2026-10-02,TEPAT",
            "6,2026-10-01,x,2026-10-03,,LEWAT",
        ]
    )
    assert desk.load(text, PROMISED + VERDICT)["imported"] == 6
    out = StringIO()
    call_command("complaints", "on-time", source="kota-x", json=True, stdout=out)
    assert json.loads(out.getvalue()) == {
        "closed_with_target": 4,
        "unpublished": 1,
        "compared": 3,
        "agree": 2,
        "disagree": 1,
        "agreement": 0.666667,
        "examples": ["kota-x:3"],
    }
    words = StringIO()
    call_command("complaints", "on-time", stdout=words)
    assert "closed_with_target: 4, unpublished: 1, compared: 3, agree: 2, disagree: 1" in words.getvalue()
    assert "kota-x:3" in words.getvalue()


# mappings


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ("[source", "TOML"),
        ("[columns]\nid='a'\n", "name"),
        (PLAIN + "[sauce]\n", "unknown section"),
        (PLAIN.replace("[columns]", "[columns]\nkota = 'x'"), "unknown key"),
        ("source = 'x'\n" + COLUMNS, "section"),
        ('[source]\nname = "x"\n[columns]\nid = "nomor"\n', "received_at"),
        (PLAIN.replace('"kota-x"', '"x"\ntime_zone = "Mars"'), "Mars"),
        (PLAIN.replace('"kota-x"', '"x"\ndates = "YYYY-MM-DD"'), "format"),
        (PLAIN.replace('"kota-x"', '"x"\ndates = ["%Q"]'), "format"),
        (PLAIN.replace('"kota-x"', '"x"\ndelimiter = ";;"'), "one character"),
        (PLAIN.replace('"kota-x"', '"x"\nencoding = "huruf"'), "Unknown encoding"),
        (PLAIN.replace("kota-x", "x" * 61), "60"),
        (PLAIN + '[state.words]\n"Tutup" = "tutup"\n', "done_silent"),
        (PLAIN + '[state]\nunknown = "apa"\n', "done_silent"),
        (PLAIN + "[place]\nno_place_at = [1.0, 2.0]\n", "latitude"),
        (PLAIN + '[category]\nwords = "x"\n', "table"),
    ],
)
def test_a_mapping_that_cannot_be_used_names_the_place(desk: Desk, mapping: str, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        desk.load(rows(1), mapping)
    assert not Case.objects.exists()


def test_texts_are_joined_and_empty_words_left_out(desk: Desk) -> None:
    mapping = PLAIN.replace('text = "isi"', 'text = ["isi", "lagi", "akhir"]').replace(
        '"kota-x"', '"kota-x"\nempty = ["-", "NULL"]'
    )
    case = one(desk, mapping, nomor="1", masuk="2026-10-01", isi="Satu", lagi="-", akhir="Dua")
    assert case.text == "Satu · Dua"


def test_channel_and_privacy(desk: Desk, now: Traveller) -> None:
    mapping = PLAIN + 'channel = "lewat"\n[channel.words]\n"Telepon" = "call"\n[defaults]\nprivacy = "secret"\n'
    case = one(desk, mapping, nomor="1", masuk="2026-10-01", isi="x", lewat="TELEPON")
    assert (case.channel, case.privacy) == ("call", "secret")
