"""``balai example load`` and ``balai example sign-ins``."""

import sys
import time
from argparse import ArgumentTypeError
from datetime import date
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from balai.foundation.calendar import clock
from balai.foundation.examples.contributions import ExampleData, NotEmpty, SignInList
from balai.foundation.registry.discover import contributions

DEFAULT_SIZE = 20_000
SMALLEST = 100


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError("write a day as 2026-11-25") from error


class Command(BaseCommand):
    help = "Fill an empty installation with the example city, and show who can sign in to it."

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        load = words.add_parser("load", help="make the example city and a year of reports; needs an empty database")
        load.add_argument("--size", type=int, default=DEFAULT_SIZE, help=f"reports (default: {DEFAULT_SIZE})")
        load.add_argument("--seed", type=int, default=1, help="the same number makes the same city (default: 1)")
        load.add_argument("--today", type=_day, help="the day after the last one of the example (default: today)")
        words.add_parser("sign-ins", help="print the accounts and the reports that can be tried out")

    def handle(self, *args: Any, **options: Any) -> None:
        {"load": self._load, "sign-ins": self._sign_ins}[options["word"]](options)

    def _load(self, options: dict[str, Any]) -> None:
        if options["size"] < SMALLEST:
            raise CommandError(f"The smallest example has {SMALLEST} reports.")
        today = options["today"] or clock.now().date()
        began = time.monotonic()
        for part in sorted(contributions(ExampleData), key=lambda part: part.order):
            self._load_part(part, seed=options["seed"], size=options["size"], today=today)
        self.stdout.write(
            f"The example city is there ({time.monotonic() - began:.1f} s). "
            f"Sign in: BALAI_DATA={settings.DATA_DIR} ./balai example sign-ins"
        )

    def _load_part(self, part: ExampleData, *, seed: int, size: int, today: date) -> None:
        with tqdm(desc=f"{part.label:<12}", total=1, disable=None, file=sys.stderr) as bar:

            def progress(done: int, total: int) -> None:
                bar.total = total
                bar.update(done - bar.n)

            try:
                part.load(seed=seed, today=today, size=size, progress=progress)
            except NotEmpty as found:
                raise CommandError(str(found)) from found

    def _sign_ins(self, options: dict[str, Any]) -> None:
        rows = [row for offer in contributions(SignInList) for row in offer.call()]
        if not rows:
            raise CommandError("The example city is not loaded here. Run: balai example load")
        accounts = [row for row in rows if row.secret]
        width = max(len(row.email) for row in rows)
        self.stdout.write("Accounts: e-mail, password, six-digit code of this half minute, what for")
        for row in accounts:
            self.stdout.write(f"  {row.email:<{width}}  {row.password}  {row.code}  {row.purpose}")
        self.stdout.write("Secrets for an authenticator app")
        for row in accounts:
            self.stdout.write(f"  {row.email:<{width}}  {row.secret}")
        self.stdout.write("Matters to open as whoever brought them, at /complaints/follow/: number, code, what for")
        for row in rows:
            if not row.secret:
                self.stdout.write(f"  {row.email:<{width}}  {row.password}  {row.purpose}")
