"""Programs read the catalogue, send applications, and ask how far they are."""

import base64
import io
import json
from typing import Any

import pytest
from django.test import Client
from PIL import Image

from balai.engines.cases.models import Case
from balai.foundation.api.actions import create_key
from balai.foundation.events.rules import SYSTEM
from balai.foundation.files.models import Attachment
from balai.foundation.forms.rules import schema
from balai.modules.services.models import Application
from balai.modules.services.tests.conftest import MORNING, Hall

pytestmark = pytest.mark.django_db
ANSWERS = {
    "nama": "Siti Aminah",
    "nik": "3573014101900001",
    "alamat": {"words": "Jl. Ijen 1", "village": "35.73.01.1001"},
    "jenis": "baru",
    "lahir": "1990-01-01",
    "kk": "3573010101900001",
    "tanda_tangan": {"name": "Siti Aminah", "agreed": True},
}


def photo() -> dict[str, str]:
    stored = io.BytesIO()
    Image.new("RGB", (64, 48), "grey").save(stored, format="JPEG")
    return {"name": "kk.jpg", "content": base64.b64encode(stored.getvalue()).decode()}


@pytest.fixture
def token(hall: Hall) -> str:
    return create_key(name="aplikasi", scopes=["services"], actor=SYSTEM, at=MORNING).token


def post(client: Client, body: Any, token: str = "") -> Any:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return client.post(
        "/api/services/ktp-el/applications", json.dumps(body), content_type="application/json", headers=headers
    )


def test_the_catalogue_and_a_form(hall: Hall, client: Client) -> None:
    rows = client.get("/api/services").json()["services"]
    assert len(rows) == 12
    one = client.get("/api/services/ktp-el").json()
    assert one["form"]["$schema"].endswith("2020-12/schema")
    assert "nik" in one["form"]["required"]
    assert one["standard"]["product"]
    assert client.get("/api/services/tidak-ada").status_code == 404


def test_sent_with_a_file_and_followed_by_code(hall: Hall, client: Client, token: str, now: Any) -> None:
    response = post(client, {"answers": ANSWERS, "files": {"foto_kk": [photo()]}}, token)
    assert response.status_code == 201, response.content
    made = response.json()
    case = Case.objects.get(reference=made["reference"])
    assert (case.channel, case.privacy) == ("api", "private")
    assert Attachment.objects.get().owner_kind == "application"
    seen = client.get(f"/api/services/applications/{case.reference}", headers={"X-Code": made["code"]})
    assert seen.json()["state"] == "verify"
    assert client.get(f"/api/services/applications/{case.reference}").status_code == 404


def test_what_is_wrong_is_said_by_pointer_and_nothing_is_kept(hall: Hall, client: Client, token: str, now: Any) -> None:
    response = post(client, {"answers": {**ANSWERS, "nik": "1"}, "files": {}}, token)
    assert response.status_code == 422
    assert response["Content-Type"].startswith("application/problem+json")
    assert {row["pointer"] for row in response.json()["errors"]} == {"/answers/nik", "/answers/foto_kk"}
    assert not Application.objects.exists()
    for bad in (
        {"name": "a.jpg", "content": "%%%"},
        {"name": "a.jpg", "content": "QUJDé"},
        {"name": "a.jpg", "content": "QUJD\nQUJD"},
        {"name": "a.jpg", "content": base64.b64encode(b"MZ" * 99).decode()},
    ):
        assert post(client, {"answers": ANSWERS, "files": {"foto_kk": [bad]}}, token).status_code == 422
    assert not Application.objects.exists()
    assert not Attachment.objects.exists()


def test_an_address_may_be_longer_than_the_line_of_a_matter(
    hall: Hall, client: Client, token: str, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(schema.LONGEST, "address", 600)
    words = " ".join(["Perumahan Contoh Asri Blok C"] * 20)
    answers = {**ANSWERS, "alamat": {"words": words, "village": "35.73.01.1001"}}
    response = post(client, {"answers": answers, "files": {"foto_kk": [photo()]}}, token)
    assert response.status_code == 201, response.content
    assert Case.objects.get().place_words == words[:300]
    assert json.loads(Application.objects.get().answers)["alamat"]["words"] == words


def test_a_whole_application_is_one_commit_of_few_statements(
    hall: Hall, client: Client, token: str, now: Any, django_assert_max_num_queries: Any
) -> None:
    body = {"answers": ANSWERS, "files": {"foto_kk": [photo()]}}
    assert post(client, body, token).status_code == 201
    # four of them are savepoints of the test's own transaction
    with django_assert_max_num_queries(18):
        assert post(client, body, token).status_code == 201
    assert Application.objects.filter(case__isnull=True).count() == 0


def test_a_program_may_send_again(hall: Hall, client: Client, token: str, now: Any) -> None:
    body = {"answers": ANSWERS, "files": {"foto_kk": [photo()]}}

    def sent(repeat: str) -> Any:
        return client.post(
            "/api/services/ktp-el/applications",
            json.dumps(body),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}", "Idempotency-Key": repeat},
        )

    first, again, other = sent("abc"), sent("abc"), sent("abd")
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 201)
    assert again.json() == {**first.json(), "code": ""}
    assert other.json()["reference"] != first.json()["reference"]
    assert (Case.objects.count(), Application.objects.count()) == (2, 2)
    assert post(client, body, token).status_code == 201


def test_an_answer_cannot_name_a_file_of_somebody_else(hall: Hall, client: Client, token: str, now: Any) -> None:
    assert post(client, {"answers": ANSWERS, "files": {"foto_kk": [photo()]}}, token).status_code == 201
    foreign = str(Attachment.objects.get().key)
    for named in (foreign, "x", ""):
        response = post(client, {"answers": {**ANSWERS, "foto_kk": [named]}, "files": {}}, token)
        assert response.status_code == 422
        assert [row["pointer"] for row in response.json()["errors"]] == ["/answers/foto_kk"]
    assert Application.objects.count() == 1


def test_codes_are_not_guessed_from_one_address(hall: Hall, client: Client, now: Any) -> None:
    asked = [client.get(f"/api/services/applications/X-{n}", headers={"X-Code": "A"}).status_code for n in range(121)]
    assert set(asked[:120]) == {404}
    assert asked[120] == 429


def test_only_wrong_codes_count_against_a_number(hall: Hall, client: Client, token: str, now: Any) -> None:
    made = post(client, {"answers": ANSWERS, "files": {"foto_kk": [photo()]}}, token).json()
    address = f"/api/services/applications/{made['reference']}"

    def ask(code: str, come_from: str = "127.0.0.1") -> int:
        return client.get(address, headers={"X-Code": code}, REMOTE_ADDR=come_from).status_code

    assert [ask(made["code"]) for _ in range(12)] == [200] * 12, "a program may look as often as it likes"
    assert [ask("ABCDEFGH") for _ in range(11)] == [404] * 10 + [429]
    assert ask(made["code"]) == 429, "who guesses waits, also with the right one"
    assert ask(made["code"], "203.0.113.9") == 200, "and keeps nobody else out"


@pytest.mark.parametrize("kind", ["application/json", "text/plain"])
@pytest.mark.parametrize("broken", ["\x00", "\ud800"])
@pytest.mark.parametrize(
    "answer", ["nama", "alamat", "tanda_tangan"], ids=["in a text", "in an address", "in a signature"]
)
def test_what_no_database_keeps_is_refused(
    hall: Hall, client: Client, token: str, *, kind: str, broken: str, answer: str
) -> None:
    given: Any = ANSWERS[answer]
    changed = f"Siti{broken}" if answer == "nama" else {**given, "words": f"Jl{broken}", "name": f"Siti{broken}"}
    response = client.generic(
        "POST",
        "/api/services/ktp-el/applications",
        json.dumps({"answers": {**ANSWERS, answer: changed}, "files": {"foto_kk": [photo()]}}).encode(),
        content_type=kind,
        headers={"Authorization": f"Bearer {token}"},
    )
    assert (response.status_code, response["Content-Type"]) == (400, "application/problem+json")
    assert not Case.objects.exists()


def test_keys_and_shapes(hall: Hall, client: Client, token: str, now: Any) -> None:
    assert post(client, {"answers": ANSWERS}).status_code == 401
    in_address = f"/api/services/ktp-el/applications?api_key={token}"
    assert client.post(in_address, {"answers": ANSWERS}, content_type="application/json").status_code == 401
    other = create_key(name="lain", scopes=["open311"], actor=SYSTEM, at=MORNING).token
    assert post(client, {"answers": ANSWERS}, other).status_code == 403
    assert post(client, {"answers": "x"}, token).status_code == 422
    form = client.post(
        "/api/services/ktp-el/applications", {"answers": "x"}, headers={"Authorization": f"Bearer {token}"}
    )
    assert form.status_code == 415
    assert not Case.objects.exists()
