"""The command: parts in order, a day that is a day, accounts that can sign in."""

from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from balai.foundation.examples.contributions import ExampleData, NotEmpty, SignIn, SignInList
from balai.foundation.examples.management.commands import example


class _Parts:
    """Contributions that note how they were called."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, int, date, int]] = []

    def part(self, order: int, label: str) -> ExampleData:
        def load(*, seed: int, today: date, size: int, progress: Any) -> None:
            self.calls.append((label, seed, today, size))
            progress(1, 2)
            progress(2, 2)

        return ExampleData(order=order, label=label, load=load)


def _offer(monkeypatch: pytest.MonkeyPatch, *offers: object) -> None:
    monkeypatch.setattr(
        example, "contributions", lambda kind: tuple(offer for offer in offers if isinstance(offer, kind))
    )


def test_parts_are_loaded_in_their_order_with_the_same_values(monkeypatch: pytest.MonkeyPatch):
    parts = _Parts()
    _offer(monkeypatch, parts.part(40, "work"), parts.part(10, "city"))

    call_command("example", "load", "--size", "500", "--seed", "3", "--today", "2026-11-25")

    assert parts.calls == [("city", 3, date(2026, 11, 25), 500), ("work", 3, date(2026, 11, 25), 500)]


def test_the_day_is_today_when_none_is_named(monkeypatch: pytest.MonkeyPatch, time_machine: Any):
    time_machine.move_to("2027-02-03 04:05:06+00:00", tick=False)
    parts = _Parts()
    _offer(monkeypatch, parts.part(10, "city"))

    call_command("example", "load")

    assert parts.calls == [("city", 1, date(2027, 2, 3), 20_000)]


def test_a_part_that_finds_real_data_stops_the_command(monkeypatch: pytest.MonkeyPatch):
    def load(**_given: Any) -> None:
        raise NotEmpty("There is a city here already.")

    _offer(monkeypatch, ExampleData(order=10, label="city", load=load))

    with pytest.raises(CommandError, match="already"):
        call_command("example", "load")


@pytest.mark.parametrize("words", [("load", "--size", "5"), ("load", "--today", "tomorrow"), ("sign-ins",)])
def test_what_cannot_be_is_refused(monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]):
    _offer(monkeypatch)

    with pytest.raises(CommandError):
        call_command("example", *words)


def test_accounts_are_printed_with_password_code_and_purpose(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    account = SignIn(email="a@contoh.example", password="rahasia", secret="ABC234", code="123456", purpose="desk")
    report = SignIn(email="26-AAAA-BBBB", password="CODE2345", secret="", code="", purpose="reporter")
    _offer(monkeypatch, SignInList(call=lambda: [report, account]))

    call_command("example", "sign-ins")

    said = capsys.readouterr().out
    assert said.index("a@contoh.example") < said.index("26-AAAA-BBBB")
    assert all(word in said for word in ("rahasia", "123456", "ABC234", "CODE2345", "desk"))
