"""The example's agencies and people: typical agencies, invented holders, some posts empty, some people absent."""

import base64
import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.utils import encrypt
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext, gettext_noop

from balai.foundation.calendar import clock
from balai.foundation.examples.contributions import NotEmpty, Progress, SignIn
from balai.foundation.identity.actions import create_default_roles
from balai.foundation.identity.models import Role, User
from balai.foundation.units.actions import appoint, create_offices, create_post, create_unit, end_holding, set_deputy
from balai.foundation.units.models import Post, Unit

DOMAIN = "contoh.malang.example"
# the same for all accounts of the example, printed by `balai example sign-ins`; never used elsewhere
PASSWORD = "kota-contoh-malang"  # noqa: S105 - an example that everybody may enter
CODE_SECONDS = 30
SET_UP_BEFORE = timedelta(days=400)
FIRST = (
    "Arya", "Banyu", "Cakra", "Dewi", "Endah", "Fajar", "Gendhis", "Hesti", "Indra", "Jenar", "Kirana", "Lintang",
    "Galih", "Harum", "Kinanti", "Laras", "Melati", "Nawang", "Puspa", "Sekar", "Teguh", "Wening", "Bagas", "Danu",
    "Mayang", "Nirmala", "Pandu", "Ratih", "Surya", "Tirta", "Utari", "Wisnu", "Yudhistira", "Asih", "Bayu", "Citra",
)  # fmt: skip
LAST = ("Contohadi", "Contohwati", "Contohan", "Contoharjo", "Contohningsih", "Contohsari", "Contohputra")
# these have a second person for the reports
LARGE = {
    "dinas-pupr", "dinas-perhubungan", "dinas-lingkungan-hidup", "disdukcapil", "satpol-pp", "dinas-kesehatan",
    "dinas-sosial", "dinas-pendidikan",
}  # fmt: skip
# who left how many days ago without anybody to follow: (unit, level)
EMPTY = {
    ("dinas-ketahanan-pangan-pertanian", "handler"): 170,
    ("dinas-ketahanan-pangan-pertanian", "head"): 62,
    ("dinas-perdagangan-perindustrian", "handler"): 118,
    ("dinas-perikanan", "handler"): 96,
    ("dinas-pariwisata", "head"): 205,
    ("kecamatan-sukun", "handler"): 41,
}
# who holds a post and has not signed in for so many days
ABSENT = {
    ("dinas-tenaga-kerja", "handler"): 47,
    ("bapenda", "handler"): 23,
    ("bappeda", "head"): 33,
    ("dinas-perpustakaan-kearsipan", "handler"): 19,
}


@dataclass(frozen=True)
class _Seat:
    """A post to be made: (unit, key) names it; ``role`` and ``scope`` say what it may do."""

    unit: str
    key: str
    title: str
    level: str
    role: str
    scope: str = "unit"


@dataclass(frozen=True)
class _Account:
    """A post whose holder may sign in."""

    unit: str
    key: str
    email: str
    purpose: str


def _accounts(central: str, secretariat: str) -> tuple[_Account, ...]:
    return (
        _Account("dinas-pupr", "liaison", "petugas.pupr", gettext_noop("handler: Dinas PUPR, roads and drains")),
        _Account("dinas-pupr", "head", "kepala.pupr", gettext_noop("head of Dinas PUPR")),
        _Account(
            "disdukcapil", "liaison", "petugas.disdukcapil", gettext_noop("handler: population office, applications")
        ),
        _Account(
            "disdukcapil",
            "head",
            "kepala.disdukcapil",
            gettext_noop("head of the population office: decides, makes services"),
        ),
        _Account("dpmptsp", "liaison", "petugas.dpmptsp", gettext_noop("handler: one-stop office, licences")),
        _Account("dpmptsp", "head", "kepala.dpmptsp", gettext_noop("head of the one-stop office: decides licences")),
        _Account(
            "dinas-lingkungan-hidup", "liaison", "petugas.dlh", gettext_noop("handler: environment, checks for permits")
        ),
        _Account(
            central, "head", "kepala.kominfo", gettext_noop("head of the central desk: decides on public information")
        ),
        _Account(central, "liaison", "meja.pusat", gettext_noop("central desk: what nobody else gets, routing rules")),
        _Account(central, "counter", "loket", gettext_noop("counter officer: enters reports for others")),
        _Account(secretariat, "secretary", "sekda", gettext_noop("regional secretary: what is late in the whole city")),
        _Account(secretariat, "mayor", "walikota", gettext_noop("mayor: the last rung of the ladder")),
        _Account(
            "inspektorat", "liaison", "inspektur", gettext_noop("inspector: conduct of officials, secret matters")
        ),
        _Account(central, "operator", "operator", gettext_noop("operator: settings, agencies, posts")),
    )


@transaction.atomic
def load_people(*, seed: int, today: date, size: int, progress: Progress) -> None:
    """Write agencies, district offices, posts, their holders and the accounts for trying things out.

    :raises NotEmpty: if there are agencies already.
    """
    if Unit.objects.exists():
        raise NotEmpty("There are agencies here already: the example needs an empty database.")
    start = datetime.combine(today, time(1, 30), tzinfo=UTC) - SET_UP_BEFORE
    units = _make_units(start)
    central = next(unit.slug for unit in units.values() if unit.is_central_desk)
    secretariat = next(unit.slug for unit in units.values() if unit.kind == Unit.Kind.SECRETARIAT)
    create_default_roles()
    roles = {role.slug: role for role in Role.objects.all()}
    seats = _seats(units, central, secretariat)
    posts = {
        (seat.unit, seat.key): create_post(
            unit=units[seat.unit],
            title=seat.title,
            level=seat.level,
            roles=[roles[seat.role]],
            scope=seat.scope,
            at=start,
            setting_up=True,
        )
        for seat in seats
    }
    _set_deputies(posts, secretariat, start)
    people = _Names(seed)
    accounts = {(account.unit, account.key): account for account in _accounts(central, secretariat)}
    for place, seat in enumerate(seats, start=1):
        account = accounts.get((seat.unit, seat.key))
        user = _make_user(seat, account, people, today=today, start=start)
        post = posts[seat.unit, seat.key]
        appoint(post=post, user=user, at=start)
        gone = EMPTY.get((seat.unit, seat.level)) if account is None else None
        if gone is not None:
            end_holding(post=post, at=_evening(today, days=gone))
        progress(place, len(seats))


def _make_units(at: datetime) -> dict[str, Unit]:
    made = create_offices(at=at)
    made["perumda-air-minum"] = create_unit(
        slug="perumda-air-minum",
        name="Perusahaan Umum Daerah Air Minum",
        short_name="Perumda Air Minum",
        kind=Unit.Kind.OUTSIDE,
        at=at,
    )
    return made


def _seats(units: dict[str, Unit], central: str, secretariat: str) -> list[_Seat]:
    seats = [
        _Seat(secretariat, "mayor", "Wali Kota", Post.Level.MAYOR, "mayor", "city"),
        _Seat(secretariat, "secretary", "Sekretaris Daerah", Post.Level.SECRETARY, "secretary", "city"),
    ]
    for slug, unit in units.items():
        desk = slug == central
        heading = {"kecamatan": "Camat", "kelurahan": "Lurah", "inspektorat": "Inspektur"}.get(
            slug.split("-", 1)[0], "Kepala"
        )
        name = unit.short_name.removeprefix("Kec. ").removeprefix("Kel. ")
        head = "Inspektur" if heading == "Inspektur" else f"{heading} {name}"
        seats.append(_Seat(slug, "head", head, Post.Level.HEAD, "head"))
        seats.append(
            _Seat(
                slug,
                "liaison",
                f"Pejabat Penghubung {unit.short_name}",
                Post.Level.HANDLER,
                "central_desk" if desk else "handler",
                "city" if desk else "unit",
            )
        )
        if slug in LARGE:
            title = f"Petugas Tindak Lanjut {unit.short_name}"
            seats.append(_Seat(slug, "handler", title, Post.Level.HANDLER, "handler"))
    # neither works on reports: their roles do not let them
    seats.append(_Seat(central, "counter", "Petugas Loket Pelayanan", Post.Level.HANDLER, "counter", "city"))
    seats.append(_Seat(central, "operator", "Pengelola Sistem", Post.Level.HANDLER, "settings", "city"))
    return seats


def _set_deputies(posts: dict[tuple[str, str], Post], secretariat: str, at: datetime) -> None:
    for (unit, key), post in posts.items():
        wanted = {
            "mayor": (secretariat, "secretary"),
            "secretary": (secretariat, "mayor"),
            "head": (unit, "liaison"),
        }.get(key, (unit, "head"))
        set_deputy(post=post, deputy=posts[wanted], at=at)


class _Names:
    """Gives each person another name; the surname says that it is an example."""

    def __init__(self, seed: int) -> None:
        pairs = [f"{first} {last}" for first in FIRST for last in LAST]
        Random(f"balai:people:{seed}").shuffle(pairs)
        self._left: Callable[[], str] = pairs.pop

    def next(self) -> str:
        return self._left()


def _make_user(seat: _Seat, account: _Account | None, people: _Names, *, today: date, start: datetime) -> User:
    absent = ABSENT.get((seat.unit, seat.level), 1) if account is None and seat.key != "handler" else 1
    gone = EMPTY.get((seat.unit, seat.level)) if account is None else None
    email = f"{account.email}@{DOMAIN}" if account else f"{seat.key}.{seat.unit}@{DOMAIN}"
    user = User.objects.create(
        email=email,
        name=people.next(),
        # only the accounts for trying things out can be signed in to
        password=make_password(PASSWORD if account else None),
        is_operator=seat.key == "operator",
        created_at=start,
        last_seen_at=_evening(today, days=gone or absent),
    )
    if account:
        Authenticator.objects.create(
            user=user, type=Authenticator.Type.TOTP, data={"secret": encrypt(secret_of(email))}
        )
    return user


def _evening(today: date, *, days: int) -> datetime:
    """Return a quarter to four in the afternoon (western time), ``days`` before ``today``."""
    return datetime.combine(today - timedelta(days=days), time(8, 45), tzinfo=UTC)


def secret_of(email: str) -> str:
    """Return the second factor's secret of an account of the example: always the same."""
    return base64.b32encode(hashlib.sha256(f"balai example {email}".encode()).digest()[:20]).decode()


def sign_ins() -> list[SignIn]:
    """Return the accounts for trying things out, with the code of this moment; none without the example."""
    units = list(Unit.objects.filter(active=True))
    central = next((unit.slug for unit in units if unit.is_central_desk), "")
    there = set(User.objects.filter(email__endswith=f"@{DOMAIN}").values_list("email", flat=True))
    found = []
    for account in _accounts(central, ""):
        email = f"{account.email}@{DOMAIN}"
        if email in there:
            secret = secret_of(email)
            code = format_hotp_value(hotp_value(secret, int(clock.now().timestamp()) // CODE_SECONDS))
            found.append(
                SignIn(email=email, password=PASSWORD, secret=secret, code=code, purpose=gettext(account.purpose))
            )
    return found
