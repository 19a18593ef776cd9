"""From the request to the file: once, whatever happens between."""

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.db import transaction

from balai.foundation.documents import authority, issuing, queries, tasks
from balai.foundation.documents.actions import (
    DraftMoved,
    NotRetryable,
    NotRevocable,
    NumberTaken,
    UnknownTemplate,
    adopt_template,
    publish_template,
    request_document,
    retry_document,
    revoke_document,
    save_draft,
    take_number,
)
from balai.foundation.documents.contributions import DocumentTemplateOffer
from balai.foundation.documents.making import sha256_of
from balai.foundation.documents.models import DocumentTemplate, DocumentTemplateVersion, IssuedDocument
from balai.foundation.documents.queries import check_code, check_file, documents_of
from balai.foundation.documents.rules.numbers import BadNumber
from balai.foundation.documents.tests.pdfa import broken_clauses
from balai.foundation.documents.tests.samples import AT, DATA, SOURCE
from balai.foundation.documents.tests.tokens import TOKEN, Token
from balai.foundation.events.models import Event
from balai.foundation.events.queries import find_break
from balai.foundation.events.rules import Actor
from balai.foundation.identity.models import User
from balai.foundation.jobs.models import Job
from balai.foundation.places.models import Area, City

OFFER = DocumentTemplateOffer(
    slug="domicile", name_id="Surat keterangan domisili", name_en="Proof of domicile", source=SOURCE, sample=DATA
)
STAFF = Actor("staff", 1)


@pytest.fixture
def offers(monkeypatch: pytest.MonkeyPatch) -> list[DocumentTemplateOffer]:
    given = [OFFER]
    monkeypatch.setattr(queries, "contributions", lambda kind: given if kind is DocumentTemplateOffer else [])
    return given


@pytest.fixture
def city(db: None) -> City:
    area = Area.objects.create(code="99.99", level="city", name="Kota Contoh")
    return City.objects.create(
        area=area, name="Contoh", government_name="Pemerintah Kota Contoh", time_zone="Asia/Jakarta", is_example=True
    )


def _request(number: str = "400/1/2026", **changes: Any) -> IssuedDocument:
    given: dict[str, Any] = {
        "template": "domicile",
        "number": number,
        "data": DATA,
        "owner_kind": "thing",
        "owner_id": 7,
        "resident_id": None,
        "valid_until": date(2027, 5, 25),
        "actor": STAFF,
        "at": AT,
    }
    return request_document(**given | changes)


def _kinds(document: IssuedDocument) -> list[str]:
    return list(Event.objects.filter(stream=f"document:{document.pk}").order_by("seq").values_list("kind", flat=True))


@pytest.mark.usefixtures("offers", "city", "made_authority")
def test_a_document_is_made_signed_and_stored() -> None:
    document = _request()
    assert (document.state, document.sha256) == ("pending", "")
    (job,) = Job.objects.filter(path__endswith="issue_document")
    assert job.arguments == {"document_id": document.pk}
    assert issuing.issue(document_id=document.pk, at=AT) is None
    document.refresh_from_db()
    assert (document.state, document.issued_at, document.problem) == ("issued", AT, "")
    content = default_storage.open(document.stored).read()
    assert sha256_of(content) == document.sha256
    assert document.signed_by.startswith(authority.EXAMPLE)
    assert _kinds(document) == ["DocumentRequested", "DocumentIssued"]
    assert find_break() is None
    assert DATA["nik"] not in json.dumps(list(Event.objects.values_list("data", flat=True)))


@pytest.mark.usefixtures("offers", "city", "made_authority")
def test_a_name_that_no_face_has_is_signed_with_marks() -> None:
    City.objects.update(name="Kota 🏙 王")
    document = _request(
        data={**DATA, "holder": "Ñandú 🚀 李", "unit": "Dinas 🏛 王", "signer": {"name": "李 🖋", "post": "⌚"}}
    )
    assert issuing.issue(document_id=document.pk, at=AT) is None
    document.refresh_from_db()
    assert (document.state, document.problem) == ("issued", "")
    assert broken_clauses(default_storage.open(document.stored).read()) == []


@pytest.mark.usefixtures("offers", "city", "made_authority")
def test_issuing_twice_changes_nothing() -> None:
    document = _request()
    issuing.issue(document_id=document.pk, at=AT)
    before = IssuedDocument.objects.values().get(pk=document.pk)
    issuing.issue(document_id=document.pk, at=AT + timedelta(minutes=5))
    assert IssuedDocument.objects.values().get(pk=document.pk) == before
    assert len(default_storage.listdir("issued")[1]) == 1


@pytest.mark.usefixtures("offers", "city", "made_authority")
def test_who_comes_second_leaves_no_file(monkeypatch: pytest.MonkeyPatch) -> None:
    document = _request()
    make = issuing._make

    def slow(late: IssuedDocument, at: Any) -> Any:
        # meanwhile another worker, to whom the work was given again, is done
        monkeypatch.setattr(issuing, "_make", make)
        issuing.issue(document_id=document.pk, at=AT)
        return make(late, AT + timedelta(minutes=1))

    monkeypatch.setattr(issuing, "_make", slow)
    assert issuing.issue(document_id=document.pk, at=AT) is None
    document.refresh_from_db()
    assert default_storage.listdir("issued")[1] == [Path(document.stored).name]
    assert sha256_of(default_storage.open(document.stored).read()) == document.sha256
    assert _kinds(document).count("DocumentIssued") == 1


@pytest.mark.usefixtures("offers", "city")
def test_a_request_that_is_rolled_back_never_was() -> None:
    with transaction.atomic():
        _request()
        transaction.set_rollback(True)
    assert not IssuedDocument.objects.exists()
    assert not Job.objects.exists()


@pytest.mark.usefixtures("offers", "city")
def test_a_number_is_one_document() -> None:
    first = _request()
    assert _request().pk == first.pk
    assert Job.objects.count() == 1
    with pytest.raises(NumberTaken):
        _request(owner_id=8)
    with pytest.raises(BadNumber):
        _request(number=" ")


@pytest.mark.usefixtures("offers", "city", "made_authority")
def test_an_expired_certificate_issues_nothing() -> None:
    document = _request()
    later = AT + timedelta(days=900)
    problem = issuing.issue(document_id=document.pk, at=later)
    assert problem is not None
    assert problem.text.startswith("certificate_expired: 2028-")
    assert issuing.note_problem(document_id=document.pk, problem=problem, at=later) is None
    document.refresh_from_db()
    assert (document.state, document.stored) == ("failed", "")
    assert check_code(document.check_code, at=later) is None
    assert _kinds(document) == ["DocumentRequested", "DocumentFailed"]
    authority.renew_signers(organization="Kota", at=later)
    retry_document(document_id=document.pk, actor=STAFF, at=later)
    assert issuing.issue(document_id=document.pk, at=later) is None
    document.refresh_from_db()
    assert document.state == "issued"
    with pytest.raises(NotRetryable):
        retry_document(document_id=document.pk, actor=STAFF, at=later)


@pytest.mark.usefixtures("city", "made_authority")
def test_a_broken_template_is_told_with_its_line(offers: list[DocumentTemplateOffer]) -> None:
    offers[0] = DocumentTemplateOffer(slug="domicile", name_id="a", name_en="a", source="= A\n#data.nix\n", sample={})
    document = _request()
    problem = issuing.issue(document_id=document.pk, at=AT)
    assert problem is not None
    assert problem.text.startswith("template: 2: ")
    assert not problem.is_temporary


@pytest.mark.usefixtures("offers", "city", "made_authority")
def test_a_signer_that_is_away_is_asked_again_and_then_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    document = _request()
    away = issuing.Problem(text="signer_unreachable: HTTP 503", is_temporary=True)
    monkeypatch.setattr(issuing, "issue", lambda **given: away)
    for count in range(1, issuing.MOST_ATTEMPTS + 1):
        assert tasks.issue_document.call(document_id=document.pk) == away.text
        document.refresh_from_db()
        assert document.attempts == count
        assert document.state == ("failed" if count == issuing.MOST_ATTEMPTS else "pending")
    assert Job.objects.filter(path__endswith="issue_document").count() == issuing.MOST_ATTEMPTS
    pauses = [job.run_after - job.created_at for job in Job.objects.order_by("pk")[1:]]
    assert pauses == sorted(pauses)
    assert pauses[-1] > timedelta(hours=1)


@pytest.mark.usefixtures("offers", "city")
def test_a_device_that_is_away_half_issues_nothing(token: Token, made_authority: Path) -> None:
    pair = authority.read_pair(made_authority / "signer.p12")
    token(pair, label="Another")
    document = _request()
    assert tasks.issue_document.call(document_id=document.pk) == f"device_away: {TOKEN}"
    document.refresh_from_db()
    assert (document.state, document.attempts, document.sha256, document.stored) == ("pending", 1, "", "")
    assert not default_storage.exists("issued")
    assert _kinds(document) == ["DocumentRequested"]
    assert Job.objects.filter(path__endswith="issue_document").count() == 2
    # somebody plugs it in
    token(pair)
    assert issuing.issue(document_id=document.pk, at=AT) is None
    document.refresh_from_db()
    assert (document.state, document.problem) == ("issued", "")
    assert sha256_of(default_storage.open(document.stored).read()) == document.sha256
    assert _kinds(document) == ["DocumentRequested", "DocumentIssued"]


@pytest.mark.usefixtures("offers", "city")
def test_a_document_that_waits_for_its_worker_is_late_not_lost() -> None:
    """A worker that was away for a night looks after documents before it makes them."""
    document = _request()
    with time_machine.travel(AT + timedelta(hours=9), tick=False):
        tasks.look_after()
        document.refresh_from_db()
        assert document.state == "pending"
        assert Job.objects.filter(path=tasks.issue_document.module_path, status="ready").count() == 1
        Job.objects.all().delete()
        tasks.look_after()
    document.refresh_from_db()
    assert (document.state, document.problem) == ("failed", "stuck")


@pytest.mark.usefixtures("offers", "city")
def test_a_document_whose_job_was_lost_is_seen() -> None:
    document = _request()
    assert issuing.fail_stuck(at=AT + timedelta(hours=5)) == 0
    assert issuing.fail_stuck(at=AT + timedelta(hours=7)) == 1
    document.refresh_from_db()
    assert (document.state, document.problem) == ("failed", "stuck")


@pytest.mark.usefixtures("offers", "city", "made_authority")
def test_a_revoked_document_says_why() -> None:
    document = _request()
    with pytest.raises(NotRevocable, match="not_issued"):
        revoke_document(document_id=document.pk, reason="salah", actor=STAFF, at=AT)
    issuing.issue(document_id=document.pk, at=AT)
    with pytest.raises(NotRevocable, match="no_reason"):
        revoke_document(document_id=document.pk, reason="  ", actor=STAFF, at=AT)
    later = AT + timedelta(days=1)
    revoke_document(document_id=document.pk, reason="Alamat keliru.", actor=STAFF, at=later)
    check = check_code(document.check_code, at=later)
    assert check is not None
    assert (check.standing, check.document.revoke_reason) == ("revoked", "Alamat keliru.")
    with pytest.raises(NotRevocable, match="not_issued"):
        revoke_document(document_id=document.pk, reason="lagi", actor=STAFF, at=later)
    assert _kinds(document)[-1] == "DocumentRevoked"


@pytest.mark.usefixtures("offers", "city", "made_authority")
def test_a_check_shows_first_letters_only(django_assert_num_queries: Any) -> None:
    document = _request()
    assert check_code(document.check_code, at=AT) is None
    issuing.issue(document_id=document.pk, at=AT)
    document.refresh_from_db()
    with django_assert_num_queries(1):
        check = check_code(f"{document.check_code[:4]}-{document.check_code[4:].lower()}", at=AT)
    assert check is not None
    assert (check.holder, check.standing, check.name_id) == ("S••• R••••••", "valid", OFFER.name_id)
    # it counts through its last day in the city's own time
    assert check_code(document.check_code, at=AT.replace(year=2027, month=5, day=25, hour=16)).standing == "valid"  # type: ignore[union-attr]
    assert check_code(document.check_code, at=AT.replace(year=2027, month=5, day=25, hour=18)).standing == "expired"  # type: ignore[union-attr]
    assert check_file(sha256=document.sha256, at=AT) is not None
    assert documents_of(owner_kind="thing", owner_ids=[7, 8]) == {7: [document]}


@pytest.mark.usefixtures("city")
def test_numbers_run_without_gaps_in_the_city_s_year() -> None:
    pattern = "400/{sequence:3}/{roman_month}/{year}"
    assert take_number(series="domicile", pattern=pattern, at=AT) == "400/001/XI/2026"
    with pytest.raises(BadNumber), transaction.atomic():
        take_number(series="domicile", pattern="{sequence}/{year}|", at=AT)
    assert take_number(series="domicile", pattern=pattern, at=AT) == "400/002/XI/2026"
    # the new year begins at midnight in Jakarta
    assert take_number(series="domicile", pattern=pattern, at=AT.replace(month=12, day=31, hour=18)) == "400/001/I/2027"


@pytest.mark.django_db
def test_the_program_s_words_count_until_the_city_has_its_own(offers: list[DocumentTemplateOffer]) -> None:
    user = User.objects.create_user(email="a@b.example", name="A", created_at=AT)
    first = adopt_template(slug="domicile", at=AT)
    assert (first.live.number, first.live.published_by_id) == (1, None)  # type: ignore[union-attr]
    assert adopt_template(slug="domicile", at=AT).live == first.live
    offers[0] = DocumentTemplateOffer(slug="domicile", name_id="a", name_en="a", source="= Baru", sample={})
    second = adopt_template(slug="domicile", at=AT)
    assert (second.live.number, second.draft) == (2, "= Baru")  # type: ignore[union-attr]
    edited = save_draft(slug="domicile", source="= Kota", expected_revision=second.revision, at=AT)
    assert adopt_template(slug="domicile", at=AT).live == second.live
    with pytest.raises(DraftMoved):
        save_draft(slug="domicile", source="= Lain", expected_revision=second.revision, at=AT)
    with pytest.raises(DraftMoved):
        publish_template(slug="domicile", expected_revision=1, actor=Actor("staff", user.pk), at=AT)
    third = publish_template(slug="domicile", expected_revision=edited.revision, actor=Actor("staff", user.pk), at=AT)
    assert (third.number, third.source) == (3, "= Kota")
    offers[0] = DocumentTemplateOffer(slug="domicile", name_id="a", name_en="a", source="= Lagi", sample={})
    assert adopt_template(slug="domicile", at=AT).live == third
    offers.clear()
    assert adopt_template(slug="domicile", at=AT).live == third
    assert DocumentTemplateVersion.objects.count() == 3
    with pytest.raises(UnknownTemplate):
        adopt_template(slug="nothing", at=AT)
    assert DocumentTemplate.objects.count() == 1
