"""Equal hits on both databases: the same table of examples runs on SQLite and on PostgreSQL."""

import pytest
from django.db import connection

from balai.foundation.search.actions import forget, index
from balai.foundation.search.models import Entry
from balai.foundation.search.queries import matching
from balai.foundation.search.rules import NothingToSearch, normalise, query_terms

TEXTS = {
    1: "Lampu penerangan jalan umum mati di Jl. Veteran RT 05 RW 02",
    2: "Jalan berlubang di Kec. Klojen, sudah tiga bulan",
    3: "Sampah menumpuk di gg. Mawar no 7",
    4: "Pohon tumbang menutup jalan, lubang di sampingnya",
    5: "Warung CAFÉ berisik 'OR' \"DROP\" -- tiap malam",
}
EXAMPLES = (
    ("lubang jalan", {2, 4}),
    ("BERLUBANG", {2, 4}),
    ("penerangan", {1}),
    ("terang", {1}),
    ("jl", {1, 2, 4}),
    ("rt 05", {1}),
    ("rt 99", set()),
    ("kecamatan klojen", {2}),
    ("gang mawar nomor 7", {3}),
    ("sampah yang menumpuk", {3}),
    ("tumpukan", {3}),
    ("café", {5}),
    ("cafe", {5}),
    ('" OR *', set()),
    ("NOT lampu", set()),
    ("drop", {5}),
)


@pytest.mark.django_db
@pytest.mark.parametrize(("asked", "hits"), EXAMPLES)
def test_equal_hits(asked, hits):
    index(source="test", rows=TEXTS.items())
    try:
        found = {row["object_id"] for row in matching(source="test", text=asked)}
    except NothingToSearch:
        found = set()
    assert found == hits


@pytest.mark.django_db
def test_a_source_finds_only_its_own():
    index(source="staff", rows=[(1, "rahasia besar")])
    index(source="public", rows=[(2, "taman besar")])
    assert [row["object_id"] for row in matching(source="public", text="besar")] == [2]
    assert not matching(source="public", text="rahasia")


@pytest.mark.django_db
def test_new_words_replace_old_ones_and_forgotten_words_are_gone():
    index(source="test", rows=[(1, "lampu"), (2, "taman")])
    index(source="test", rows=[(1, "sampah")])
    assert not matching(source="test", text="lampu")
    assert matching(source="test", text="sampah")
    assert forget(source="test", object_ids=[1]) == 1
    assert forget(source="test", object_ids=[1]) == 0
    assert not matching(source="test", text="sampah")
    assert list(Entry.objects.values_list("object_id", flat=True)) == [2]


@pytest.mark.django_db
def test_the_index_answers():
    # few rows PostgreSQL reads faster without any index
    index(source="test", rows=[(number, f"lubang{number} jalan") for number in range(4_000)])
    hits = matching(source="test", text="lubang77")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE search_entry")
        assert "search_entry_words" in hits.explain()
    else:
        assert "search_words VIRTUAL TABLE INDEX" in hits.explain()


@pytest.mark.django_db
def test_many_rows_are_few_statements(django_assert_num_queries):
    # savepoint, one insert, release
    with django_assert_num_queries(3):
        index(source="test", rows=[(number, f"lampu {number}") for number in range(200)])
    assert Entry.objects.count() == 200


@pytest.mark.parametrize("asked", ["", "di", "yang dan", "5", "a b", "??"])
def test_too_little_to_search(asked):
    with pytest.raises(NothingToSearch):
        query_terms(asked)


@pytest.mark.parametrize(
    "words",
    [
        "menumpuk tumpukan ditumpuk",
        "menutup tutup penutupan",
        "penebangan tebang menebang",
        "penanganan ditangani menangani",
        "perbaikan diperbaiki memperbaiki",
        "kerusakan rusak",
        "membakar terbakar kebakaran",
    ],
)
def test_words_of_one_root_have_one_stem(words):
    assert len(normalise(words).split()) == 1


def test_stems_are_the_same_for_text_and_question():
    assert normalise("Penerangan Jl. yang mati") == "terang jalan mati"
    assert query_terms("penerangan jalan mati") == ("terang", "jalan", "mati")
