"""``balai search``: fill what the search does not know yet."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from balai.foundation.registry.discover import contributions
from balai.foundation.search.contributions import Source


class Command(BaseCommand):
    help = "Make texts findable that the search does not know yet."

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        rebuild = words.add_parser("rebuild", help="index what is missing; safe to run again and while people work")
        rebuild.add_argument("--anew", action="store_true", help="forget all stems first and form them again")

    def handle(self, *args: Any, **options: Any) -> None:
        for source in contributions(Source):
            if options["anew"]:
                source.forget()
            filled = 0
            while batch := source.fill():
                filled += batch
            self.stdout.write(f"{source.name}: {filled} added")
