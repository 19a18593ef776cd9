"""Every page that people read: no barriers (axe-core) in light and dark, nothing to scroll sideways at 360 pixels."""

import io
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.conf import settings
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser
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
from balai.foundation.units.queries import authority_of
from balai.modules.complaints.actions import Submission, submit_report
from balai.modules.queue.actions import draw_ticket
from balai.modules.queue.models import Hall
from balai.modules.services.actions.apply import begin_application
from balai.modules.services.actions.group import begin_group
from balai.modules.services.actions.life import begin_bundle
from balai.modules.services.queries.applications import open_service
from balai.modules.services.queries.life import life_event
from tests.browser.barriers import barriers
from tests.browser.visits import waiting_for_a_visit
from tests.example_city import build_example_city, forget_memory

PUBLIC = [
    "/",
    "/about/",
    "/accessibility/",
    "/accounts/login/",
    "/accounts/password/reset/",
    "/complaints/",
    "/complaints/new/",
    "/complaints/follow/",
    "/complaints/statistics/",
    "/complaints/{open}/",
    "/complaints/{answered}/",
    "/services/",
    "/services/?q=tidak-ada-yang-begini",
    "/services/kartu-keluarga/",
    "/services/ak-1/",
    "/services/ktp-el/apply/",
    "/services/ktp-el/group/",
    "/services/draft/",
    "/services/draft/{draft}/step/pemohon/",
    "/services/draft/{draft}/step/permohonan/",
    "/services/draft/{draft}/step/berkas/",
    "/services/draft/{draft}/check/",
    "/services/draft/{draft}/saved/",
    "/services/life/",
    "/services/life/lahir/",
    "/services/life/list/{list}/",
    "/services/life/list/{group}/",
    "/services/performance/",
    "/queue/",
    "/queue/ticket/",
    "/queue/ticket/{ticket}/",
    "/queue/hall/loket-disdukcapil/",
    "/queue/hall/loket-disdukcapil/book/",
    "/queue/hall/loket-disdukcapil/screen/",
    "/queue/hall/loket-disdukcapil/estimates/",
    "/queue/hall/loket-disdukcapil/machine/{machine}/",
    "/queue/hall/loket-disdukcapil/machine/{machine}/{ticket}/",
    "/services/performance/public-information/",
    "/services/survey/",
    "/outside/",
    "/documents/verify",
    "/documents/c/{code}",
    "/api/",
    "/there-is-no-such-page/",
]
OFFICER = [
    "/desk/complaints/",
    "/desk/complaints/?group=all",
    "/desk/complaints/?q=tidak-ada-yang-begini",
    "/desk/complaints/{open}/",
    "/desk/complaints/{answered}/",
    "/settings/units/",
    "/me/",
    "/accounts/2fa/",
    "/accounts/password/change/",
]
HALL = [
    "/desk/services/",
    "/desk/services/{visited}/",
    "/desk/services/visits/",
    "/desk/services/visits/{visit}/",
    "/desk/services/make/",
    "/desk/services/make/from-file/",
    "/desk/services/make/ktp-el/",
    "/desk/services/make/ktp-el/steps/",
    "/desk/services/make/ktp-el/replay/",
    "/settings/forms/",
    "/settings/forms/svc-ktp-el/",
    "/settings/forms/svc-ktp-el/preview/",
    "/settings/forms/svc-ktp-el/page/berkas/question/foto_kk/",
    "/settings/forms/svc-ktp-el/value/",
    "/desk/queue/",
    "/desk/queue/loket-disdukcapil/",
    "/desk/queue/loket-disdukcapil/counter/1/",
    "/desk/queue/loket-disdukcapil/set-up/",
]
HEAD = ["/desk/payments/"]
DESK = ["/desk/complaints/enter/", "/desk/complaints/rules/", "/desk/neglect/", "/desk/complaints/enter/{open}/"]
OPERATOR = [
    "/settings/units/",
    "/settings/units/add/",
    "/settings/units/agency/dinas-pupr/",
    "/settings/calendar/",
    "/settings/messages/",
    "/settings/messages/outbox/",
    "/settings/jobs/",
    "/settings/api-keys/",
    "/settings/brand/",
    "/settings/webhooks/",
    "/settings/outside/",
    "/settings/outside/system/oss/",
    "/settings/documents/",
    "/settings/documents/issued/",
    "/settings/documents/templates/svc-kartu-keluarga/",
]
# names the elements that stick out, the innermost last
TOO_WIDE = """() => [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !each.closest(".b-tabs, .b-rail"))
    .slice(0, 8).map((each) => `${each.tagName}.${each.className}`).join(" ")"""
SIGHTS = [(scheme, width) for scheme in ("light", "dark") for width in (360, 1280)]


@dataclass
class Site:
    url: str
    numbers: dict[str, str]


@pytest.fixture
def site(transactional_db: None, live_server: LiveServer) -> Iterator[Site]:
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
    yield Site(live_server.url, numbers)
    forget_memory()


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


@pytest.mark.parametrize(("scheme", "width"), SIGHTS)
def test_every_page_is_for_everybody(site: Site, chromium: Browser, axe: str, scheme: str, width: int) -> None:
    faults: list[str] = []
    for seat, paths in (
        ("", PUBLIC),
        ("petugas.pupr", OFFICER),
        ("kepala.pupr", HEAD),
        ("kepala.disdukcapil", HALL),
        ("loket", ["/desk/services/enter/"]),
        ("meja.pusat", DESK),
        ("operator", OPERATOR),
    ):
        context = chromium.new_context(
            locale="id-ID", color_scheme=scheme, viewport={"width": width, "height": 4_000}, reduced_motion="reduce"
        )
        if seat:
            context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": _cookie(seat), "url": site.url}])
        page = context.new_page()
        for path in paths:
            address = path.format(**site.numbers)
            answer = page.goto(site.url + address)
            assert answer is not None
            expected = (
                404 if "no-such" in path else 403 if seat == "petugas.pupr" and path == "/settings/units/" else 200
            )
            where = f"{seat or 'anybody'} {path}"
            if answer.status != expected or page.url.split("?")[0] != site.url + address.split("?")[0]:
                faults.append(f"{where}: {answer.status} at {page.url}")
                continue
            # islands that are still being drawn are not yet what people meet
            page.wait_for_load_state("networkidle")
            # the bar that stays at the bottom of a telephone must not lie on the link that a long page has just there
            tall = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": width, "height": max(4_000, tall)})
            faults += [f"{where}: {fault}" for fault in barriers(page, axe)]
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                faults.append(f"{where}: {wide} pixels wide: {page.evaluate(TOO_WIDE)}")
        context.close()
    assert not faults, "\n".join(faults)
