"""The complaints desk: who gets in, two officers at once, entry at the counter, rules, export."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from balai.engines.cases.actions import apply_change
from balai.engines.cases.models import Case, Category
from balai.engines.cases.rules.evolution import Given
from balai.engines.cases.web import inbox
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor
from balai.foundation.identity.actions import DEFAULT_ROLES
from balai.foundation.identity.models import Role, User
from balai.foundation.units.models import Holding, Post, Unit
from balai.modules.complaints.models import RuleSet
from balai.modules.complaints.tests.small_city import MORNING, SmallCity
from balai.modules.complaints.tests.test_photos_and_privacy import signed_in
from balai.modules.complaints.tests.test_routing import report

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("now", "city")]

PAGES = ("inbox", "export", "enter", "rules")
# unit of the post, what it may do, the pages that open; "case" is an open matter of the agency for roads, "secret" a
# secret one. The roles a city begins with hold what they hold there, so a right too many shows here.
BEGINS_WITH = {slug: list(permissions) for slug, (_id, _en, permissions) in DEFAULT_ROLES.items()}
ROLES: dict[str, tuple[str | None, list[str], set[str]]] = {
    "anonymous": (None, [], set()),
    "without rights": ("works", [], set()),
    "handler": ("works", BEGINS_WITH["handler"], {"inbox", "export", "case", "secret"}),
    "handler without secrets": ("works", ["cases.desk", "cases.handle"], {"inbox", "export", "case"}),
    "handler elsewhere": ("desk", BEGINS_WITH["handler"], {"inbox", "export"}),
    "head": ("works", BEGINS_WITH["head"], {"inbox", "export", "case", "secret"}),
    "head elsewhere": ("desk", BEGINS_WITH["head"], {"inbox", "export"}),
    "central desk": ("city", BEGINS_WITH["central_desk"], {"inbox", "export", "case", "enter", "rules"}),
    "secretary": ("city", BEGINS_WITH["secretary"], {"inbox", "export", "case"}),
    "mayor": ("city", BEGINS_WITH["mayor"], {"inbox", "export", "case"}),
    "inspector": ("desk", BEGINS_WITH["inspector"], {"inbox", "export"}),
    "counter": ("city", BEGINS_WITH["counter"], {"inbox", "export", "case", "enter"}),
    "entry alone": ("desk", ["complaints.enter"], {"enter"}),
    "rules": ("desk", ["complaints.rules"], {"rules"}),
    "operator": ("desk", BEGINS_WITH["settings"], {"rules"}),
}
LEVELS = {"mayor": "mayor", "secretary": "secretary", "head": "head", "head elsewhere": "head"}


def officer(name: str, unit: Unit, permissions: list[str], *, level: str = "handler", scope: str = "unit") -> User:
    """Return somebody who holds a post with exactly these rights."""
    role = Role.objects.create(slug=name, name_id=name, name_en=name, permissions=permissions)
    user = User.objects.create_user(
        email=f"{name}@contoh.example", password="panjang-sekali-12", name=name, created_at=MORNING
    )
    post = Post.objects.create(unit=unit, title=name, level=level, scope=scope)
    post.roles.add(role)
    Holding.objects.create(post=post, user=user, valid_from=MORNING.replace(year=2025))
    return user


@pytest.mark.parametrize("role", list(ROLES))
def test_each_page_is_for_certain_posts(city: SmallCity, role: str) -> None:
    unit, permissions, open_pages = ROLES[role]
    client = Client()
    if unit:
        person = officer(
            role.replace(" ", "-"),
            city.desk if unit == "city" else getattr(city, unit),
            permissions,
            level=LEVELS.get(role, "handler"),
            scope="city" if unit == "city" else "unit",
        )
        client = signed_in(person)
    answers = {name: client.get(reverse(f"complaints_desk:{name}")).status_code for name in PAGES}
    for name, privacy in (("case", "anonymous"), ("secret", "secret")):
        matter = report(privacy=privacy)
        answers[name] = client.get(reverse("complaints_desk:case", args=[matter.reference])).status_code
    for name, status in answers.items():
        wanted = {200} if name in open_pages else {302} if role == "anonymous" else {403, 404}
        assert status in wanted, (name, status)


def test_every_role_a_city_begins_with_stands_in_the_table() -> None:
    told = [permissions for _unit, permissions, _pages in ROLES.values()]
    assert [slug for slug, permissions in BEGINS_WITH.items() if permissions not in told] == []


def form_of(case: Case, **fields: Any) -> dict[str, Any]:
    """Return the fields of a change at the state the officer saw."""
    return {"seq": str(case.seq), **fields}


def test_two_officers_at_once_and_the_words_are_kept(city: SmallCity) -> None:
    case = report()
    first, second = signed_in(city.handler), signed_in(city.head)
    address = reverse("complaints_desk:change", args=[case.reference, "progress"])
    assert first.post(address, form_of(case, text="Kami sudah ke lokasi.")).status_code == 302
    answer = second.post(address, form_of(case, text="Kata yang tidak boleh hilang."))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "Kata yang tidak boleh hilang." in page
    assert "Kami sudah ke lokasi." in page
    fresh = Case.objects.get(pk=case.pk)
    assert f'value="{fresh.seq}"' in page, "sent again, it is made at the newest state"
    assert second.post(address, form_of(fresh, text="Kata yang tidak boleh hilang.")).status_code == 302


def test_a_change_without_its_words_is_not_made(city: SmallCity) -> None:
    case = report()
    client = signed_in(city.handler)
    answer = client.post(reverse("complaints_desk:change", args=[case.reference, "answer"]), form_of(case, text=""))
    assert answer.status_code == 409
    assert Case.objects.get(pk=case.pk).seq == case.seq


def test_who_opens_it_again_is_seen_and_the_same_words_are_asked_about(city: SmallCity) -> None:
    case = report()
    client = signed_in(city.handler)
    address = reverse("complaints_desk:change", args=[case.reference, "answer"])
    assert client.post(address, form_of(case, text="Sudah kami perbaiki.")).status_code == 302
    listed = reverse("complaints_desk:inbox") + "?group=all"
    assert "dibuka lagi" not in client.get(listed).content.decode()
    apply_change(case_id=case.pk, change="reopen", given=Given(text="Belum."), actor=Actor("resident"), at=clock.now())
    case.refresh_from_db()
    assert "dibuka lagi" in client.get(listed).content.decode()
    page = client.get(reverse("complaints_desk:case", args=[case.reference])).content.decode()
    assert "Pelapor membukanya lagi." in page

    again = client.post(address, form_of(case, text="Sudah kami perbaiki. "))

    assert again.status_code == 409
    page = again.content.decode()
    assert "sama persis" in page
    assert "Sudah kami perbaiki." in page
    assert 'name="repeated"' in page
    assert Case.objects.get(pk=case.pk).seq == case.seq
    # a note for staff may say what was said, other words go out at once, and so do the same ones for whoever insists
    note = reverse("complaints_desk:change", args=[case.reference, "note"])
    assert client.post(note, form_of(case, text="Sudah kami perbaiki.")).status_code == 302
    case.refresh_from_db()
    assert client.post(address, form_of(case, text="Sudah kami perbaiki.", repeated="on")).status_code == 302
    assert Case.objects.get(pk=case.pk).state == "answered"


def test_ones_last_step_is_taken_back(city: SmallCity) -> None:
    case = report()
    client = signed_in(city.handler)
    client.post(reverse("complaints_desk:change", args=[case.reference, "answer"]), form_of(case, text="Sudah."))
    done = Case.objects.get(pk=case.pk)
    assert done.state == "answered"
    address = reverse("complaints_desk:undo", args=[case.reference, done.seq])
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 302
    assert Case.objects.get(pk=case.pk).state == case.state


def test_a_category_is_corrected_once(city: SmallCity) -> None:
    case = report()
    client = signed_in(city.handler)
    address = reverse("complaints_desk:correct", args=[case.reference])
    client.post(address, form_of(case, category="none"))
    assert Case.objects.get(pk=case.pk).category.slug == "road"
    client.post(address, form_of(case, category="service"))
    client.post(address, form_of(case, category="road"))
    assert Case.objects.get(pk=case.pk).category == Category.objects.get(slug="service"), "the second was too late"


def test_the_place_of_a_page_of_the_desk_is_none_in_another_list(
    city: SmallCity, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second, third = (report(text=f"Lubang nomor {number}") for number in range(3))
    Case.objects.filter(pk__in=[first.pk, second.pk]).update(due_at=None)
    desk_page = inbox.desk_page
    monkeypatch.setattr(inbox, "desk_page", lambda **given: desk_page(**given, size=2))
    client = signed_in(city.handler)
    page = client.get(reverse("complaints_desk:inbox"), {"group": "open"}).content.decode()
    after = re.findall(r'[?&;]after=([^"&]+)', page)[0]
    # the last of the page has no deadline: a public list, by day of arrival, knows no such place
    answer = Client().get(f"/complaints/?after={after}")
    assert answer.status_code == 200
    assert all(case.reference in answer.content.decode() for case in (first, second, third))
    everything = client.get(f"{reverse('complaints_desk:inbox')}?group=all&after={after}")
    assert everything.status_code == 200
    assert third.reference in everything.content.decode()
    following = client.get(f"{reverse('complaints_desk:inbox')}?group=open&after={after}").content.decode()
    assert second.reference in following
    assert third.reference not in following, "in its own list it goes on there"


def test_the_export_holds_no_formulas(city: SmallCity) -> None:
    report(text="=cmd|' /C calc'!A0")
    lines = b"".join(signed_in(city.handler).get(reverse("complaints_desk:export")).streaming_content).decode()  # type: ignore[attr-defined]
    assert "cmd" in lines
    assert not any(cell.lstrip('"').startswith("=") for line in lines.splitlines() for cell in line.split(","))


def test_the_export_holds_no_words_of_secret_matters(city: SmallCity) -> None:
    secret = report(text="Pungutan liar di loket", privacy="secret")
    report(text="Lampu jalan padam")
    lines = b"".join(signed_in(city.handler).get(reverse("complaints_desk:export")).streaming_content).decode()  # type: ignore[attr-defined]
    assert "Lampu jalan padam" in lines
    assert "Pungutan" not in lines
    line = next(line for line in lines.splitlines() if line.startswith(secret.reference))
    assert "Rahasia · buka untuk membaca" in line
    assert secret.village is not None
    assert secret.village.code not in line


@pytest.fixture
def clerk(city: SmallCity) -> User:
    """Return somebody at the counter."""
    return officer("loket", city.desk, ["complaints.enter"])


@pytest.mark.parametrize("channel", ["counter", "call"])
def test_a_person_at_the_counter_leaves_with_number_and_code(clerk: User, city: SmallCity, channel: str) -> None:
    client = signed_in(clerk)
    fields = {
        "channel": channel,
        "category": "road",
        "text": "Jalan rusak.",
        "privacy": "named",
        "name": "Siti",
        "phone": "081234567890",
        "village": str(city.villages["Barat Daya"].pk),
    }
    bad = client.post(reverse("complaints_desk:enter"), fields | {"phone": "12"})
    assert bad.status_code == 200
    assert "Jalan rusak." in bad.content.decode()
    assert not Case.objects.exists()
    answer = client.post(reverse("complaints_desk:enter"), fields)
    assert answer.status_code == 302
    case = Case.objects.get()
    assert (case.channel, case.privacy, case.unit_id) == (channel, "named", city.works.pk)
    assert case.reporter is not None
    slip = client.get(answer["Location"]).content.decode()
    assert slip.count("b-slip__number") == 2
    assert case.reference in slip
    # without the cookie of that moment the code is nowhere, and the matter is not the clerk's to read
    del client.cookies["balai_entered"]
    assert client.get(answer["Location"]).status_code in (403, 404)


def test_rules_are_drafted_tried_and_switched_on_by_pages(city: SmallCity) -> None:
    client = signed_in(officer("aturan", city.desk, ["complaints.rules"]))
    report()
    assert client.post(reverse("complaints_desk:make_draft")).status_code == 302
    draft = RuleSet.objects.get(active=False)
    page, activate = (reverse(f"complaints_desk:{name}", args=[draft.version]) for name in ("draft", "activate"))
    assert client.get(page).status_code == 200
    client.post(activate)
    assert not RuleSet.objects.get(pk=draft.pk).active, "not before it was tried"
    lines = {
        "form-TOTAL_FORMS": "1",
        "form-INITIAL_FORMS": "1",
        "form-0-position": "1",
        "form-0-name": "Semua ke meja",
        "form-0-unit": str(city.desk.pk),
    }
    assert client.post(page, lines | {"form-0-hours": "pagi"}).status_code == 200
    assert client.post(page, lines | {"form-0-unit": ""}).status_code == 200
    assert RuleSet.objects.get(pk=draft.pk).rules.get().name == "Lampu di Timur"
    assert client.post(page, lines).status_code == 302
    client.post(reverse("complaints_desk:try_out", args=[draft.version]))
    assert RuleSet.objects.get(pk=draft.pk).dry_run["moved"] == 1
    client.post(activate)
    assert RuleSet.objects.get(active=True) == draft
    assert report(at=MORNING).unit_id == city.desk.pk
    # from then on every door says what to do instead
    for answer in (client.get(page, follow=True), client.post(page, lines, follow=True)):
        assert "Aturan ini sedang atau pernah berlaku" in answer.content.decode()
    tried = client.post(reverse("complaints_desk:try_out", args=[draft.version]), follow=True)
    assert "Aturan ini sedang atau pernah berlaku" in tried.content.decode()
    assert "Aturan ini sedang atau pernah berlaku" in client.post(activate, follow=True).content.decode()
