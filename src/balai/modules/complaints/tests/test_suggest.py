"""Words point to categories."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from balai.modules.complaints.rules.suggest import build_lexicon, suggest

LEXICON = build_lexicon(
    {
        "road": ["jalan rusak", "berlubang", "aspal"],
        "lamp": ["lampu jalan", "gelap"],
        "waste": ["sampah", "bau"],
        "river": ["sungai", "bau"],
    }
)


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Jalannya berlubang-lubang!", "road"),
        ("LAMPU JALAN mati, gelap sekali", "lamp"),
        ("Sampahnya bau", "waste"),
        ("bau dari sungai", "river"),
    ],
)
def test_the_likeliest_comes_first(text, first):
    assert suggest(text=text, lexicon=LEXICON)[0] == first


def test_nothing_fits_nothing_is_suggested():
    assert suggest(text="kucing saya hilang", lexicon=LEXICON) == ()
    assert suggest(text="", lexicon=LEXICON) == ()


@given(st.text(max_size=300))
def test_never_more_than_three_and_always_known(text):
    found = suggest(text=text, lexicon=LEXICON)

    assert len(found) <= 3
    assert len(set(found)) == len(found)
    assert set(found) <= {"road", "lamp", "waste", "river"}
