"""A file of a kind that a question does not take: the words name what it takes, not what another would."""

import io

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override

from balai.foundation.files.actions import UploadRefused
from balai.foundation.forms.rules.schema import Field, FileKind
from balai.modules.services.actions.uploads import FileRefused, receive_for
from balai.modules.services.tests.conftest import MORNING
from balai.modules.services.words import file_refused_words

WORD = b"PK\x03\x04" + b"\0" * 500


def _pdf() -> bytes:
    out = io.BytesIO()
    pdf = pikepdf.new()
    pdf.add_blank_page()
    pdf.save(out)
    return out.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("takes", "name", "content", "words"),
    [
        (("photo",), "a.pdf", _pdf(), "takes photos only"),
        (("photo",), "a.docx", WORD, "takes photos only"),
        (("pdf",), "a.docx", WORD, "takes PDFs only"),
        (("photo", "pdf"), "a.docx", WORD, "neither a photo nor a PDF"),
    ],
)
def test_a_file_of_another_kind_is_told_what_the_question_takes(
    takes: tuple[FileKind, ...], name: str, content: bytes, words: str
) -> None:
    field = Field(slug="foto", kind="file", label_id="Foto", file_kinds=takes)
    with override("en"):
        with pytest.raises((FileRefused, UploadRefused)) as refused:
            receive_for(field=field, upload=SimpleUploadedFile(name, content), at=MORNING)
        error = refused.value
        assert words in (file_refused_words(error) if isinstance(error, FileRefused) else str(error))
