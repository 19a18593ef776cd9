"""Every page that staff read: no barriers (axe-core) in light and dark, nothing to scroll sideways at 360 pixels."""

from playwright.sync_api import Browser

from tests.browser.every_page import Site, site, walk

__all__ = ["site"]
OFFICER = [
    "/desk/complaints/",
    "/desk/complaints/?group=all",
    "/desk/complaints/?q=tidak-ada-yang-begini",
    "/desk/complaints/{open}/",
    "/desk/complaints/{answered}/",
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
    "/desk/services/make/pindah-datang/",
    "/desk/services/make/pindah-datang/comments/",
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


def test_every_staff_page_is_for_everybody(site: Site, chromium: Browser, axe: str) -> None:
    seats = {
        "petugas.pupr": OFFICER,
        "kepala.pupr": HEAD,
        "kepala.disdukcapil": HALL,
        "loket": ["/desk/services/enter/"],
        "meja.pusat": DESK,
        "operator": OPERATOR,
    }
    faults = walk(site, chromium, axe, seats)
    assert not faults, "\n".join(faults)
