"""Every page that everybody reads: no barriers (axe-core) in light and dark, nothing to scroll sideways at 360 pixels."""

from playwright.sync_api import Browser

from tests.browser.every_page import Site, site, walk

__all__ = ["site"]
PUBLIC = [
    "/",
    "/about/",
    "/accessibility/",
    "/search/",
    "/search/?q=akta",
    "/search/?q=tidak-ada-yang-begini",
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
    "/services/consultations/",
    "/services/pindah-datang/",
    "/services/pindah-datang/consultation/",
    "/services/ktp-el/apply/",
    "/services/ktp-el/group/",
    "/services/draft/",
    "/services/draft/{draft}/step/pemohon/",
    "/services/draft/{draft}/step/permohonan/",
    "/services/draft/{draft}/step/berkas/",
    "/services/draft/{draft}/check/",
    "/services/draft/{draft}/saved/",
    "/services/draft/{signed}/signatures/",
    "/services/sign/{signer}/",
    "/services/sign/nobody-has-this-link/",
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
APPLICANT = [
    "/services/mine/{returned}/",
    "/services/mine/{returned}/correct/",
    "/services/mine/{returned}/correct/informasi/",
]


def test_every_public_page_is_for_everybody(site: Site, chromium: Browser, axe: str) -> None:
    faults = walk(site, chromium, axe, {"": PUBLIC, "applicant": APPLICANT})
    assert not faults, "\n".join(faults)
