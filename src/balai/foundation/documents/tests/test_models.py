"""What was published or issued stays as it is, on both databases."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from balai.foundation.documents.models import DocumentTemplate, DocumentTemplateVersion, IssuedDocument

AT = datetime(2026, 11, 25, 5, 0, tzinfo=UTC)


def _version() -> DocumentTemplateVersion:
    template = DocumentTemplate.objects.create(slug="letter", name_id="Surat", name_en="Letter", draft="= A")
    return DocumentTemplateVersion.objects.create(template=template, number=1, source="= A", published_at=AT)


def _issued() -> IssuedDocument:
    return IssuedDocument.objects.create(
        number="1/2026",
        template_version=_version(),
        owner_kind="case",
        owner_id=1,
        state="issued",
        data="{}",
        check_code="ABCDEFGHJKLM",
        stored="issued/a.pdf",
        sha256="a" * 64,
        requested_at=AT,
        issued_at=AT,
    )


@pytest.mark.django_db
def test_a_published_source_never_changes() -> None:
    version = _version()
    with pytest.raises(IntegrityError), transaction.atomic():
        DocumentTemplateVersion.objects.filter(pk=version.pk).update(source="= B")
    version.refresh_from_db()
    assert version.source == "= A"


@pytest.mark.django_db
def test_a_source_that_documents_were_made_from_is_never_deleted() -> None:
    with pytest.raises(ProtectedError):
        _issued().template_version.delete()


@pytest.mark.postgresql
@pytest.mark.django_db
def test_no_source_is_deleted() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        _version().delete()


@pytest.mark.django_db
def test_an_issued_file_is_never_another_one() -> None:
    document = _issued()
    for change in ({"sha256": "b" * 64}, {"number": "2/2026"}, {"check_code": "ZZZZZZZZZZZZ"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            IssuedDocument.objects.filter(pk=document.pk).update(**change)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"state": "revoked"},
        {"state": "revoked", "revoked_at": AT},
        {"state": "pending"},
        {"state": "issued", "revoked_at": AT},
    ],
)
def test_states_say_the_truth(change: dict[str, object]) -> None:
    document = _issued()
    with pytest.raises(IntegrityError), transaction.atomic():
        IssuedDocument.objects.filter(pk=document.pk).update(**change)
