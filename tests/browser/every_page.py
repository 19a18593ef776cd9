"""Walk through pages and look at each as people may meet it: light and dark, on a telephone and on a desk."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, Page
from pytest_django.live_server_helper import LiveServer

from balai.engines.cases.actions import apply_change
from balai.engines.cases.models import Case
from balai.engines.cases.rules.evolution import Given
from balai.foundation.calendar import clock
from balai.foundation.documents.actions import request_document
from balai.foundation.documents.models import IssuedDocument
from balai.foundation.events.rules import SYSTEM, Actor
from balai.foundation.identity.models import User
from balai.foundation.outbound.actions import open_system
from balai.foundation.places.queries import villages
from balai.foundation.units.example import DOMAIN
from balai.foundation.units.models import Holding
from balai.foundation.units.queries import authority_of
from balai.modules.complaints.actions import Submission, submit_report
from balai.modules.queue.actions import draw_ticket
from balai.modules.queue.models import Hall
from balai.modules.services.actions.apply import begin_application, save_answers
from balai.modules.services.actions.cosign import ask_cosigner
from balai.modules.services.actions.group import begin_group
from balai.modules.services.actions.life import begin_bundle
from balai.modules.services.queries.applications import open_service
from balai.modules.services.queries.life import life_event
from balai.modules.services.tests.applicants import APPLICANT, SIGNED, begin, fill, send
from tests.browser.barriers import barriers
from tests.browser.visits import waiting_for_a_visit
from tests.example_city import build_example_city, forget_memory

# names the elements that stick out, the innermost last
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest(".b-tabs, .b-rail"))
    .slice(0, 8).map((each) => `${each.tagName}.${each.className}`).join(" ")"""
# turned in this order, each page is loaded once: people turn a telephone, and the evening makes a page dark
EXPECTED = {"/there-is-no-such-page/": 404, "/services/sign/nobody-has-this-link/": 404}
SIGHTS: tuple[tuple[Literal["light", "dark"], int], ...] = (
    ("light", 360),
    ("light", 1280),
    ("dark", 1280),
    ("dark", 360),
)


@dataclass
class Site:
    url: str
    numbers: dict[str, str]
    # what the applicant's browser remembers
    applicant: dict[str, str] = field(default_factory=dict)


@pytest.fixture
def site(transactional_db: None, live_server: LiveServer) -> Iterator[Site]:
    """Build the example city with one of everything that a page is about."""
    build_example_city()
    numbers = {}
    for name in ("open", "answered"):
        case = submit_report(
            submission=Submission(
                text="Jalan berlubang besar di depan sekolah. " + "Panjangsekalitanpaspasi" * 4,
                category="road-damage",
                channel="web",
                village_id=villages()[0].pk,
                email="rina@warga.example",
            ),
            at=clock.now(),
        ).case
        numbers[name] = case.reference
    _answer(case)
    numbers["code"] = _issued_document()
    service = open_service(slug="ktp-el")
    assert service is not None
    numbers["draft"] = begin_application(service=service, at=clock.now()).code
    event = life_event("lahir")
    assert event is not None
    numbers["list"] = begin_bundle(event=event, chosen=(), at=clock.now()).code
    people: list[dict[str, str]] = [{"nama": "Siti Contohwati"}, {}]
    numbers["group"] = begin_group(service=service, name="RT 03/RW 05", people=people, at=clock.now()).code
    visited, visit = waiting_for_a_visit(_photo())
    numbers |= {"visited": visited.reference, "visit": str(visit.pk)}
    address = "https://oss.example/hook"
    open_system(slug="oss", name="OSS", address=address, unit_id=visited.unit_id, actor=SYSTEM, at=clock.now())
    hall = Hall.objects.get(slug="loket-disdukcapil")
    numbers["machine"] = hall.kiosk_key
    errand = hall.errands.first()
    assert errand is not None
    numbers["ticket"] = draw_ticket(hall_id=hall.pk, errand_ids=[errand.pk], at=clock.now()).code
    numbers |= _to_be_signed()
    applicant = Client()
    numbers["returned"] = _returned(applicant)
    cookies = {name: cookie.value for name, cookie in applicant.cookies.items()}
    yield Site(live_server.url, numbers, cookies)
    forget_memory()


def _to_be_signed() -> dict[str, str]:
    """Begin an application that somebody else signs too, and ask them."""
    service, at = open_service(slug="izin-reklame"), clock.now()
    assert service is not None
    begun = begin_application(service=service, at=at)
    answers = {"nama": "Siti Contohwati", "lahan_orang": True}
    save_answers(application_id=begun.application.pk, answers=answers, expected_revision=0, at=at)
    asked = ask_cosigner(application_id=begun.application.pk, slug="pemilik-lahan", name="Budi Contoh", at=at)
    return {"signed": begun.code, "signer": asked.token}


def _returned(applicant: Client) -> str:
    """Have a request for information returned to the browser that sent it."""
    code = begin(applicant, "informasi-publik")
    fill(applicant, code, "pemohon", **APPLICANT)
    fill(applicant, code, "informasi", rincian="Anggaran taman", tujuan="Ingin tahu", cara="salinan")
    fill(applicant, code, "pernyataan", **SIGNED)
    case = send(applicant, code)
    _change(case, "return", Given(text="Jelaskan tahun anggarannya.", reason="unclear"))
    return case.reference


def _change(case: Case, change: str, given: Given) -> None:
    """Make a change as the head of the agency that has the matter."""
    at = clock.now()
    holding = Holding.objects.filter(post__unit=case.unit, post__level="head", valid_to=None).select_related("user")
    head = holding.get().user
    apply_change(
        case_id=case.pk,
        change=change,
        given=given,
        actor=Actor("staff", head.pk),
        authority=authority_of(user=head, at=at),
        at=at,
    )


def _photo() -> bytes:
    stored = io.BytesIO()
    Image.new("RGB", (320, 240), "grey").save(stored, format="JPEG")
    return stored.getvalue()


def _issued_document() -> str:
    """Have a paper issued, without its file, and return its check code."""
    at = clock.now()
    document = request_document(
        template="svc-kartu-keluarga",
        number="0001/KK/XI/2026",
        data={"holder": "Rina Wulandari"},
        owner_kind="nothing",
        owner_id=1,
        resident_id=None,
        actor=SYSTEM,
        at=at,
    )
    IssuedDocument.objects.filter(pk=document.pk).update(
        state="issued", stored="issued/none.pdf", sha256="0" * 64, signed_by="Contoh", issued_at=at
    )
    return document.check_code


def _answer(case: Case) -> None:
    officer = User.objects.get(email=f"petugas.pupr@{DOMAIN}")
    apply_change(
        case_id=case.pk,
        change="answer",
        given=Given(text="Sudah ditambal."),
        actor=Actor("staff", officer.pk),
        authority=authority_of(user=officer, at=clock.now()),
        expected_seq=Case.objects.values_list("seq", flat=True).get(pk=case.pk),
        at=clock.now(),
    )


def _cookie(seat: str) -> str:
    client = Client()
    client.force_login(
        User.objects.get(email=f"{seat}@{DOMAIN}"), backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    session = client.session
    session["second_factor"] = True
    session.save()
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def walk(site: Site, chromium: Browser, axe: str, seats: Mapping[str, Sequence[str]]) -> list[str]:
    """Return every fault of the pages that each seat reads; ``applicant`` is who sent the application."""
    faults: list[str] = []
    for seat, paths in seats.items():
        context = chromium.new_context(locale="id-ID", reduced_motion="reduce")
        remembered = (
            site.applicant if seat == "applicant" else {settings.SESSION_COOKIE_NAME: _cookie(seat)} if seat else {}
        )
        context.add_cookies([{"name": name, "value": value, "url": site.url} for name, value in remembered.items()])
        page = context.new_page()
        for path in paths:
            faults += [f"{seat or 'anybody'} {path}: {fault}" for fault in _faults_of(page, site, axe, path)]
        context.close()
    return faults


def _faults_of(page: Page, site: Site, axe: str, path: str) -> Iterator[str]:
    address = path.format(**site.numbers)
    page.set_viewport_size({"width": SIGHTS[0][1], "height": 4_000})
    page.emulate_media(color_scheme=SIGHTS[0][0])
    answer = page.goto(site.url + address)
    assert answer is not None
    if answer.status != EXPECTED.get(path, 200) or page.url.split("?")[0] != site.url + address.split("?")[0]:
        yield f"{answer.status} at {page.url}"
        return
    # islands that are still being drawn are not yet what people meet
    page.wait_for_load_state("networkidle")
    for scheme, width in SIGHTS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 4_000})
        # the bar that stays at the bottom of a telephone must not lie on the link that a long page has just there
        tall = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": width, "height": max(4_000, tall)})
        yield from (f"{scheme} {width}: {fault}" for fault in barriers(page, axe))
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > width:
            yield f"{scheme}: {wide} pixels wide: {page.evaluate(TOO_WIDE)}"
