"""The words: enough of them, filled without gaps, without anything that looks like personal data."""

from random import Random

import pytest

from balai.foundation.identity.rules import mask_personal_data
from balai.modules.complaints.example.agencies import DAYS
from balai.modules.complaints.example.categories import category_list
from balai.modules.complaints.example.seasons import SHARES
from balai.modules.complaints.example.telling import (
    about,
    agency_lines,
    answer_words,
    common_words,
    make_setting,
    news_words,
    words_for,
    write_report,
)
from balai.modules.complaints.example.words import category_words, expand, roughen, style_of

SLUGS = [entry["slug"] for entry in category_list()["categories"]]
SHARED = (
    "openers", "closers", "questions", "replies", "notes", "extensions", "outside", "history", "reopenings",
    "confirmations", "withdrawals", "polite", "angry",
)  # fmt: skip


def _setting(chance: Random):  # type: ignore[no-untyped-def]
    return make_setting(village="Blimbing", district="Blimbing", street="Jl. Contoh", lane=False, chance=chance)


def test_every_category_has_words_a_style_a_share_and_a_usual_time():
    assert set(SLUGS) == set(category_words()) == set(style_of()) == set(SHARES) == set(DAYS)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_category_has_many_patterns(slug: str):
    own = category_words()[slug]

    assert len(set(own["core"])) >= 25
    assert min(len(own[name]) for name in ("detail", "effect", "wish")) >= 7
    assert len(agency_lines(slug, "answer")) >= 7
    assert all(words_for(slug)[name] for name in SHARED)


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_written_has_gaps_or_personal_data(slug: str):
    chance = Random(7)
    for _ in range(60):
        setting = _setting(chance)
        said = [
            *write_report(category=slug, setting=setting, chance=chance)[:2],
            answer_words(category=slug, setting=setting, chance=chance),
            news_words(category=slug, setting=setting, chance=chance),
            *(common_words(name=name, category=slug, setting=setting, chance=chance) for name in SHARED),
        ]
        for text in said:
            assert text.strip()
            assert not set(text) & set("[]{}|@"), text
            assert mask_personal_data(text) == text


def test_expanding_fills_choices_within_slots_within_choices():
    lists = {"hewan": ["[kucing|kucing]"]}

    assert expand("ada {n} {hewan} di [{kel}|{kel}]", chance=Random(1), lists=lists, slots={"kel": "Sukun"}) in {
        f"Ada {number} kucing di Sukun" for number in range(2, 10)
    }


def test_an_unknown_slot_is_an_error():
    with pytest.raises(KeyError):
        expand("{rahasia}", chance=Random(1), lists={}, slots={})


def test_typing_in_haste_shortens_known_words_only_as_often_as_asked():
    text = "Jalan yang rusak tidak diperbaiki"

    assert roughen(text, chance=Random(1), share=0.0) == text
    assert roughen(text, chance=Random(1), share=1.0) != text


def test_a_report_and_its_answer_speak_of_one_thing():
    about_admission = " ".join(about("education", "answer", "admission") + about("education", "detail", "admission"))

    assert "koordinat" in about_admission
    assert "Perundungan" not in about_admission
