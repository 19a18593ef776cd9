"""The row of photos that pages include."""

from datetime import UTC, datetime

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from balai.foundation.files.models import Attachment

AT = datetime(2026, 11, 27, 7, 30, tzinfo=UTC)


def row(state: str, reason: str = "") -> Attachment:
    return Attachment(content_type="image/jpeg", size=1, sha256="", created_at=AT, state=state, reason=reason)


def drawn(*, owner: bool, language: str = "en") -> str:
    rows = [row("ready"), row("pending"), row("refused", "broken")]
    with translation.override(language):
        return render_to_string("files/_photos.html", {"attachments": rows, "owner": owner})


def test_strangers_see_only_what_is_ready() -> None:
    html = drawn(owner=False)
    assert html.count("<img") == 1
    assert "processed" not in html
    assert "damaged" not in html


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ["is being processed", "incomplete or damaged"]), ("id", ["sedang diproses", "tidak utuh atau rusak"])],
)
def test_the_owner_sees_what_waits_and_what_was_refused(language: str, words: list[str]) -> None:
    html = drawn(owner=True, language=language)
    assert all(word in html for word in words)


def test_without_photos_nothing_is_drawn() -> None:
    assert render_to_string("files/_photos.html", {"attachments": []}).strip() == ""
