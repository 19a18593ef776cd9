"""Photos are served only after their owner's guard agreed."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpRequest
from django.test import Client
from django.urls import reverse

from balai.foundation.files import actions, views
from balai.foundation.files.contributions import FileGuard
from balai.foundation.files.models import Attachment
from balai.foundation.files.processing import process_attachment
from balai.foundation.files.tests.pictures import photo

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 27, 7, 30, tzinfo=UTC)


@pytest.fixture(autouse=True)
def storage(tmp_path: Path, settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}},
    }


@pytest.fixture
def guard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Owners of kind ``thing`` are seen by whoever carries the word."""

    def may_see(request: HttpRequest, attachment: Attachment) -> bool:
        return attachment.public or request.GET.get("word") == "sesame"

    guards = {"thing": FileGuard(owner_kind="thing", may_see=may_see)}
    monkeypatch.setattr(views, "guard_of", lambda *, owner_kind: guards.get(owner_kind))


def attachment(*, public: bool = False, ready: bool = True, kind: str = "thing") -> Attachment:
    received = actions.receive_upload(upload=SimpleUploadedFile("Foto Budi.jpg", photo()), at=AT)
    (saved,) = actions.save_attachments(attachments=[received], owner_kind=kind, owner_id=3, public=public, at=AT)
    if ready:
        process_attachment(attachment_id=saved.pk)
    saved.refresh_from_db()
    return saved


@pytest.fixture(params=["files:photo", "files:thumbnail"])
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


@pytest.mark.usefixtures("guard")
def test_whoever_may_see_it_gets_the_picture(client: Client, name: str) -> None:
    row = attachment()
    response = client.get(reverse(name, args=[row.key]), {"word": "sesame"})
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert body(response).startswith(b"\xff\xd8\xff")
    assert response["Cache-Control"] == "private, no-store"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["Content-Disposition"].startswith("inline; filename=")
    assert "Budi" not in response["Content-Disposition"]


@pytest.mark.usefixtures("guard")
def test_a_stranger_learns_nothing(client: Client, name: str) -> None:
    row = attachment()
    stranger = client.get(reverse(name, args=[row.key]))
    nothing = client.get(reverse(name, args=["01890a5d-ac96-774b-bcce-b302099a8057"]))
    assert stranger.status_code == nothing.status_code == 404


def test_files_of_a_kind_without_guard_are_closed(client: Client, name: str) -> None:
    assert client.get(reverse(name, args=[attachment(public=True, kind="orphan").key])).status_code == 404


@pytest.mark.usefixtures("guard")
def test_public_photos_may_be_cached_and_shown_elsewhere(client: Client, name: str) -> None:
    row = attachment(public=True)
    response = client.get(reverse(name, args=[row.key]))
    assert response.status_code == 200
    assert "immutable" in response["Cache-Control"]
    assert response["Cache-Control"].startswith("public")
    assert response["Cross-Origin-Resource-Policy"] == "cross-origin"


@pytest.mark.usefixtures("guard")
def test_a_browser_that_has_the_photo_does_not_get_it_again(client: Client, name: str) -> None:
    row = attachment(public=True)
    etag = client.get(reverse(name, args=[row.key]))["ETag"]
    again = client.get(reverse(name, args=[row.key]), headers={"If-None-Match": etag})
    assert again.status_code == 304
    assert "immutable" in again["Cache-Control"]


@pytest.mark.usefixtures("guard")
def test_a_stranger_with_the_etag_still_learns_nothing(client: Client, name: str) -> None:
    row = attachment()
    etag = client.get(reverse(name, args=[row.key]), {"word": "sesame"})["ETag"]
    assert client.get(reverse(name, args=[row.key]), headers={"If-None-Match": etag}).status_code == 404


@pytest.mark.usefixtures("guard")
def test_the_owner_is_told_that_the_photo_is_being_processed(client: Client, name: str) -> None:
    row = attachment(ready=False)
    response = client.get(reverse(name, args=[row.key]), {"word": "sesame"}, headers={"Accept-Language": "id"})
    assert response.status_code == 202
    assert response["Retry-After"] == "5"
    assert response["Cache-Control"] == "private, no-store"
    assert client.get(reverse(name, args=[row.key])).status_code == 404


@pytest.mark.usefixtures("guard")
def test_a_public_photo_is_not_there_before_it_is_ready(client: Client, name: str) -> None:
    assert client.get(reverse(name, args=[attachment(public=True, ready=False).key])).status_code == 404


@pytest.mark.usefixtures("guard")
def test_a_refused_photo_is_not_there(client: Client, name: str) -> None:
    row = attachment(ready=False)
    Attachment.objects.filter(pk=row.pk).update(state="refused", reason="broken", incoming="")
    assert client.get(reverse(name, args=[row.key]), {"word": "sesame"}).status_code == 404


@pytest.mark.usefixtures("guard")
def test_a_photo_is_one_query(client: Client, name: str, django_assert_num_queries: Any) -> None:
    address = reverse(name, args=[attachment(public=True).key])
    client.get(address)  # the frame reads the city's face once
    with django_assert_num_queries(1):
        client.get(address)


@pytest.mark.usefixtures("guard")
def test_nothing_but_reading_is_allowed(client: Client, name: str) -> None:
    address = reverse(name, args=[attachment(public=True).key])
    assert client.post(address).status_code == 405
    assert client.head(address).status_code == 200
