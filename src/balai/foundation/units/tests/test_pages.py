"""Pages on agencies and posts: who may open them, what they change."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from balai.foundation.events.models import Event
from balai.foundation.identity.models import User
from balai.foundation.units.actions import BadSheet, end_holding, import_units
from balai.foundation.units.models import Holding, Post, Unit
from balai.foundation.units.tests.city import AT, Town, person

HEADING = "slug,name,short_name,kind,parent,is_central_desk"
AGENCY = "/settings/units/agency/works/"


def signed_in(user: User) -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    return client


@pytest.fixture(autouse=True)
def _clock(time_machine: Any) -> None:
    time_machine.move_to(AT, tick=False)


def page_of(town: Town, post: str, word: str) -> str:
    return f"{AGENCY}posts/{town.posts[post].pk}/{word}/"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/settings/units/", {"operator", "desk", "secretary", "mayor"}),
        (AGENCY, {"operator", "desk", "secretary", "mayor"}),
        ("/desk/neglect/", {"operator", "desk", "secretary", "mayor"}),
        ("/settings/units/add/", {"operator"}),
        (f"{AGENCY}posts/add/", {"operator"}),
        ("appoint", {"operator"}),
        ("deputy", {"operator"}),
    ],
)
def test_who_may_open_what(town: Town, path: str, allowed: set[str]) -> None:
    path = path if path.startswith("/") else page_of(town, "handler", path)
    opened = {who for who, user in town.people.items() if signed_in(user).get(path).status_code == 200}
    assert opened == allowed
    assert Client().get(path)["Location"].startswith("/accounts/login/")


@pytest.mark.parametrize("who", ["handler", "head", "desk", "secretary", "mayor"])
def test_only_editors_write(town: Town, who: str) -> None:
    client = signed_in(town.people[who])
    events = Event.objects.count()
    for path in (
        AGENCY,
        "/settings/units/add/",
        f"{AGENCY}posts/add/",
        page_of(town, "handler", "appoint"),
        page_of(town, "handler", "deputy"),
        page_of(town, "handler", "end"),
    ):
        assert client.post(path, {"name": "X", "short_name": "X"}).status_code == 403, path
    assert client.get(page_of(town, "handler", "link")).status_code == 403
    assert Event.objects.count() == events


def test_the_desk_leads_to_the_first_room_that_opens(town: Town) -> None:
    assert signed_in(town.people["handler"]).get("/desk/")["Location"] == "/desk/complaints/"
    assert signed_in(town.people["operator"]).get("/desk/", follow=True).status_code == 200
    answer = signed_in(person("Nobody")).get("/desk/")
    assert answer.status_code == 403
    assert "You hold no post yet" in answer.content.decode()


def test_an_agency_gets_other_names_on_the_record(town: Town) -> None:
    client = signed_in(town.people["operator"])
    assert client.post(AGENCY, {"name": "", "short_name": "W"}).status_code == 422
    assert client.post(AGENCY, {"name": "Dinas  Pekerjaan", "short_name": "DP"}).status_code == 302
    unit = Unit.objects.get(slug="works")
    assert (unit.name, unit.short_name) == ("Dinas Pekerjaan", "DP")
    event = Event.objects.latest("id")
    assert event.kind.endswith("UnitRenamed")
    assert (event.actor_kind, event.actor_id, event.post_id) == (
        "staff",
        town.people["operator"].pk,
        town.posts["operator"].pk,
    )
    client.post(AGENCY, {"name": "Dinas Pekerjaan", "short_name": "DP"})
    assert Event.objects.latest("id") == event


def test_an_agency_is_added_once(town: Town) -> None:
    client = signed_in(town.people["operator"])
    given = {"name": "Dinas Taman", "short_name": "Dinas Taman", "kind": "agency", "parent": ""}
    assert client.post("/settings/units/add/", given)["Location"] == "/settings/units/agency/dinas-taman/"
    page = client.post("/settings/units/add/", given)
    assert page.status_code == 422
    assert "Another agency has this short name." in page.content.decode()


def test_a_post_needs_a_deputy_and_a_role(town: Town) -> None:
    client = signed_in(town.people["operator"])
    given: dict[str, Any] = {"title": "Petugas Dua", "level": "handler", "scope": "unit"}
    assert client.post(f"{AGENCY}posts/add/", given).status_code == 422
    given |= {"deputy": town.posts["head"].pk, "roles": ["handler"]}
    assert client.post(f"{AGENCY}posts/add/", given).status_code == 302
    post = Post.objects.get(title="Petugas Dua")
    assert (post.unit, post.deputy, [role.slug for role in post.roles.all()]) == (
        town.units["works"],
        town.posts["head"],
        ["handler"],
    )


def test_somebody_with_an_account_is_appointed(town: Town) -> None:
    client, new = signed_in(town.people["operator"]), person("New")
    path = page_of(town, "handler", "appoint")
    for wrong in ({"name": ""}, {"name": "Budi"}, {"user": new.pk, "name": "Budi"}, {"user": 9999}):
        assert client.post(path, wrong).status_code == 422, wrong
    assert client.post(path, {"user": new.pk})["Location"] == AGENCY
    assert Holding.objects.get(post=town.posts["handler"], valid_to=None).user == new


def test_somebody_new_gets_a_link_and_no_letter(town: Town, mailoutbox: list[Any]) -> None:
    client = signed_in(town.people["operator"])
    answer = client.post(page_of(town, "handler", "appoint"), {"name": "Budi", "email": "Budi@kota.id"})
    assert answer["Location"] == page_of(town, "handler", "link")
    page = client.get(answer["Location"]).content.decode()
    assert "/accounts/password/reset/key/" in page
    assert mailoutbox == []
    taken = client.post(page_of(town, "handler", "appoint"), {"name": "Other", "email": "budi@kota.id"})
    assert taken.status_code == 422
    assert "Budi signs in with this address already." in taken.content.decode()


def test_no_link_for_an_account_that_has_a_password(town: Town) -> None:
    town.people["handler"].set_password("kata-sandi-panjang")
    town.people["handler"].save()
    client = signed_in(town.people["operator"])
    assert client.get(page_of(town, "handler", "link")).status_code == 404
    end_holding(post=town.posts["handler"], at=AT)
    assert client.get(page_of(town, "handler", "link")).status_code == 404


def test_a_holding_ends_and_the_alarm_shows_it(town: Town) -> None:
    client = signed_in(town.people["operator"])
    assert "Somebody is everywhere" in client.get("/desk/neglect/").content.decode()
    assert client.get(page_of(town, "handler", "end")).status_code == 405
    assert client.post(page_of(town, "handler", "end"))["Location"] == AGENCY
    page = client.get("/desk/neglect/").content.decode()
    assert "Nobody holds the post (1)" in page
    assert "Post handler" in page
    assert f"{AGENCY}#post-{town.posts['handler'].pk}" in page


def test_a_deputy_is_another_post(town: Town) -> None:
    client, path = signed_in(town.people["operator"]), page_of(town, "handler", "deputy")
    assert client.post(path, {"deputy": town.posts["handler"].pk}).status_code == 422
    assert client.post(path, {"deputy": town.posts["roads"].pk}).status_code == 302
    assert Post.objects.get(pk=town.posts["handler"].pk).deputy == town.posts["roads"]


def test_a_post_of_another_agency_is_not_found_here(town: Town) -> None:
    client = signed_in(town.people["operator"])
    assert client.get(page_of(town, "roads", "appoint")).status_code == 404


def test_being_at_work_is_kept_by_opening_a_page(town: Town) -> None:
    User.objects.update(last_seen_at=None)
    signed_in(town.people["operator"]).get("/settings/units/")
    assert User.objects.get(name="Operator").last_seen_at == AT


def test_pages_stand_in_the_frame(town: Town) -> None:
    client = signed_in(town.people["operator"])
    for path in (
        "/settings/units/",
        "/settings/units/add/",
        AGENCY,
        f"{AGENCY}posts/add/",
        "/desk/neglect/",
        page_of(town, "handler", "appoint"),
        page_of(town, "handler", "deputy"),
    ):
        page = client.get(path).content.decode()
        assert (page.count("<h1"), page.count("<main"), 'lang="en"' in page) == (1, 1, True), path


def test_a_list_costs_the_same_with_more_agencies(town: Town, django_assert_max_num_queries: Any) -> None:
    client = signed_in(town.people["operator"])
    client.get("/settings/units/")
    rows = [f"dinas-{number},Dinas {number},D{number},agency,,tidak" for number in range(30)]
    import_units(lines=[HEADING, *rows], at=AT)
    with django_assert_max_num_queries(16):
        assert "D29" in client.get("/settings/units/").content.decode()


def test_a_table_is_taken_in_with_its_tree(town: Town) -> None:
    rows = [HEADING, "dinas-taman,Dinas Taman,Taman,agency,,tidak", "bibit,Bidang Bibit,Bibit,subunit,dinas-taman,"]
    made = import_units(lines=rows, at=AT)
    assert [(unit.slug, unit.parent and unit.parent.slug) for unit in made] == [
        ("dinas-taman", None),
        ("bibit", "dinas-taman"),
    ]


def test_every_wrong_line_is_named_and_nothing_is_stored(town: Town) -> None:
    before = Unit.objects.count()
    rows = [
        HEADING,
        "good,Dinas Baik,Baik,agency,,tidak",
        "works,Dinas Lagi,Lagi,agency,,tidak",
        "Not Good,,X,palace,nowhere,maybe",
        "good,Dinas Baik,Baik,agency,,ya",
    ]
    with pytest.raises(BadSheet) as bad:
        import_units(lines=rows, at=AT)
    assert [line for line, _, _ in bad.value.problems] == [3, 4, 4, 4, 4, 4, 5, 5]
    assert all(indonesian != english for _, indonesian, english in bad.value.problems)
    assert Unit.objects.count() == before
    with pytest.raises(BadSheet, match="columns are missing: kind"):
        import_units(lines=["slug,name,short_name,parent,is_central_desk"], at=AT)


def test_the_command_says_where_and_what_in_both_languages(town: Town, tmp_path: Any, capsys: Any) -> None:
    sheet = tmp_path / "units.csv"
    sheet.write_text(f"{HEADING}\nworks,Dinas,D,agency,,\n", "utf-8")
    with pytest.raises(
        CommandError, match=r"units.csv:2: instansi 'works' sudah ada / agency 'works' is there already"
    ):
        call_command("units", "import", str(sheet))
    sheet.write_text(f"{HEADING}\nbaru,Dinas Baru,Baru,agency,,\n", "utf-8-sig")
    call_command("units", "import", str(sheet))
    assert "1 units made" in capsys.readouterr().out
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("units", "import", str(tmp_path / "none.csv"))
