"""Look into one process: how many statements a page needs, and what the bare driver does. Prints JSON."""

import json
import resource
import sys
import time
from datetime import timedelta

import django

django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.db import connection, transaction  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from balai.engines.cases.models import Case, Category, Clock  # noqa: E402
from balai.engines.cases.queries import public_cases  # noqa: E402
from balai.foundation.api.actions import create_key  # noqa: E402
from balai.foundation.api.models import ApiKey  # noqa: E402
from balai.foundation.calendar import clock  # noqa: E402
from balai.foundation.events.models import Event  # noqa: E402
from balai.foundation.events.rules import SYSTEM  # noqa: E402
from balai.foundation.identity.models import Resident  # noqa: E402
from balai.foundation.places.models import Boundary  # noqa: E402
from balai.foundation.places.queries import current_city, locator  # noqa: E402
from balai.foundation.places.rules import OutsideCity  # noqa: E402
from balai.foundation.units.models import Holding  # noqa: E402

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
    case = Case.objects.order_by("-id").first()
    rows = {
        Resident: list(Resident.objects.filter(pk=case.reporter_id)),
        Case: [case],
        Clock: list(Clock.objects.filter(case=case)),
        Event: list(Event.objects.filter(stream=f"case:{case.reference}")),
    }
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
    for number in range(FLOOR_RUNS):
        with transaction.atomic(), connection.cursor() as cursor:
            for model, sql, fields, values in statements:
                flat = []
                for row in values:
                    for field, value in zip(fields, row, strict=True):
                        # what must be unique is made another value each time
                        flat.append(
                            f"{number}-{value}"[: field.max_length]
                            if field.column in ("reference", "stream") or (model is Clock and field.column == "name")
                            else None
                            if field.column in ("submission_key", "register_number")
                            else value
                        )
                cursor.execute(sql, flat)
    seconds = time.perf_counter() - started
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_clock WHERE case_id = %s AND name LIKE %s", [case.pk, "%-%"])
    return {"per_second": FLOOR_RUNS / seconds, "cpu_ms": (_cpu() - used) / FLOOR_RUNS * 1000}


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
    work = {"intake": intake, "floor": floor, "session": session, "statements": statements}[sys.argv[1]]
    sys.stdout.write(json.dumps(work()) + "\n")
