"""Taking files in, giving them to their owner, making them anew, clearing away."""

import hashlib
import json
import os
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, default_storage
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.db import connection, transaction
from django.utils import translation

from balai.foundation.calendar import clock
from balai.foundation.files import actions, rules
from balai.foundation.files.actions import UploadRefused
from balai.foundation.files.models import Attachment
from balai.foundation.files.processing import process_attachment
from balai.foundation.files.queries import attachments_of
from balai.foundation.files.room import room
from balai.foundation.files.tasks import process_attachments
from balai.foundation.files.tests.pictures import LAT, LON, MARKER, TAKEN, moving, photo, png_bomb
from balai.foundation.identity.models import AccessRecord, User
from balai.foundation.jobs.models import Job
from balai.foundation.jobs.worker import Worker

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 27, 7, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> Path:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        },
    }
    return tmp_path / "files"


def stored_files(storage: Path) -> list[str]:
    return sorted(str(path.relative_to(storage)) for path in storage.rglob("*") if path.is_file())


def upload(content: bytes = b"", name: str = "Foto Budi.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content or photo())


def receive(content: bytes = b"", name: str = "Foto Budi.jpg", *, for_later: bool = False) -> Attachment:
    return actions.receive_upload(upload=upload(content, name), for_later=for_later, at=AT)


def save(*attachments: Attachment, owner_id: int = 7, public: bool = False) -> list[Attachment]:
    return actions.save_attachments(attachments=attachments, owner_kind="case", owner_id=owner_id, public=public, at=AT)


def processed(content: bytes = b"", *, for_later: bool = False) -> Attachment:
    (saved,) = save(receive(content, for_later=for_later))
    process_attachment(attachment_id=saved.pk)
    saved.refresh_from_db()
    return saved


def refusal(content: bytes, name: str = "foto.jpg") -> UploadRefused:
    with pytest.raises(UploadRefused) as refused:
        actions.receive_upload(upload=SimpleUploadedFile(name, content), at=AT)
    return refused.value


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "HEIF"])
def test_a_photo_is_kept_under_a_random_name(storage: Path, kind: str) -> None:
    content = photo(kind)
    attachment = receive(content, for_later=True)
    assert attachment.pk is None
    assert attachment.sha256 == hashlib.sha256(content).hexdigest()
    assert attachment.size == len(content)
    assert (attachment.width, attachment.height) == (160, 120)
    assert attachment.name == ""
    assert stored_files(storage) == [attachment.incoming]
    assert "Budi" not in attachment.incoming
    assert (storage / attachment.incoming).read_bytes() == content


def test_a_photo_that_waits_in_a_file_is_taken_too(storage: Path) -> None:
    content = photo()
    with TemporaryUploadedFile("a.jpg", "image/jpeg", len(content), None) as file:
        file.write(content)
        attachment = actions.receive_upload(upload=file, at=AT)
        kept = actions.receive_upload(upload=file, for_later=True, at=AT)
    assert attachment.received == content
    assert (storage / kept.incoming).read_bytes() == content


@pytest.mark.parametrize(
    ("content", "name", "code"),
    [
        (b"", "foto.jpg", "empty"),
        (b"MZ\x90\x00" + b"\0" * 200, "foto.jpg", "not_a_photo"),
        (b"#!/bin/sh\nrm -rf /\n", "foto.jpg", "not_a_photo"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>", "foto.jpg", "not_a_photo"),
        (b"<html><script>1</script></html>", "foto.jpg", "not_a_photo"),
        (b"GIF89a<script>1</script>", "foto.jpg", "not_a_photo"),
        (photo(), "foto.jpg.exe", "wrong_name"),
        (photo(), "foto.svg", "wrong_name"),
        (photo()[:-50], "foto.jpg", "broken"),
        (photo()[:20], "foto.jpg", "broken"),
        (png_bomb(9_000, 9_000), "foto.png", "too_many_pixels"),
        (moving("WEBP"), "foto.webp", "moving"),
    ],
)
def test_what_is_not_a_whole_photo_is_refused_and_leaves_nothing(
    storage: Path, content: bytes, name: str, code: str
) -> None:
    assert refusal(content, name).code == code
    assert not storage.exists()


def test_a_photo_that_is_too_large_says_so_in_both_languages(storage: Path) -> None:
    content = photo() + b"\0" * (52 * 2**20 - len(photo()))
    with translation.override("en"):
        english = refusal(content)
    with translation.override("id"):
        indonesian = refusal(content)
    assert english.code == indonesian.code == "too_large"
    assert english.message == (
        "The file is too large (52 MB). Your words are kept. Choose one under 10 MB or send without it."
    )
    assert indonesian.message == (
        "Berkasnya terlalu besar (52 MB). Tulisan Anda tersimpan. Pilih berkas di bawah 10 MB atau kirim tanpa berkas."
    )
    assert not storage.exists()


def test_a_sender_who_hides_the_size_is_stopped_at_the_limit() -> None:
    class Endless(ContentFile[bytes]):
        read_so_far = 0

        def chunks(self, chunk_size: int | None = None) -> Any:
            while True:
                self.read_so_far += 2**20
                yield b"\xff" * 2**20

    endless = Endless(b"\xff\xd8\xff", name="foto.jpg")
    with pytest.raises(UploadRefused) as refused:
        actions.receive_upload(upload=endless, at=AT)
    assert refused.value.code == "too_large"
    assert endless.read_so_far <= rules.MAX_BYTES + 2 * 2**20


def test_saving_is_two_statements(django_assert_num_queries: Any) -> None:
    received = [receive(), receive(photo("PNG"), "b.png"), receive(photo("WEBP"), "c.webp")]
    with django_assert_num_queries(2):
        saved = save(*received)
    assert all(attachment.pk for attachment in saved)
    job = Job.objects.get()
    assert job.path == "balai.foundation.files.tasks.process_attachments"
    arguments = job.arguments.get("kwargs", job.arguments)
    assert arguments["attachment_ids"] == [attachment.pk for attachment in saved]


def test_a_small_file_is_part_of_its_row(storage: Path) -> None:
    content = photo()
    (saved,) = save(receive(content))
    assert not storage.exists()
    fresh = Attachment.objects.get(pk=saved.pk)
    # a list of files does not read them
    assert "received" in fresh.get_deferred_fields()
    with fresh.open_received() as file:
        assert file.read() == content
    assert process_attachment(attachment_id=saved.pk) == "ready"
    assert Attachment.objects.values_list("received", "incoming").get(pk=saved.pk) == (None, "")


def test_one_commit_keeps_row_and_bytes_or_neither(storage: Path) -> None:
    with transaction.atomic():
        save(receive())
        transaction.set_rollback(True)
    assert not Attachment.objects.exists()
    assert not storage.exists()


@pytest.mark.parametrize("more", [0, 1])
def test_a_large_file_lies_in_the_storage(storage: Path, more: int, django_capture_on_commit_callbacks: Any) -> None:
    content = photo()
    content += b"\0" * (rules.MAX_BYTES_IN_ROW + more - len(content))
    (saved,) = save(receive(content))
    assert stored_files(storage) == [saved.incoming][:more]
    with Attachment.objects.get(pk=saved.pk).open_received() as file:
        assert file.read() == content
    with django_capture_on_commit_callbacks(execute=True):
        assert process_attachment(attachment_id=saved.pk) == "ready"
    assert not [name for name in stored_files(storage) if name.startswith("incoming/")]


def test_a_full_disk_is_told_before_any_row_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_room: Any, _name: str, _content: Any) -> str:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(FileSystemStorage, "save", full)
    monkeypatch.setattr(rules, "MAX_BYTES_IN_ROW", 0)
    with pytest.raises(OSError, match="No space left"):
        save(receive())
    assert not Attachment.objects.exists()
    assert not Job.objects.exists()


def test_bytes_that_were_made_anew_meanwhile_are_copied_as_they_are_now() -> None:
    (saved,) = save(receive())
    read_before = Attachment.objects.get(pk=saved.pk)
    assert process_attachment(attachment_id=saved.pk) == "ready"
    with pytest.raises(FileNotFoundError):
        read_before.open_received()
    copy = actions.copy_of(attachment=Attachment.objects.get(pk=saved.pk), at=AT)
    assert actions.copy_of(attachment=read_before, at=AT).sha256 == copy.sha256


def test_a_row_that_was_deleted_meanwhile_has_no_bytes() -> None:
    (saved,) = save(receive())
    read_before = Attachment.objects.get(pk=saved.pk)
    actions.delete_files(owner_kind="case", owner_ids=[7])
    with pytest.raises(FileNotFoundError):
        actions.copy_of(attachment=read_before, at=AT)


def test_saving_nothing_asks_nothing(django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        assert save() == []


@pytest.mark.parametrize(("count", "already"), [(6, 0), (2, 4)])
def test_more_than_five_are_refused(count: int, already: int) -> None:
    received = [receive() for _ in range(count)]
    with pytest.raises(UploadRefused) as refused:
        actions.save_attachments(
            attachments=received, owner_kind="case", owner_id=7, public=False, at=AT, already=already
        )
    assert refused.value.code == "too_many"
    assert not Attachment.objects.exists()


def test_processing_makes_the_photo_anew_and_forgets_the_old(
    storage: Path, django_capture_on_commit_callbacks: Any
) -> None:
    (saved,) = save(receive(photo("JPEG", 800, 600)))
    with django_capture_on_commit_callbacks(execute=True):
        assert process_attachment(attachment_id=saved.pk) == "ready"
    saved.refresh_from_db()
    assert (saved.state, saved.incoming, saved.content_type) == ("ready", "", "image/jpeg")
    assert stored_files(storage) == sorted([saved.stored, saved.thumbnail])
    for name in (saved.stored, saved.thumbnail):
        assert MARKER.encode() not in (storage / name).read_bytes()


def test_position_and_time_are_unreadable_in_the_database() -> None:
    attachment = processed()
    assert json.loads(attachment.evidence) == {"lat": LAT, "lon": LON, "taken_at": TAKEN}
    with connection.cursor() as cursor:
        cursor.execute("SELECT evidence FROM files_attachment WHERE id = %s", [attachment.pk])
        (raw,) = cursor.fetchone()
    assert raw
    assert "112.7" not in raw
    assert "2026" not in raw


def test_processing_twice_changes_nothing(storage: Path, django_capture_on_commit_callbacks: Any) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        attachment = processed()
    before = stored_files(storage)
    assert process_attachment(attachment_id=attachment.pk) == "ready"
    assert stored_files(storage) == before


def test_a_job_killed_between_file_and_row_leaves_no_second_file(
    storage: Path, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks():
        attachment = processed(for_later=True)
    # as if the row had never been written
    incoming = next(name for name in stored_files(storage) if name.startswith("incoming/"))
    Attachment.objects.filter(pk=attachment.pk).update(state="pending", incoming=incoming)
    with django_capture_on_commit_callbacks(execute=True):
        assert process_attachment(attachment_id=attachment.pk) == "ready"
    assert stored_files(storage) == sorted([attachment.stored, attachment.thumbnail])


def test_bytes_that_only_decoding_finds_broken_are_refused_later(
    storage: Path, django_capture_on_commit_callbacks: Any
) -> None:
    # whole outside, nonsense inside
    out = bytearray(photo("PNG", 64, 64))
    start = out.index(b"IDAT") + 4
    out[start : start + 40] = b"\xff" * 40
    with django_capture_on_commit_callbacks(execute=True):
        attachment = processed(bytes(out))
    assert (attachment.state, attachment.reason) == ("refused", "broken")
    with translation.override("en"):
        assert attachment.refusal.startswith("The photo arrived incomplete or damaged.")
    assert stored_files(storage) == []


def test_bytes_that_went_missing_are_said_to_be_lost() -> None:
    (saved,) = save(receive(for_later=True))
    default_storage.delete(saved.incoming)
    assert process_attachment(attachment_id=saved.pk) == "refused"
    saved.refresh_from_db()
    assert saved.reason == "lost"


def test_processing_an_unknown_file_does_nothing() -> None:
    assert process_attachment(attachment_id=404) == ""


def test_evidence_is_seen_only_with_a_record() -> None:
    attachment = processed()
    officer = User.objects.create(email="a@kota.example", name="A", created_at=AT)
    seen = actions.see_evidence(attachment=attachment, user=officer, post_title="Petugas", reason="cek lokasi", at=AT)
    assert (seen.lat, seen.lon, seen.taken_at) == (LAT, LON, TAKEN)
    record = AccessRecord.objects.get()
    assert (record.what, record.subject_kind, record.subject_id) == ("evidence", "case", 7)
    assert (record.user_id, record.reason, record.post_title) == (officer.pk, "cek lokasi", "Petugas")


def test_where_there_is_no_evidence_nobody_is_recorded() -> None:
    out = BytesIO()
    from PIL import Image

    Image.new("RGB", (40, 30)).save(out, "JPEG")
    attachment = processed(out.getvalue())
    officer = User.objects.create(email="a@kota.example", name="A", created_at=AT)
    with pytest.raises(actions.NothingToSee):
        actions.see_evidence(attachment=attachment, user=officer, reason="", at=AT)
    assert not AccessRecord.objects.exists()


def test_files_of_several_owners_come_in_one_query(django_assert_num_queries: Any) -> None:
    first = save(receive(), receive())
    second = save(receive(), owner_id=8)
    with django_assert_num_queries(1):
        found = attachments_of(owner_kind="case", owner_ids=[7, 8, 9])
    assert found == {7: first, 8: second}
    with django_assert_num_queries(0):
        assert attachments_of(owner_kind="case", owner_ids=[]) == {}


def test_all_files_of_an_owner_are_shown_or_hidden_at_once() -> None:
    save(receive(), receive())
    assert actions.set_public(owner_kind="case", owner_id=7, public=True) == 2
    assert actions.set_public(owner_kind="case", owner_id=7, public=True) == 0


def test_a_form_that_must_be_redone_keeps_its_photo() -> None:
    ticket = actions.give_ticket(attachment=receive(for_later=True))
    again = actions.take_ticket(ticket=ticket, at=AT)
    (saved,) = save(again)
    assert process_attachment(attachment_id=saved.pk) == "ready"


def test_a_ticket_works_once_and_only_if_it_is_ours() -> None:
    ticket = actions.give_ticket(attachment=receive(for_later=True))
    save(actions.take_ticket(ticket=ticket, at=AT))
    for bad in (ticket, ticket[:-1] + ("A" if ticket[-1] != "A" else "B"), "", "incoming/x"):
        with pytest.raises(UploadRefused) as refused:
            actions.take_ticket(ticket=bad, at=AT)
        assert refused.value.code == "lost"


def test_a_ticket_stands_for_bytes_that_are_kept() -> None:
    with pytest.raises(ValueError, match="for_later"):
        actions.give_ticket(attachment=receive())


def make_old(storage: Path, name: str, age: timedelta) -> None:
    moment = (AT - age).timestamp()
    os.utime(storage / name, (moment, moment))


def test_sweeping_deletes_what_nobody_claimed_within_a_day(storage: Path) -> None:
    old, young, claimed = (receive(for_later=True) for _ in range(3))
    save(claimed)
    make_old(storage, old.incoming, timedelta(hours=25))
    make_old(storage, young.incoming, timedelta(hours=23))
    make_old(storage, claimed.incoming, timedelta(hours=25))
    assert actions.sweep(at=AT) == 1
    assert stored_files(storage) == sorted([young.incoming, claimed.incoming])


def test_sweeping_an_empty_storage_does_nothing(storage: Path) -> None:
    assert actions.sweep(at=AT) == 0


def test_sweeping_asks_again_for_photos_that_wait_too_long() -> None:
    (saved,) = save(receive())
    Job.objects.all().delete()
    assert actions.sweep(at=AT + timedelta(minutes=59)) == 0
    later = AT + timedelta(minutes=61)
    assert actions.sweep(at=later) == 1
    arguments = Job.objects.get().arguments
    assert arguments.get("kwargs", arguments)["attachment_ids"] == [saved.pk]


def test_the_worker_sweeps_by_the_clock(storage: Path) -> None:
    old = receive(for_later=True)
    moment = clock.now() - timedelta(hours=25)
    os.utime(storage / old.incoming, (moment.timestamp(), moment.timestamp()))
    (given,) = room.gives
    given.call()
    assert stored_files(storage) == []


@pytest.mark.django_db(transaction=True)
def test_the_worker_makes_the_photo_anew(storage: Path) -> None:
    now = clock.now()
    received = actions.receive_upload(upload=upload(), at=now)
    (saved,) = actions.save_attachments(attachments=[received], owner_kind="case", owner_id=7, public=True, at=now)
    worker = Worker()
    # the first round only notes the periodic work that is due
    for _ in range(3):
        worker.round()
    saved.refresh_from_db()
    assert saved.state == "ready"
    assert Job.objects.get(path=process_attachments.module_path).status == "done"
    assert stored_files(storage) == sorted([saved.stored, saved.thumbnail])
