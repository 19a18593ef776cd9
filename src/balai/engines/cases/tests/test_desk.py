"""The desk through the browser's door, on the first desk that a module brings."""

import io
import re
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from balai.engines.cases.actions import apply_change
from balai.engines.cases.actions.kinds import kind_at, publish_kind
from balai.engines.cases.actions.search import index_cases
from balai.engines.cases.contributions import KindFamily
from balai.engines.cases.guards import may_see_photo
from balai.engines.cases.models import Case
from balai.engines.cases.rules.evolution import ChangeRefused, Given
from balai.engines.cases.tests.small_desk import EVERYTHING, MORNING, SmallDesk, photo, resident
from balai.engines.cases.web import bulk
from balai.engines.cases.web.offers import arrange
from balai.foundation.calendar.queries import work_calendar
from balai.foundation.events.rules import Actor
from balai.foundation.files import rules as file_rules
from balai.foundation.files.models import Attachment
from balai.foundation.identity.models import AccessRecord, Role
from balai.foundation.registry.discover import contributions
from balai.foundation.units.models import Holding, Post
from balai.foundation.units.queries import authority_of
from balai.foundation.units.rules import NOBODY

NOON = MORNING + timedelta(hours=2)


@pytest.fixture
def officer(desk: SmallDesk) -> Client:
    """Sari's browser, signed in with a second factor, in English."""
    role = Role.objects.create(slug="officer", name_id="Petugas", name_en="Officer", permissions=sorted(EVERYTHING))
    post = Post.objects.create(unit=desk.works, title="Petugas DPU", level="handler")
    post.roles.add(role)
    Holding.objects.create(post=post, user=desk.sari, valid_from=MORNING.replace(year=2025))
    Authenticator.objects.create(user=desk.sari, type=Authenticator.Type.TOTP, data={})
    client = Client()
    client.force_login(desk.sari, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    return client


@pytest.fixture
def noon() -> Any:
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def page_of(case: Case) -> str:
    family = next(each for each in contributions(KindFamily) if each.slug == case.family)
    return reverse(family.page, args=[case.reference])


def busy_case(desk: SmallDesk) -> Case:
    case = desk.open(reporter=resident(), attachments=[photo(), photo()])
    Attachment.objects.update(state="ready", stored="x.jpg", thumbnail="x-t.jpg")
    desk.change(case, "take", at=MORNING + timedelta(minutes=5), assignee_id=desk.budi.pk)
    desk.change(case, "start", at=MORNING + timedelta(minutes=6))
    desk.change(case, "progress", at=MORNING + timedelta(minutes=7), text="Besok", attachments=[photo("proof")])
    desk.change(case, "ask", at=MORNING + timedelta(minutes=8), text="Sebelah mana?")
    desk.reply(case, "reply", at=MORNING + timedelta(minutes=9), text="Kanan")
    return case


def asked(client: Client, address: str) -> list[str]:
    """Return the statements of a page's second look: the first fills what a process keeps."""
    assert client.get(address).status_code == 200
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address)
    assert response.status_code == 200
    return [query["sql"] for query in queries]


def test_a_whole_matter_in_ten_statements(desk: SmallDesk, officer: Client, noon: Any) -> None:
    work_calendar()
    statements = asked(officer, page_of(busy_case(desk)))
    # session, person and authority (3), the number beside the desk (1); the matter itself (6)
    assert len(statements) <= 10, "\n".join(f"{n} {sql[:200]}" for n, sql in enumerate(statements, 1))
    twice = [sql for sql, count in Counter(statements).items() if count > 1]
    assert twice == []


def test_more_that_happened_asks_no_more(desk: SmallDesk, officer: Client, noon: Any) -> None:
    case = busy_case(desk)
    before = len(asked(officer, page_of(case)))
    for number in range(10):
        desk.change(case, "note", at=NOON, text=f"Catatan {number}")
    assert len(asked(officer, page_of(case))) == before


def test_an_inbox_in_eight_statements_however_long(desk: SmallDesk, officer: Client, noon: Any) -> None:
    family = next(each for each in contributions(KindFamily) if each.slug == "complaint")
    inbox = reverse(family.page.replace(":case", ":inbox"))
    desk.open()
    few = asked(officer, inbox)
    # session, person and authority (3), the number beside the desk (1); the list, its numbers and what it may be narrowed by
    assert len(few) <= 8, "\n".join(f"{n} {sql[:200]}" for n, sql in enumerate(few, 1))
    for _ in range(20):
        desk.open()
    assert len(asked(officer, inbox)) == len(few)


def change_url(case: Case, name: str) -> str:
    family = next(each for each in contributions(KindFamily) if each.slug == case.family)
    return reverse(family.page.replace(":case", ":change"), args=[case.reference, name])


def test_a_change_from_the_page_and_back(desk: SmallDesk, officer: Client, noon: Any) -> None:
    case = desk.open()
    response = officer.post(change_url(case, "start"), {"seq": case.seq}, follow=True)
    case.refresh_from_db()
    assert case.state == "working"
    undo = reverse(page_name(case, "undo"), args=[case.reference, case.seq])
    assert undo in response.content.decode()
    assert officer.get(undo).status_code == 200
    case.refresh_from_db()
    assert case.state == "working", "a look takes nothing back"
    officer.post(undo)
    case.refresh_from_db()
    assert case.state == "assigned"


def page_name(case: Case, name: str) -> str:
    family = next(each for each in contributions(KindFamily) if each.slug == case.family)
    return family.page.replace(":case", f":{name}")


def test_somebody_was_faster_the_words_are_kept(desk: SmallDesk, officer: Client, noon: Any) -> None:
    case = desk.open()
    desk.change(case, "take", at=NOON, assignee_id=desk.budi.pk)
    response = officer.post(change_url(case, "answer"), {"seq": case.seq, "text": "Sudah kami tambal"})
    assert response.status_code == 409
    page = response.content.decode()
    assert "Somebody else changed this report a moment ago" in page
    assert "Sudah kami tambal" in page
    case.refresh_from_db()
    assert case.state == "assigned"


def test_an_old_page_hears_who_changed_what(desk: SmallDesk, officer: Client, noon: Any) -> None:
    case = desk.open()
    seen = case.seq
    desk.change(case, "take", at=NOON, assignee_id=desk.budi.pk)
    desk.change(case, "start", at=NOON)
    response = officer.post(change_url(case, "start"), {"seq": seen, "text": "Kami mulai"})
    page = response.content.decode()
    assert response.status_code == 409
    told = page.split("b-notice--attention", 1)[1].split("</section>", 1)[0]
    assert "Not done: something changed here meanwhile" in told
    assert "Given to a person" in told
    assert "Work began" in told
    # the step is possible no more, so no form keeps what was typed
    assert "Kami mulai" in told


def test_what_only_lacks_something_tells_no_news(desk: SmallDesk, officer: Client, noon: Any) -> None:
    case = desk.open()
    response = officer.post(change_url(case, "note"), {"seq": case.seq, "text": ""})
    assert response.status_code == 409
    assert "Not done: something changed" not in response.content.decode()


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize("wrong", ["permission", "seq", "state", ""])
def test_photos_are_stored_only_for_a_change_that_can_be_made(
    desk: SmallDesk, officer: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wrong: str
) -> None:
    # as a large one is: it goes to the storage before the change
    monkeypatch.setattr(file_rules, "MAX_BYTES_IN_ROW", 0)
    case = desk.open()
    seq = case.seq
    if wrong == "permission":
        Role.objects.update(permissions=["cases.desk"])
    elif wrong == "seq":
        desk.change(case, "note", at=NOON, text="Sudah dilihat")
    elif wrong == "state":
        desk.reply(case, "withdraw", at=NOON)
        seq += 1
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "JPEG")
    proof = SimpleUploadedFile("bukti.jpg", picture.getvalue(), content_type="image/jpeg")
    here = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": str(tmp_path)}}
    with override_settings(STORAGES={**settings.STORAGES, "default": here}):
        response = officer.post(change_url(case, "progress"), {"seq": seq, "text": "Besok", "proof": [proof]})
    stored = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert response.status_code == {"permission": 403, "seq": 409, "state": 409, "": 302}[wrong]
    assert len(stored) == (0 if wrong else 1)


def test_what_may_not_be_seen_does_not_exist(desk: SmallDesk, officer: Client, noon: Any) -> None:
    elsewhere = desk.open(unit_id=desk.water.pk)
    assert officer.get(page_of(elsewhere)).status_code == 404
    assert officer.post(change_url(elsewhere, "start"), {"seq": elsewhere.seq}).status_code == 404
    assert Client().get(page_of(elsewhere)).status_code == 302


def test_each_look_at_a_secret_and_at_a_person_is_recorded(desk: SmallDesk, officer: Client, noon: Any) -> None:
    case = desk.open(privacy="secret", reporter=resident("rahasia@contoh.example"))
    page = officer.get(page_of(case)).content.decode()
    assert "rahasia@contoh.example" not in page
    record = AccessRecord.objects.get()
    assert (record.what, record.subject_id, record.user_id, record.post_title) == (
        "secret_matter",
        case.pk,
        desk.sari.pk,
        "Petugas DPU",
    )
    contact = reverse(page_name(case, "contact"), args=[case.reference])
    assert officer.post(contact, {"reason": " "}).status_code == 302
    assert not AccessRecord.objects.filter(what="contact").exists()
    shown = officer.post(contact, {"reason": "Menanyakan lokasi"}).content.decode()
    assert "rahasia@contoh.example" in shown
    assert AccessRecord.objects.get(what="contact").reason == "Menanyakan lokasi"


def test_a_secret_matter_stands_in_lists_without_its_words(desk: SmallDesk, officer: Client, noon: Any) -> None:
    secret = desk.open(privacy="secret", text="Pungutan liar di loket")
    plain = desk.open(text="Lampu jalan padam")
    inbox = reverse(page_name(secret, "inbox"))

    def shown(**narrowed: str) -> list[str]:
        """Return the matters that a list shows, and prove that no words of the secret one stand in it."""
        page = officer.get(inbox, narrowed).content.decode()
        assert "Pungutan" not in page.replace(f'value="{narrowed.get("q")}"', "").replace("q=Pungutan", "")
        assert secret.village is not None
        assert page.count(secret.village.name) == (f'value="{plain.reference}"' in page)
        return [case.reference for case in (secret, plain) if f'value="{case.reference}"' in page]

    for group in ("open", "unassigned", "all"):
        assert shown(group=group) == [secret.reference, plain.reference]
    desk.change(secret, "take", at=NOON, assignee_id=desk.sari.pk)
    assert shown(group="mine") == [secret.reference]
    assert f"{secret.reference} · Secret · open it to read" in officer.get(inbox).content.decode()
    index_cases(rows=Case.objects.all())
    assert shown(q="Lampu") == [plain.reference]
    assert shown(q="padamnya") == [plain.reference], "words are compared by their stems"
    assert shown(q="Pungutan") == [], "a hit would tell what it says"
    assert "at least three letters" in officer.get(inbox, {"q": "di"}).content.decode()
    assert shown(q=secret.reference) == [secret.reference]
    assert not AccessRecord.objects.exists()


def test_a_look_is_recorded_under_the_post_that_sees_secrets(desk: SmallDesk, officer: Client, noon: Any) -> None:
    """Sari's first post reaches the matter too, but would not show it."""
    post = Post.objects.get()
    Post.objects.update(title="Pengawas")
    plain = Role.objects.create(
        slug="plain", name_id="Biasa", name_en="Plain", permissions=["cases.desk", "cases.handle", "cases.see_contact"]
    )
    post.roles.set([plain])
    second = Post.objects.create(unit=desk.works, title="Petugas rahasia", level="handler")
    second.roles.add(Role.objects.get(slug="officer"))
    Holding.objects.create(post=second, user=desk.sari, valid_from=MORNING.replace(year=2025))
    case = desk.open(privacy="secret", reporter=resident())
    assert authority_of(user=desk.sari, at=NOON).grants[0].post_title == "Pengawas"
    assert officer.get(page_of(case)).status_code == 200
    assert AccessRecord.objects.get().post_title == "Petugas rahasia"
    officer.post(reverse(page_name(case, "contact"), args=[case.reference]), {"reason": "Lokasi"})
    assert AccessRecord.objects.get(what="contact").post_title == "Pengawas"


@pytest.mark.usefixtures("noon")
@pytest.mark.parametrize("owner_kind", ["case", "case_entry"])
@pytest.mark.parametrize(("privacy", "looks"), [("named", 0), ("private", 1), ("secret", 1)])
def test_each_look_at_a_photo_of_a_hidden_matter_is_recorded(
    desk: SmallDesk, officer: Client, owner_kind: str, privacy: str, looks: int
) -> None:
    if privacy == "private":
        # what a person brought to an agency needs no right to see secrets
        Role.objects.update(permissions=[each for each in EVERYTHING if each != "cases.see_secret"])
    case = desk.open(privacy=privacy, reporter=resident(), attachments=[photo()])
    picture = Attachment.objects.get()
    Attachment.objects.update(owner_kind=owner_kind, state="ready", stored="a.jpg", thumbnail="b.jpg")

    officer.get(reverse("files:thumbnail", args=[picture.key]))
    assert not AccessRecord.objects.exists(), "small pictures come along with a page"
    officer.get(reverse("files:photo", args=[picture.key]))

    records = AccessRecord.objects.values_list("what", "subject_id", "user_id", "post_title", "resident_id")
    assert list(records) == [("photo", case.pk, desk.sari.pk, "Petugas DPU", case.reporter_id)] * looks


def test_a_photo_once_public_is_not_so_on_a_hidden_matter(desk: SmallDesk, noon: Any) -> None:
    case = desk.open(attachments=[photo()])
    Attachment.objects.update(state="ready", stored="a.jpg", public=True)
    request = RequestFactory().get("/")
    request.authority = NOBODY  # type: ignore[attr-defined]
    assert may_see_photo(request, Attachment.objects.get())
    for privacy in ("private", "secret"):
        Case.objects.filter(pk=case.pk).update(privacy=privacy, public_lat=None, public_lon=None, map_cell=None)
        assert not may_see_photo(request, Attachment.objects.get())


def test_an_officer_of_one_district_may_ask_for_the_contact_there(desk: SmallDesk, officer: Client, noon: Any) -> None:
    Post.objects.update(area=desk.west)
    west = desk.open(reporter=resident())
    east = desk.open(reporter=resident(), village_id=desk.east_village.pk, district_id=desk.east.pk)
    assert "contact_reason" in officer.get(page_of(west)).content.decode()
    assert officer.get(page_of(east)).status_code == 404


def test_several_are_taken_at_once_and_what_cannot_be_is_told(desk: SmallDesk, officer: Client, noon: Any) -> None:
    mine, ended, elsewhere = desk.open(), desk.open(), desk.open(unit_id=desk.water.pk)
    desk.reply(ended, "withdraw", at=NOON)
    references = [case.reference for case in (mine, ended, elsewhere)]
    response = officer.post(reverse(page_name(mine, "bulk")), {"selected": references}, follow=True)
    page = response.content.decode()
    assert "Taken: 1." in page
    assert f"Not taken: {ended.reference}, {elsewhere.reference}." in page
    mine.refresh_from_db()
    assert mine.assignee_id == desk.sari.pk


def test_one_that_breaks_does_not_hold_back_the_others(
    desk: SmallDesk, officer: Client, noon: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    untakeable, broken, mine = desk.open(), desk.open(), desk.open()
    kind = kind_at(mine.kind, mine.kind_version)
    without = replace(kind, slug="told", changes=tuple(row for row in kind.changes if row.name != "take"))
    Case.objects.filter(pk=untakeable.pk).update(kind="told", kind_version=publish_kind(kind=without, at=NOON).version)

    def fail_for_one(**given: Any) -> Case:
        if given["case_id"] == broken.pk:
            raise RuntimeError("a row that nobody thought of")
        assert given["post_title"] == "Petugas DPU"
        return apply_change(**given)

    monkeypatch.setattr(bulk, "apply_change", fail_for_one)
    references = [case.reference for case in (untakeable, broken, mine)]
    response = officer.post(reverse(page_name(mine, "bulk")), {"selected": references}, follow=True)
    page = response.content.decode()
    assert "Taken: 1." in page
    assert f"Not taken: {untakeable.reference}, {broken.reference}." in page
    assert list(Case.objects.filter(assignee=desk.sari)) == [mine]


def test_what_is_passed_out_of_sight_leads_back_to_the_inbox(desk: SmallDesk, officer: Client, noon: Any) -> None:
    case = desk.open()
    passed = {"seq": case.seq, "unit": desk.water.pk, "reason": "not_our_task", "text": ""}
    assert officer.get(page_of(case)).status_code == 200
    response = officer.post(reverse(page_name(case, "change"), args=[case.reference, "reassign"]), passed, follow=True)
    page = response.content.decode()
    assert response.status_code == 200, page[:2000]
    assert f"({case.reference})" in page
    assert reverse(page_name(case, "undo"), args=[case.reference, case.seq + 1]) not in page
    case.refresh_from_db()
    assert case.unit_id == desk.water.pk


def told_of_merging(officer: Client, case: Case, number: str) -> str:
    """Return the page that answers a merge into ``number``, without what differs at every request."""
    response = officer.post(change_url(case, "merge"), {"seq": case.seq, "target": number})
    page = re.sub(r'(nonce=|value=|Token": )"[^"]*"', "", response.content.decode().replace(number, "NUMBER"))
    return f"{response.status_code} {page}"


@pytest.mark.parametrize("privacy", ["named", "secret"])
def test_merging_tells_of_no_matter_that_is_not_to_be_seen(
    desk: SmallDesk, officer: Client, noon: Any, privacy: str
) -> None:
    case = desk.open(privacy=privacy)
    hidden = desk.open(privacy="secret", unit_id=desk.water.pk)
    nothing = told_of_merging(officer, case, "LP-2026-000000")
    assert nothing.startswith("409")
    assert "There is no open report with that number" in nothing
    assert told_of_merging(officer, case, hidden.reference) == nothing
    with pytest.raises(ChangeRefused) as refused:
        apply_change(
            case_id=case.pk,
            change="merge",
            given=Given(target_id=hidden.pk),
            actor=Actor("staff", desk.sari.pk),
            authority=authority_of(user=desk.sari, at=NOON),
            at=NOON,
        )
    assert refused.value.code == "target_gone"
    seen = desk.open(privacy=privacy, unit_id=desk.works.pk)
    officer.post(change_url(case, "merge"), {"seq": case.seq, "target": seen.reference})
    case.refresh_from_db()
    assert case.merged_into_id == seen.pk


def test_a_post_whose_area_holds_no_matter_has_an_empty_desk(desk: SmallDesk, officer: Client, noon: Any) -> None:
    """Matters lie in villages and districts; a post of the province reaches none."""
    case = desk.open()
    Post.objects.update(area=desk.province)
    response = officer.get(reverse(page_name(case, "inbox")))
    assert response.status_code == 200
    assert case.reference not in response.content.decode()


def as_part(client: Client, address: str) -> str:
    response = client.get(address, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


def test_one_form_is_there_and_the_others_come_when_asked_for(desk: SmallDesk, officer: Client, noon: Any) -> None:
    case = desk.open()
    desk.change(case, "start", at=NOON)
    page = officer.get(page_of(case)).content.decode()
    assert page.count("<textarea") == 1, "the likeliest step: the answer"
    assert desk.water.name not in page.split('id="next-title"')[1], "no list of agencies that nobody has asked for"
    link = re.search(r'href="([^"]*\?change=reassign)#change-reassign" hx-get="([^"]*)"', page)
    assert link is not None
    part = as_part(officer, link[2].replace("&amp;", "&"))
    assert part.lstrip().startswith('<details class="b-change" id="change-reassign" open>')
    assert desk.water.name in part
    assert "autofocus" in part
    whole = officer.get(link[1]).content.decode()
    assert '<details class="b-change" id="change-reassign" open>' in whole, "without script the page brings it"
    assert '<details class="b-offers__more" open>' in whole
    assert whole.count("<textarea") == 2


def test_a_form_fetched_late_does_not_hide_what_happened_meanwhile(desk: SmallDesk, officer: Client, noon: Any) -> None:
    case = desk.open()
    seen = case.seq
    desk.change(case, "note", at=NOON, text="Sudah ditelepon")
    part = as_part(officer, f"{page_of(case)}?change=progress&seq={seen}")
    assert f'name="seq" value="{seen}"' in part
    response = officer.post(change_url(case, "progress"), {"seq": seen, "text": "Besok"})
    assert response.status_code == 409
    part = as_part(officer, f"{page_of(case)}?change=progress&seq={seen + 1_000}")
    assert f'name="seq" value="{case.seq + 1}"' in part


def test_a_step_that_is_gone_says_so(desk: SmallDesk, officer: Client, noon: Any) -> None:
    case = desk.open()
    seen = case.seq
    desk.reply(case, "withdraw", at=NOON)
    part = as_part(officer, f"{page_of(case)}?change=progress&seq={seen}")
    assert "This is not possible in the present state." in part
    assert "<form" not in part


def test_nobody_is_led_to_end_a_matter(desk: SmallDesk, officer: Client, noon: Any) -> None:
    case = desk.open()
    desk.change(case, "answer", at=NOON, text="Sudah ditambal")
    kind = kind_at(case.kind, case.kind_version)
    rows = [row for row in kind.changes if row.who == "staff" and row.order and "answered" in row.sources]
    main, daily, more = arrange(sorted(rows, key=lambda row: row.order), kind=kind)
    assert main is None
    assert {row.name for row in (*daily, *more)} == {row.name for row in rows}
    rows = [row for row in kind.changes if row.who == "staff" and row.order and "working" in row.sources]
    main, daily, more = arrange(sorted(rows, key=lambda row: row.order), kind=kind)
    assert main is not None
    assert main.name == "answer"
    assert {"refuse", "merge"} <= {row.name for row in more}
    assert all(row.key for row in daily)


def test_a_page_of_fifty_lines_stays_light(desk: SmallDesk, officer: Client, noon: Any) -> None:
    inbox = reverse(page_name(desk.open(), "inbox"))
    few = len(officer.get(inbox).content)
    for _ in range(49):
        desk.open()
    page = officer.get(inbox).content
    assert page.count(b"data-balai-row") == 50
    # a line is some 1.1 kB with its icon, before compression
    assert (len(page) - few) / 49 < 1_300
    assert len(page) < 90_000
