"""Keys: made once, found by hash, counted, revoked."""

from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import RequestFactory

from balai.foundation.api import actions
from balai.foundation.api.keys import find_key, require_key
from balai.foundation.api.models import ApiKey
from balai.foundation.api.problems import Problem
from balai.foundation.events.models import Event
from balai.foundation.events.rules import SYSTEM
from balai.foundation.limits.actions import TooMany

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 27, 7, 30, tzinfo=UTC)


def make(scopes: tuple[str, ...] = ("open311",), per_minute: int = 120) -> actions.NewKey:
    return actions.create_key(name="Aplikasi", scopes=scopes, per_minute=per_minute, actor=SYSTEM, at=AT)


def with_header(token: str) -> Any:
    return RequestFactory().get("/api/x", headers={"Authorization": f"Bearer {token}"})


def status_of(request: Any, scope: str = "open311") -> int:
    with pytest.raises(Problem) as refused:
        require_key(request, scope, at=AT)
    return refused.value.status


def test_only_a_hash_is_kept() -> None:
    made = make()
    row = ApiKey.objects.values().get()
    secret = made.token.rpartition("_")[2]
    assert not any(secret in str(value) for value in row.values())
    assert made.token.startswith(f"balai_{row['prefix']}_")


def test_two_keys_differ() -> None:
    assert make().token != make().token


def test_making_and_revoking_are_recorded() -> None:
    key = make().key
    actions.revoke_key(prefix=key.prefix, actor=SYSTEM, at=AT)
    events = Event.objects.filter(stream="api-keys").order_by("seq")
    assert [event.kind for event in events] == ["ApiKeyCreated", "ApiKeyRevoked"]
    assert events[0].data == {"key_id": key.pk, "scopes": "open311"}


@pytest.mark.parametrize("scopes", [(), ("Open 311",), ("open311", "")])
def test_a_key_needs_rights_that_can_exist(scopes: tuple[str, ...]) -> None:
    with pytest.raises(actions.BadScope):
        make(scopes)
    assert not ApiKey.objects.exists()


def test_a_key_is_found_by_its_whole_text_only() -> None:
    made, other = make(), make()
    assert find_key(made.token) == made.key
    crossed = made.token[:15] + other.token[15:]
    for wrong in ("", "x", made.token[:-1], made.token + "A", crossed, made.key.key_hash):
        assert find_key(wrong) is None


def test_a_revoked_key_no_longer_works() -> None:
    made = make()
    actions.revoke_key(prefix=made.key.prefix, actor=SYSTEM, at=AT)
    assert find_key(made.token) is None
    with pytest.raises(actions.NoSuchKey):
        actions.revoke_key(prefix=made.key.prefix, actor=SYSTEM, at=AT)


def test_a_key_comes_in_the_header_and_as_a_parameter_only_where_the_standard_has_it_so() -> None:
    made = make()
    factory = RequestFactory()
    for request in (with_header(made.token), factory.get("/x", headers={"Authorization": f"bearer  {made.token}"})):
        assert require_key(request, "open311", at=AT) == made.key
        assert require_key(request, "open311", by_parameter=True, at=AT) == made.key
    for request in (
        factory.get("/x", {"api_key": made.token}),
        factory.post("/x", {"api_key": made.token}),
        factory.post(f"/x?api_key={made.token}", {"api_key": ""}),
    ):
        assert require_key(request, "open311", by_parameter=True, at=AT) == made.key
        assert status_of(request) == 401


def test_without_a_working_key_the_call_is_refused() -> None:
    make()
    factory = RequestFactory()
    assert status_of(factory.get("/x")) == 401
    assert status_of(factory.get("/x", {"api_key": ""})) == 401
    assert status_of(with_header("balai_00000000_" + "A" * 43)) == 401
    assert status_of(factory.get("/x", headers={"Authorization": "Basic abc"})) == 401


def test_a_key_opens_only_its_own_rights() -> None:
    made = make(("cases.read",))
    assert status_of(with_header(made.token)) == 403
    assert require_key(with_header(made.token), "cases.read", at=AT) == made.key


def test_calls_are_counted_for_each_key_apart() -> None:
    hurried, calm = make(per_minute=3), make(per_minute=3)
    for _ in range(3):
        require_key(with_header(hurried.token), "open311", at=AT)
    with pytest.raises(TooMany) as refused:
        require_key(with_header(hurried.token), "open311", at=AT)
    assert refused.value.retry_after > 0
    require_key(with_header(calm.token), "open311", at=AT)
    require_key(with_header(hurried.token), "open311", at=AT + timedelta(minutes=1))


def test_a_call_costs_two_statements_and_its_use_is_noted_once_a_minute(django_assert_num_queries: Any) -> None:
    made = make()
    with django_assert_num_queries(3):
        require_key(with_header(made.token), "open311", at=AT)
    with django_assert_num_queries(2):
        require_key(with_header(made.token), "open311", at=AT + timedelta(seconds=59))
    with django_assert_num_queries(3):
        require_key(with_header(made.token), "open311", at=AT + timedelta(seconds=61))
    made.key.refresh_from_db()
    assert made.key.last_used_at == AT + timedelta(seconds=61)


def command(*words: str) -> list[str]:
    out = StringIO()
    call_command("api_key", *words, stdout=out, stderr=StringIO())
    return out.getvalue().splitlines()


def test_the_command_prints_the_key_last() -> None:
    lines = command("create", "--name", "Aplikasi", "--scope", "open311", "--scope", "cases.read")
    key = find_key(lines[-1])
    assert key is not None
    assert key.scopes == ["cases.read", "open311"]


def test_the_command_lists_without_secrets_and_revokes() -> None:
    token = command("create", "--name", "Aplikasi", "--scope", "open311")[-1]
    (line,) = command("list")
    assert token[6:14] in line
    assert token not in line
    command("revoke", token[6:14])
    assert "revoked" in command("list")[0]
    with pytest.raises(CommandError):
        command("revoke", token[6:14])


def test_the_command_refuses_what_is_no_right() -> None:
    with pytest.raises(CommandError):
        command("create", "--name", "Aplikasi", "--scope", "Open 311")
