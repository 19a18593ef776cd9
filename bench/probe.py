"""Look into one process: how many statements a page needs, and what the bare driver does. Prints JSON."""

import base64
import io
import json
import resource
import sys
import time
import uuid
from datetime import timedelta
from pathlib import Path

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from PIL import Image  # noqa: E402

from balai.engines.cases.models import Case, Category, Clock  # noqa: E402
from balai.engines.cases.queries import public_cases  # noqa: E402
from balai.foundation.api.actions import create_key  # noqa: E402
from balai.foundation.api.models import ApiKey  # noqa: E402
from balai.foundation.calendar import clock  # noqa: E402
from balai.foundation.events.models import Event  # noqa: E402
from balai.foundation.events.rules import SYSTEM  # noqa: E402
from balai.foundation.files.models import Attachment  # noqa: E402
from balai.foundation.forms.actions import save_draft  # noqa: E402
from balai.foundation.identity.models import Resident  # noqa: E402
from balai.foundation.jobs.models import Job  # noqa: E402
from balai.foundation.limits.models import RateCounter  # noqa: E402
from balai.foundation.messages.models import OutboxMessage  # noqa: E402
from balai.foundation.places.models import Boundary  # noqa: E402
from balai.foundation.places.queries import current_city, locator, villages  # noqa: E402
from balai.foundation.places.rules import OutsideCity  # noqa: E402
from balai.foundation.units.models import Holding  # noqa: E402
from balai.modules.services.actions.publish import publish_service  # noqa: E402
from balai.modules.services.data import starting_form  # noqa: E402
from balai.modules.services.models import Application, ApplicationDocument, Service  # noqa: E402

FLOOR_RUNS = 400


def inside() -> tuple[float, float]:
    """Return a point in the middle of the city."""
    city = current_city()
    box = Boundary.objects.get(area=city.area)
    lat, lon = (box.south + box.north) / 2, (box.west + box.east) / 2
    for step in range(100):
        try:
            locator(city).locate(lat=lat + step * 0.001, lon=lon)
        except OutsideCity:
            continue
        return lat + step * 0.001, lon
    raise SystemExit("no point inside the city")


def intake() -> dict:
    """Send one report in this process and count its statements."""
    lat, lon = inside()
    category = Category.objects.filter(active=True, needs_place=True, questions=[]).order_by("order").first()
    key = create_key(name="probe", scopes=["open311"], actor=SYSTEM, at=clock.now())
    # the measurement is one client; a real one is held to its limit
    ApiKey.objects.update(per_minute=100_000_000)
    client = Client(headers={"host": "127.0.0.1"})

    def send(number: int):
        return client.post(
            "/open311/v2/requests.json",
            {
                "api_key": key.token,
                "service_code": category.slug,
                "lat": lat,
                "long": lon,
                "description": f"Percobaan {number}",
                "email": f"warga{number}@contoh.example",
            },
        )

    send(1)
    with CaptureQueriesContext(connection) as queries:
        answer = send(2)
    if answer.status_code != 200:
        raise SystemExit(answer.content.decode())
    return {
        "code": category.slug,
        "lat": round(lat, 6),
        "lon": round(lon, 6),
        "statements": len(queries),
        "sql": [query["sql"][:160] for query in queries.captured_queries],
    }


def floor() -> dict:
    """Insert the rows of one report with the bare driver, one commit each, and nothing else."""
    return _bare(_rows_of(Case.objects.order_by("-id").first()))


def _rows_of(case: Case) -> dict:
    """Return what one commit wrote for a matter: its own rows, the letter to the sender, and the count of letters."""
    return {
        Resident: list(Resident.objects.filter(pk=case.reporter_id)),
        Case: [case],
        Clock: list(Clock.objects.filter(case=case)),
        Event: list(Event.objects.filter(stream=f"case:{case.reference}")),
        OutboxMessage: list(OutboxMessage.objects.filter(subject_kind="case", subject_id=case.pk)),
        RateCounter: list(RateCounter.objects.order_by("-pk")[:1]),
    }


def apply() -> dict:
    """Make a service of thirty questions with three files, send one application, count its statements."""
    service = Service.objects.select_related("form").get(slug="sktm")
    questions = [{"slug": f"q{n}", "kind": "text", "label_id": f"Pertanyaan {n}"} for n in range(25)]
    files = [{"slug": f"f{n}", "kind": "file", "label_id": f"Berkas {n}"} for n in range(3)]
    schema = starting_form()
    schema["steps"].insert(1, {"slug": "isi", "label_id": "Isi", "fields": questions + files})
    save_draft(form_id=service.form_id, schema=schema, expected_revision=service.form.revision, at=clock.now())
    Service.objects.filter(pk=service.pk).update(fee_field="")
    publish_service(service_id=service.pk, actor=SYSTEM, at=clock.now())
    key = create_key(name="probe", scopes=["services"], actor=SYSTEM, at=clock.now())
    ApiKey.objects.update(per_minute=100_000_000)
    picture = io.BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(picture, format="JPEG", quality=80)
    photo = {"name": "foto.jpg", "content": base64.b64encode(picture.getvalue()).decode()}
    body = {
        "answers": {
            "nama": "Siti NUMBER",
            "nik": "3573014101900001",
            "surel": "wargaNUMBER@contoh.example",
            "alamat": {"words": "Jl. Contoh NUMBER", "village": villages()[0].code},
            "tanda_tangan": {"name": "Siti", "agreed": True},
            **{f"q{n}": f"Jawaban {n} NUMBER" for n in range(25)},
        },
        "files": {f"f{n}": [photo] for n in range(3)},
    }
    text = json.dumps(body)
    Path(sys.argv[2]).write_text(text, "utf-8")
    path = "/api/services/sktm/applications"
    client = Client(headers={"host": "127.0.0.1", "Authorization": f"Bearer {key.token}"})
    client.post(path, text.replace("NUMBER", "1"), content_type="application/json")
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(path, text.replace("NUMBER", "2"), content_type="application/json")
    if answer.status_code != 201:
        raise SystemExit(answer.content.decode())
    return {"path": path, "key": key.token, "statements": len(queries), "bytes": len(text)}


def apply_floor() -> dict:
    """Insert the rows of one application with the bare driver: as they are, and without the bytes of its files.

    The argument is how many floors the database has seen: events are never deleted, so each has numbers of its own.
    """
    first_number = int(sys.argv[2]) * 2 * FLOOR_RUNS
    application = Application.objects.filter(case__isnull=False).order_by("-id").first()
    files = list(Attachment.objects.filter(owner_kind="application", owner_id=application.pk))
    rows = {
        **_rows_of(application.case),
        Application: [application],
        Attachment: files,
        ApplicationDocument: list(ApplicationDocument.objects.filter(application=application)),
        Job: list(Job.objects.order_by("-pk")[:1]),
    }
    whole = _bare(rows, first_number=first_number)
    for file in files:
        file.received = None
    return {**whole, "without_bytes": _bare(rows, first_number=first_number + FLOOR_RUNS)["per_second"]}


# what must be unique is made another value each time
FRESH = {"reference", "stream", "token_hash", "dedupe_key"}
FRESH_OF = {(Clock, "name"), (ApplicationDocument, "slug"), (RateCounter, "key")}
EMPTY = {"submission_key", "register_number", "unique_key"}


def _bare(rows: dict, *, first_number: int = 0) -> dict:
    """Insert rows with the bare driver, one commit each round, and nothing else.

    ``first_number`` keeps two floors over the same rows apart.
    """
    rows = {model: items for model, items in rows.items() if items}
    first: dict = {model: model.objects.order_by("-pk").values_list("pk", flat=True).first() or 0 for model in rows}
    statements = []
    for model, items in rows.items():
        fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
        table = connection.ops.quote_name(model._meta.db_table)
        columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
        marks = "(" + ", ".join(["%s"] * len(fields)) + ")"
        sql = f"INSERT INTO {table} ({columns}) VALUES {', '.join([marks] * len(items))}"
        values = [
            [field.get_db_prep_save(field.pre_save(item, False), connection) for field in fields] for item in items
        ]
        statements.append((model, sql, fields, values))
    started, used = time.perf_counter(), _cpu()
    for number in range(first_number, first_number + FLOOR_RUNS):
        with transaction.atomic(), connection.cursor() as cursor:
            for model, sql, fields, values in statements:
                flat = []
                for row in values:
                    for field, value in zip(fields, row, strict=True):
                        flat.append(_fresh(model, field, value, number))
                cursor.execute(sql, flat)
    seconds = time.perf_counter() - started
    # what was inserted belongs to nothing: away with it before anything else is measured
    with connection.cursor() as cursor:
        for model in reversed(list(rows)):
            table = connection.ops.quote_name(model._meta.db_table)
            if model is not Event:
                cursor.execute(f"DELETE FROM {table} WHERE id > %s", [first[model]])
    return {"per_second": FLOOR_RUNS / seconds, "cpu_ms": (_cpu() - used) / FLOOR_RUNS * 1000}


def _fresh(model, field, value, number: int):
    if field.column in FRESH or (model, field.column) in FRESH_OF:
        return f"{number}-{value}"[: field.max_length]
    if field.column in EMPTY or (model, field.column) == (Application, "case_id"):
        return None
    if field.column == "key":
        fresh = uuid.uuid4()
        return fresh if connection.vendor == "postgresql" else fresh.hex
    if (model, field.column) == (Application, "expires_at"):
        return field.get_db_prep_save(clock.now() + timedelta(days=1), connection)
    return value


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def session() -> dict:
    """Sign an officer with the whole city in, as the site would, and name pages to read."""
    now = clock.now()
    holding = (
        Holding.objects.filter(valid_from__lte=now, valid_to__isnull=True, post__scope="city", user__is_active=True)
        .filter(post__roles__permissions__icontains="cases.desk")
        .select_related("user")
        .first()
    )
    user = holding.user if holding else get_user_model().objects.first()
    store = SessionStore()
    store["_auth_user_id"] = str(user.pk)
    store["_auth_user_backend"] = settings.AUTHENTICATION_BACKENDS[-1]
    store["_auth_user_hash"] = user.get_session_auth_hash()
    store["second_factor"] = True
    store.set_expiry(timedelta(days=1))
    store.create()
    longest = public_cases().order_by("-seq").first()
    box = Boundary.objects.get(area=current_city().area)
    return {
        "session": store.session_key,
        "case": longest.reference,
        "application": Case.objects.filter(family="application", parent=None).latest("seq").reference,
        "box": [box.west, box.south, box.east, box.north],
    }


def statements() -> dict:
    """Count the statements of a page: ``probe statements SESSION PATH``."""
    client = Client(headers={"host": "127.0.0.1"})
    client.cookies[settings.SESSION_COOKIE_NAME] = sys.argv[2]
    path = sys.argv[3]
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(path)
    return {
        "status": answer.status_code,
        "statements": len(queries),
        "bytes": len(answer.content),
        "sql": [query["sql"][:200] for query in queries.captured_queries],
        "next": _next(answer.content.decode()),
    }


def _next(page: str) -> str:
    marker = 'rel="next" href="'
    if marker not in page:
        return ""
    return page.split(marker, 1)[1].split('"', 1)[0].replace("&amp;", "&")


if __name__ == "__main__":
    work = {
        "intake": intake,
        "floor": floor,
        "apply": apply,
        "apply_floor": apply_floor,
        "session": session,
        "statements": statements,
    }[sys.argv[1]]
    sys.stdout.write(json.dumps(work()) + "\n")
