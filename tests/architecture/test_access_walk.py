"""Every address, asked for by everybody a city knows, with references that exist: denied by default, nobody's data."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from PIL import Image

from balai.engines.cases.models import Case
from balai.engines.cases.queries.opened import code_mark
from balai.foundation.calendar import clock
from balai.foundation.files.actions import receive_upload
from balai.foundation.files.models import Attachment
from balai.foundation.identity import conversations
from balai.foundation.identity.models import User
from balai.foundation.places.queries import villages
from balai.foundation.units.example import DOMAIN
from balai.foundation.units.models import Post
from balai.foundation.units.queries import authority_of
from balai.modules.complaints.actions import Submission, submit_report
from tests.architecture.addresses import Address, addresses, paths_of
from tests.example_city import build_example_city, forget_memory

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
# what is an answer: everything but a fault of ours; 409 says that somebody else was quicker, 202 that it takes a while
ANSWERS = {200, 202, 204, 301, 302, 303, 304, 400, 401, 403, 404, 405, 409, 410, 415, 422, 429}
# in no page, export or answer, whoever asks: without a reason on record nobody sees who reported
MARKS = ("Zulaikha Penanda", "81234509876", "penanda@rahasia.example")
# said only where secret matters may be seen
SECRET_WORDS = "Rahasiaku"
OTHERS_WORDS = "Sampahmu"
UNKNOWN = "26-2222-2222"

# Who may open the staff's addresses (a 2xx by GET). What is missing here fails.
OPENED_BY = {
    "account_change_password": "signed-in",
    "account_reauthenticate": "signed-in",
    "mfa_activate_totp": "signed-in",
    "mfa_deactivate_totp": "signed-in",
    "mfa_download_recovery_codes": "signed-in",
    "mfa_generate_recovery_codes": "signed-in",
    "mfa_index": "signed-in",
    "mfa_reauthenticate": "signed-in",
    "mfa_view_recovery_codes": "signed-in",
    "identity_me": "signed-in",
    "units:desk": "signed-in",
    # whoever answers for the whole city, or appoints
    "units:neglect": "neglect",
    "units:list": "neglect",
    "units:unit": "neglect",
    "units:": "units.edit",
    "api:": "settings.edit",
    "jobs:": "settings.edit",
    "web:brand": "settings.edit",
    "web:brand-preview": "settings.edit",
    "messages:": "messages.edit",
    "calendar:": "calendar.edit",
    "complaints_desk:enter": "complaints.enter",
    "complaints_desk:entered": "complaints.enter",
    "complaints_desk:rules": "complaints.rules",
    "complaints_desk:make_draft": "complaints.rules",
    "complaints_desk:draft": "complaints.rules",
    "complaints_desk:try_out": "complaints.rules",
    "complaints_desk:activate": "complaints.rules",
    "complaints_desk:": "cases.desk",
    "outbound:": "settings.edit",
    "queue_desk:set_up": "queue.manage",
    "queue_desk:change_hall": "queue.manage",
    "queue_desk:": "queue.serve",
    "services_desk:services": "services.design",
    "services_desk:life": "services.design",
    "services_desk:bring_in": "services.design",
    "services_desk:export": "services.design",
    "services_desk:standard": "services.design",
    "services_desk:steps": "services.design",
    "services_desk:replay": "services.design",
    "services_desk:enter": "services.enter",
    "services_desk:": "cases.desk",
    "documents:documents": "documents.issue",
    "documents:": "documents.edit",
    "forms:": "forms.edit",
    "payments:": "payments.collect",
}


@dataclass
class World:
    """The example city with a few reports in it."""

    mine: Case
    secret: Case
    others: Case
    others_secret: Case
    photos: dict[str, Attachment]
    values: dict[str, list[Any]] = field(default_factory=dict)


@dataclass
class Role:
    """Somebody at a browser. ``sees``: the references whose matters they may open at the desk or as reporter."""

    name: str
    client: Client
    sees: set[str]
    permissions: set[str] = field(default_factory=set)
    is_staff: bool = True


@pytest.fixture
def world(db: None) -> Iterator[World]:
    # thousands of refusals, each with its trace, are what is wanted here
    logging.disable(logging.ERROR)
    build_example_city()
    village = villages()[0].pk

    def report(text: str, category: str, **more: Any) -> Case:
        opened = submit_report(
            submission=Submission(
                text=text,
                category=category,
                channel="web",
                village_id=village,
                name=MARKS[0],
                phone=f"+62{MARKS[1]}",
                email=MARKS[2],
                **more,
            ),
            at=clock.now(),
        )
        return opened.case

    photos = {name: _photo() for name in ("mine", "secret", "others")}
    mine = report("Jalan berlubang di depan pasar.", "road-damage", attachments=[photos["mine"]])
    secret = report(
        f"{SECRET_WORDS}: jalan rusak karena suap.", "road-damage", privacy="secret", attachments=[photos["secret"]]
    )
    others = report(f"{OTHERS_WORDS} menumpuk tiga hari.", "waste", attachments=[photos["others"]])
    others_secret = report(f"{SECRET_WORDS} juga: sampah dibuang pejabat.", "waste", privacy="secret")
    assert (mine.unit.slug, others.unit.slug) == ("dinas-pupr", "dinas-lingkungan-hidup")
    made = World(mine, secret, others, others_secret, photos)
    post = Post.objects.filter(unit__slug="dinas-pupr").first()
    assert post is not None
    made.values = {
        "reference": [mine.reference, secret.reference, others.reference, others_secret.reference, UNKNOWN],
        "token": [mine.reference, secret.reference, UNKNOWN],
        "key": [photo.key for photo in photos.values()],
        "change": ["start", "answer", "confirm", "reopen"],
        "seq": [1],
        "slug": ["dinas-pupr", mine.unit.slug, "default", "complaint_received"],
        "post_id": [post.pk],
        "version": [1],
        "code": ["road-damage"],
        "channel": ["email"],
        "level": ["district", "village"],
    }
    yield made
    forget_memory()
    logging.disable(logging.NOTSET)


def _photo() -> Attachment:
    content = BytesIO()
    Image.effect_noise((80, 60), 50).convert("RGB").save(content, "JPEG")
    return receive_upload(
        upload=SimpleUploadedFile("foto.jpg", content.getvalue(), "image/jpeg"), purpose="photo", at=clock.now()
    )


def _client() -> Client:
    return Client(raise_request_exception=False)


def _staff(email: str, *, second_factor: bool = True) -> tuple[Client, User]:
    user = User.objects.get(email=email)
    client = _client()
    client.force_login(user, backend=BACKEND)
    if second_factor:
        session = client.session
        session["second_factor"] = True
        session.save()
    return client, user


def _permissions(user: User) -> set[str]:
    authority = authority_of(user=user, at=clock.now())
    found = {name for grant in authority.grants for name in grant.permissions} | {"signed-in"}
    sees_city = any(grant.unit_ids is None and "cases.desk" in grant.permissions for grant in authority.grants)
    return found | ({"neglect"} if sees_city or "units.edit" in found else set())


def _roles(world: World) -> list[Role]:
    everything = {world.mine.reference, world.others.reference}
    own = {world.mine.reference, world.secret.reference}
    seats = {
        "petugas.pupr": own,
        "kepala.pupr": own,
        "meja.pusat": everything,
        "loket": everything,
        "sekda": everything,
        "walikota": everything,
        # secret matters of other agencies are not the inspector's
        "inspektur": set(),
        "operator": set(),
    }
    roles = []
    for seat, sees in seats.items():
        client, user = _staff(f"{seat}@{DOMAIN}")
        roles.append(Role(seat, client, sees, _permissions(user)))
    roles.append(Role("anonymous", _client(), set(), is_staff=False))
    reporter = _client()
    answer = HttpResponse()
    conversations.remember(answer, world.mine.pk, mark=code_mark(world.mine))
    reporter.cookies = SimpleCookie(answer.cookies.output(header="", sep=";"))
    roles.append(Role("reporter", reporter, {world.mine.reference}, is_staff=False))
    # a password alone opens nothing of the desk, only the account's own pages
    halfway = Role(
        "without second factor", _staff(f"petugas.pupr@{DOMAIN}", second_factor=False)[0], set(), {"signed-in"}
    )
    roles.append(halfway)
    nobody = User.objects.create_user(
        email="nobody@example.org", password="panjang-sekali-12", name="Nobody", created_at=clock.now()
    )
    roles.append(Role("without post", _staff(nobody.email)[0], set(), {"signed-in"}))
    return roles


@dataclass(frozen=True)
class Asked:
    """One question and its answer."""

    role: str
    method: str
    name: str
    path: str
    status: int
    location: str
    body: str

    def __str__(self) -> str:
        return f"{self.role}: {self.method.upper()} {self.path} ({self.name}): {self.status} {self.location}"


def _ask(role: Role, address: Address, path: str, method: str) -> Asked:
    """Ask, and take back whatever that changed, in the database and at the browser."""
    cookies = SimpleCookie(role.client.cookies.output(header="", sep=";")) if role.client.cookies else SimpleCookie()
    with transaction.atomic():
        answer = getattr(role.client, method)(path)
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        transaction.set_rollback(True)
    role.client.cookies = cookies
    return Asked(
        role.name,
        method,
        address.name,
        path,
        answer.status_code,
        answer.get("Location", ""),
        content.decode("utf-8", "replace"),
    )


def _needed(name: str) -> str | None:
    if name in OPENED_BY:
        return OPENED_BY[name]
    return OPENED_BY.get(f"{name.split(':', maxsplit=1)[0]}:")


def test_everybody_opens_what_is_theirs_and_nothing_else(world: World) -> None:
    places = addresses()
    staff_places = [place for place in places if not place.is_public]
    assert [place.name for place in staff_places if _needed(place.name) is None] == []
    wrong: list[str] = []
    for role in _roles(world):
        answers = [
            _ask(role, place, path, method)
            for place in places
            for path in paths_of(place, world.values)
            for method in ("get", "post")
            # after signing out there is nobody left to walk
            if place.name != "account_logout"
        ]
        wrong += _faults(role, world, answers, {place.name for place in staff_places})
    assert not wrong, "\n".join(wrong)


def _faults(role: Role, world: World, answers: list[Asked], staff_names: set[str]) -> list[str]:
    faults = []
    unseen = {row.reference for row in (world.mine, world.secret, world.others, world.others_secret)} - role.sees
    sees_secret = world.secret.reference in role.sees
    unknown = {(row.name, row.method, row.path): row for row in answers if UNKNOWN in row.path}
    for row in answers:
        if row.status not in ANSWERS and row.name != "web:healthz":
            faults.append(f"broken: {row}")
        faults += [f"tells who reported: {row}" for mark in MARKS if mark in row.body]
        if not sees_secret and SECRET_WORDS in row.body:
            faults.append(f"tells a secret: {row}")
        if role.is_staff and row.name.startswith("complaints_desk:") and world.others.reference not in role.sees:
            faults += [f"tells another agency's: {row}"] if OTHERS_WORDS in row.body else []
        if role.name == "without second factor" and row.name in staff_names and not row.path.startswith("/accounts/"):
            faults += [f"opens without second factor: {row}"] if row.status not in (302, 303) else []
        if row.name in staff_names and 200 <= row.status < 300 and _needed(row.name) not in role.permissions:
            faults.append(f"too open: {row}")
        is_inside = row.name in staff_names or "/mine/" in row.path
        for reference in unseen:
            is_secret = reference in (world.secret.reference, world.others_secret.reference)
            if reference in row.path and (is_inside or is_secret):
                twin = unknown[row.name, row.method, row.path.replace(reference, UNKNOWN)]
                if (row.status, row.location.replace(reference, UNKNOWN)) != (twin.status, twin.location):
                    faults.append(f"tells that it exists: {row} but {twin}")
    return faults


def test_the_walk_would_see_a_leak(world: World) -> None:
    """The same eyes find what is there to find: an officer with a reason reads the contact; it is on the record."""
    client, _user = _staff(f"petugas.pupr@{DOMAIN}")
    answer = client.post(
        reverse("complaints_desk:contact", args=[world.mine.reference]), {"reason": "Menanyakan lokasi"}
    )
    assert all(mark in answer.content.decode().replace(" ", "").replace("-", "") for mark in (MARKS[1], MARKS[2]))
    desk = client.get(reverse("complaints_desk:inbox") + "?group=all").content.decode()
    assert (
        world.secret.reference
        in client.get(reverse("complaints_desk:case", args=[world.secret.reference])).content.decode()
    )
    assert OTHERS_WORDS not in desk


@pytest.mark.parametrize("seat", ["meja.pusat", "loket", "sekda", "walikota", "inspektur", "operator"])
def test_rank_alone_shows_no_secret(world: World, seat: str) -> None:
    client, _user = _staff(f"{seat}@{DOMAIN}")
    for reference in (world.secret.reference, world.others_secret.reference):
        assert client.get(reverse("complaints_desk:case", args=[reference])).status_code in (403, 404)
        assert client.get(reverse("complaints:case", args=[reference])).status_code == 404
    photo = reverse("files:photo", args=[world.photos["secret"].key])
    assert client.get(photo).status_code in (403, 404)
