"""Sign-in with password and second factor, and what opens before both."""

import re
import time
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.core.cache import cache
from django.template.loader import render_to_string
from django.test import Client, override_settings
from django.urls import reverse
from django.utils import translation

from balai.foundation.calendar import clock
from balai.foundation.identity.actions import EmailTaken, invite_user, note_seen
from balai.foundation.identity.models import User
from balai.foundation.identity.queries import password_link
from balai.foundation.places.models import Area, City

PASSWORD = "kata-sandi-panjang-sekali"
SECRET = "JBSWY3DPEHPK3PXP"
# what a signed-in person opens without any post
PRIVATE = "/me/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _empty_cache() -> Any:
    """Counters of attempts and used codes live in the cache."""
    with override_settings(CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}):
        cache.clear()
        yield
        cache.clear()


@pytest.fixture
def city() -> City:
    province = Area.objects.create(code="35", name="Jawa Timur", level="province")
    area = Area.objects.create(code="35.73", name="Kota Malang", level="regency", parent=province)
    return City.objects.create(
        area=area, name="Kota Malang", government_name="Pemerintah Kota Malang", time_zone="Asia/Jakarta"
    )


@pytest.fixture
def user(city: City) -> User:
    return User.objects.create_user(email="ani@kota.id", password=PASSWORD, name="Ani", created_at=clock.now())


@pytest.fixture
def with_app(user: User) -> User:
    TOTP.activate(user, SECRET)
    return user


def english() -> Client:
    client = Client()
    client.cookies["django_language"] = "en"
    return client


def code_now(secret: str = SECRET) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def give_password(client: Client, password: str = PASSWORD, email: str = "ani@kota.id") -> Any:
    return client.post("/accounts/login/", {"login": email, "password": password})


def opens(client: Client, path: str = PRIVATE) -> bool:
    return client.get(path).status_code == 200


def test_password_and_code_open_the_desk(with_app: User) -> None:
    client = english()
    answer = give_password(client)
    assert answer["Location"] == reverse("mfa_authenticate")
    answer = client.post(answer["Location"], {"code": code_now()})
    assert answer["Location"] == "/desk/"
    assert opens(client)
    assert client.session["second_factor"] is True


def test_the_password_alone_opens_nothing(with_app: User) -> None:
    client = english()
    give_password(client)
    assert "_auth_user_id" not in client.session
    for path in (
        PRIVATE,
        "/desk/",
        "/settings/units/",
        "/desk/neglect/",
        "/accounts/password/change/",
        "/accounts/2fa/",
    ):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"].split("?")[0] in {reverse("account_login"), reverse("mfa_authenticate")}, path
    assert client.post("/accounts/2fa/totp/deactivate/").status_code == 302
    assert Authenticator.objects.filter(user=with_app).exists()


@pytest.mark.parametrize("code", ["", "000000", "abc"])
def test_a_wrong_code_keeps_the_door_shut(with_app: User, code: str) -> None:
    client = english()
    give_password(client)
    answer = client.post(reverse("mfa_authenticate"), {"code": code})
    assert answer.status_code == 200
    if code:
        assert "This code does not fit." in answer.content.decode()
    assert not opens(client)


def test_a_code_works_once(with_app: User) -> None:
    code = code_now()
    for again, expected in ((False, 302), (True, 200)):
        client = english()
        give_password(client)
        assert client.post(reverse("mfa_authenticate"), {"code": code}).status_code == expected, again


def test_somebody_without_an_app_is_led_to_its_set_up_and_nowhere_else(user: User) -> None:
    client = english()
    give_password(client)
    for path in (PRIVATE, "/desk/", "/settings/units/", "/", "/complaints/"):
        assert client.get(path)["Location"] == reverse("mfa_activate_totp"), path
    page = client.get(reverse("mfa_activate_totp"))
    assert page.status_code == 200
    secret = page.context["form"].secret
    assert secret in page.content.decode()
    assert client.post(reverse("mfa_activate_totp"), {"code": "000000"}).status_code == 200
    assert not opens(client)
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert answer["Location"] == reverse("mfa_view_recovery_codes")


@pytest.mark.django_db(transaction=True)
def test_setting_the_app_up_opens_this_session_but_no_older_one(user: User) -> None:
    older, client = english(), english()
    give_password(older)
    give_password(client)
    secret = client.get(reverse("mfa_activate_totp")).context["form"].secret
    client.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
    assert opens(client)
    # the older session holds a password only: it must prove a code itself
    answer = older.get(PRIVATE)
    assert answer["Location"] == f"{reverse('mfa_reauthenticate')}?next=%2Fme%2F"
    with time_machine.travel(clock.now() + timedelta(minutes=2)):
        answer = older.post(answer["Location"], {"code": code_now(secret), "next": "/me/"})
        assert answer["Location"] == "/me/"
        assert opens(older)


@pytest.mark.django_db(transaction=True)
def test_giving_the_app_up_closes_everything_until_another_is_set_up(with_app: User) -> None:
    client = english()
    give_password(client)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert client.post(reverse("mfa_deactivate_totp")).status_code == 302
    assert not Authenticator.objects.filter(user=with_app).exists()
    assert client.get(PRIVATE)["Location"] == reverse("mfa_activate_totp")


def test_a_mark_of_another_person_does_not_count(with_app: User, user: User) -> None:
    """A session changes hands only empty."""
    client = english()
    give_password(client)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    User.objects.create_user(email="budi@kota.id", password=PASSWORD, name="Budi", created_at=clock.now())
    client.post("/accounts/logout/")
    give_password(client, email="budi@kota.id")
    assert not opens(client)


def test_a_closed_account_does_not_open(with_app: User) -> None:
    User.objects.update(is_active=False)
    client = english()
    give_password(client)
    assert "_auth_user_id" not in client.session
    assert not opens(client)


def test_a_wrong_password_is_said_in_words_that_do_not_tell_which_accounts_exist(with_app: User) -> None:
    told = [
        give_password(english(), "salah-salah-salah", email).content.decode() for email in ("ani@kota.id", "x@kota.id")
    ]
    for page in told:
        assert "E-mail address and password do not fit together." in page


@override_settings(ACCOUNT_RATE_LIMITS={"login": None, "login_failed": None})
def test_eight_wrong_passwords_close_the_sign_in_of_this_account_only(with_app: User) -> None:
    User.objects.create_user(email="budi@kota.id", password=PASSWORD, name="Budi", created_at=clock.now())
    answers = [give_password(english(), "salah-salah-salah") for _ in range(8)]
    assert [answer.status_code for answer in answers[:7]] == [200] * 7
    assert answers[7].status_code == 429
    page = give_password(english())
    assert page.status_code == 429
    assert "closed for 15 minutes" in page.content.decode()
    assert give_password(english(), email="budi@kota.id").status_code == 302


def test_sign_up_is_closed() -> None:
    assert english().get("/accounts/signup/").status_code in {302, 404}


def test_the_list_of_accounts_is_for_demonstrations(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    from balai.foundation.examples.contributions import SignIn, SignInList
    from balai.foundation.identity import views

    account = SignIn(email="a@contoh.id", password="sandi-contoh", secret="S", code="123456", purpose="desk")
    case = SignIn(email="26-AAAA-BBBB", password="CODE2345", secret="", code="", purpose="reporter")
    monkeypatch.setattr(views, "contributions", lambda kind: (SignInList(call=lambda: [account, case]),))
    assert "a@contoh.id" not in english().get("/accounts/login/").content.decode()
    with override_settings(BALAI_DEMO=True):
        page = english().get("/accounts/login/").content.decode()
    assert "a@contoh.id" in page
    assert "123456" in page
    assert "CODE2345" not in page


def test_a_new_colleague_chooses_a_password_by_a_link_that_works_once(city: City) -> None:
    new = invite_user(email=" Budi@Kota.id ", name="Budi", at=clock.now())
    assert (new.email, new.has_usable_password()) == ("budi@kota.id", False)
    with pytest.raises(EmailTaken):
        invite_user(email="budi@kota.id", name="Another", at=clock.now())
    link = password_link(user=new).removeprefix("http://localhost:8000")
    client = english()
    form = client.get(link)["Location"]
    assert client.get(form).status_code == 200
    assert client.post(form, {"password1": PASSWORD, "password2": PASSWORD})["Location"] == reverse(
        "account_reset_password_from_key_done"
    )
    assert "no longer works" in english().get(link, follow=True).content.decode()
    assert give_password(client, email="budi@kota.id").status_code == 302
    assert client.get("/me/")["Location"] == reverse("mfa_activate_totp")


@pytest.mark.parametrize(("language", "said"), [("en", "has no password yet"), ("id", "belum mempunyai kata sandi")])
def test_without_a_password_there_is_a_way_to_the_first_one(with_app: User, language: str, said: str) -> None:
    client = Client()
    client.cookies["django_language"] = language
    with_app.set_unusable_password()
    with_app.save()
    client.force_login(with_app, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["second_factor"] = True
    session.save()
    for answer in (client.get("/accounts/password/change/"), client.post("/accounts/password/change/", {})):
        assert answer.status_code == 200
        page = answer.content.decode()
        _stands_in_the_frame(page, language)
        assert said in page
        assert 'action="/accounts/password/reset/"' in page
    answer = client.post("/accounts/password/reset/", {"email": with_app.email})
    assert answer["Location"] == reverse("account_reset_password_done")


@pytest.mark.parametrize("language", ["id", "en"])
@pytest.mark.parametrize(
    "path",
    [
        "/accounts/login/",
        "/accounts/password/reset/",
        "/accounts/password/reset/done/",
        "/accounts/password/reset/key/x-y/",
        "/accounts/password/reset/key/done/",
        "/accounts/inactive/",
    ],
)
def test_pages_before_the_sign_in_stand_in_the_frame(city: City, path: str, language: str) -> None:
    client = Client()
    client.cookies["django_language"] = language
    _stands_in_the_frame(client.get(path).content.decode(), language)


@pytest.mark.parametrize("language", ["id", "en"])
def test_pages_after_the_sign_in_stand_in_the_frame(with_app: User, language: str) -> None:
    client = Client()
    client.cookies["django_language"] = language
    give_password(client)
    _stands_in_the_frame(client.get(reverse("mfa_authenticate")).content.decode(), language)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    for path in (
        "/me/",
        "/accounts/2fa/",
        "/accounts/2fa/totp/deactivate/",
        "/accounts/2fa/recovery-codes/generate/",
        "/accounts/password/change/",
        "/accounts/reauthenticate/",
        "/accounts/2fa/reauthenticate/",
        "/accounts/logout/",
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        _stands_in_the_frame(answer.content.decode(), language)
    client.post("/accounts/2fa/recovery-codes/generate/")
    _stands_in_the_frame(client.get("/accounts/2fa/recovery-codes/").content.decode(), language)


def _stands_in_the_frame(page: str, language: str) -> None:
    assert f'<html lang="{language}"' in page
    assert page.count("<h1") == 1
    assert page.count("<main") == 1
    assert "style=" not in page


@pytest.mark.parametrize(
    ("path", "asked", "other"),
    [
        ("/accounts/reauthenticate/", "Type your password once more.", "/accounts/2fa/reauthenticate/"),
        ("/accounts/2fa/reauthenticate/", "Type the six digits", "/accounts/reauthenticate/"),
    ],
)
def test_confirming_asks_in_one_way_and_offers_the_other(with_app: User, path: str, asked: str, other: str) -> None:
    client = english()
    give_password(client)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    page = client.get(path).content.decode()
    assert asked in page
    assert f'<form method="post" action="{path}"' in page
    assert f'href="{other}' in page


def test_everybody_changes_their_own_name_and_language(with_app: User) -> None:
    client = english()
    give_password(client)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert client.post("/me/", {"name": "", "locale": "xx"}).status_code == 422
    assert client.post("/me/", {"name": " Ani  Baru ", "locale": "en"}).status_code == 302
    with_app.refresh_from_db()
    assert (with_app.name, with_app.locale) == ("Ani Baru", "en")


def test_being_at_work_is_kept_at_most_every_ten_minutes(user: User, django_assert_num_queries: Any) -> None:
    at = clock.now()
    with django_assert_num_queries(1):
        note_seen(user=user, at=at)
    with django_assert_num_queries(0):
        note_seen(user=user, at=at + timedelta(minutes=9))
    with django_assert_num_queries(1):
        note_seen(user=user, at=at + timedelta(minutes=10))
    user.refresh_from_db()
    assert user.last_seen_at == at + timedelta(minutes=10)


def speaking(language: str) -> Client:
    client = Client()
    client.cookies["django_language"] = language
    return client


@pytest.mark.parametrize(
    ("language", "said", "never"),
    [
        ("id", ["Bagian ini belum diisi.", "Alamat surel ini tidak benar."], ["email", "e-mail", "required", "Bidang"]),
        ("en", ["This field is required.", "Enter a valid email address."], ["surel", "Bagian"]),
    ],
)
def test_mistakes_are_named_in_one_language(city: City, language: str, said: list[str], never: list[str]) -> None:
    client = speaking(language)
    for path in ("/accounts/login/", "/accounts/password/reset/"):
        wrong = {"login": "x", "email": "x", "password": "x"}
        pages = [client.post(path, fields).content.decode() for fields in ({}, wrong)]
        for page, words in zip(pages, said, strict=True):
            errors = page[page.index('class="b-errors') :].split("</form>")[0]
            assert words in errors
            told = re.sub(r"<[^>]+>", " ", errors)
            assert [word for word in never if word in told] == []


@pytest.mark.parametrize(
    ("language", "short", "common", "unequal"),
    [
        ("id", "paling sedikit 12 huruf", "terlalu mudah ditebak", "Kedua kata sandi tidak sama"),
        ("en", "at least 12 characters", "too common", "the same password each time"),
    ],
)
def test_what_is_wrong_with_a_new_password(user: User, language: str, short: str, common: str, unequal: str) -> None:
    client = speaking(language)
    form = client.get(urlsplit(password_link(user=user)).path)["Location"]
    tries = (("kurang", "kurang", short), ("password1234", "password1234", common), (PASSWORD, "x", unequal))
    for first, second, said in tries:
        assert said in client.post(form, {"password1": first, "password2": second}).content.decode()


@pytest.mark.parametrize(
    ("language", "way", "changed", "spare"),
    [
        ("id", "Pakai kode dari telepon Anda", "Kata sandi Anda sudah diganti.", "Ini kode cadangan yang baru"),
        ("en", "Use the code of your telephone", "Your password has been changed.", "Here are new spare codes"),
    ],
)
def test_what_was_done_is_said_in_our_words(with_app: User, language: str, way: str, changed: str, spare: str) -> None:
    client = speaking(language)
    give_password(client)
    client.post(reverse("mfa_authenticate"), {"code": code_now()})
    assert way in client.get("/accounts/reauthenticate/").content.decode()
    fields = {"oldpassword": PASSWORD, "password1": PASSWORD + "-2", "password2": PASSWORD + "-2"}
    client.post("/accounts/password/change/", fields)
    assert changed in client.get("/accounts/2fa/").content.decode()
    # said after the commit, which a test never makes
    with translation.override(language):
        assert spare in render_to_string("mfa/messages/recovery_codes_generated.txt")


@pytest.mark.parametrize(("language", "said"), [("id", "Terlalu banyak sekaligus"), ("en", "Too many at once")])
def test_too_many_letters_are_refused_on_a_page_of_ours(user: User, language: str, said: str) -> None:
    client = speaking(language)
    answers = [client.post("/accounts/password/reset/", {"email": user.email}) for _time in range(21)]
    refused = [answer for answer in answers if answer.status_code == 429]
    assert refused
    assert refused[0]["Retry-After"]
    _stands_in_the_frame(refused[0].content.decode(), language)
    assert said in refused[0].content.decode()
