"""``balai api-key``: make, list and revoke the keys of programs."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from balai.foundation.api import actions, queries
from balai.foundation.calendar import clock
from balai.foundation.events.rules import Actor


class Command(BaseCommand):
    help = "Make, list or revoke the keys of programs that call the API."

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        create = words.add_parser("create", help="make a key; it is the last line printed and is shown only now")
        create.add_argument("--name", required=True, help="the program and who runs it")
        create.add_argument("--scope", required=True, action="append", dest="scopes", help="a right, such as open311")
        create.add_argument("--per-minute", type=int, default=120, help="calls a minute (default: 120)")
        words.add_parser("list", help="show every key by its first letters")
        revoke = words.add_parser("revoke", help="stop a key from working, for good")
        revoke.add_argument("prefix", help="the eight letters that the list shows")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['word']}")(options)

    def _create(self, options: dict[str, Any]) -> None:
        try:
            made = actions.create_key(
                name=options["name"],
                scopes=options["scopes"],
                per_minute=options["per_minute"],
                actor=Actor(kind="system"),
                at=clock.now(),
            )
        except actions.BadScope as error:
            raise CommandError(f"Not a right: {error}. Rights are written like open311 or cases.read.") from error
        known = {scope.name for scope in queries.known_scopes()}
        for scope in made.key.scopes:
            if scope not in known:
                self.stderr.write(f"No room that is switched on asks for the right {scope!r}.")
        self.stdout.write(f"Key {made.key.prefix} for {made.key.name} ({', '.join(made.key.scopes)}):")
        self.stdout.write(made.token)

    def _list(self, options: dict[str, Any]) -> None:
        for key in queries.all_keys():
            used = f"last used {key.last_used_at:%Y-%m-%d %H:%M}" if key.last_used_at else "never used"
            state = f"revoked {key.revoked_at:%Y-%m-%d %H:%M}" if key.revoked_at else used
            self.stdout.write(f"{key.prefix}  {', '.join(key.scopes)}  {key.per_minute}/min  {state}  {key.name}")

    def _revoke(self, options: dict[str, Any]) -> None:
        try:
            key = actions.revoke_key(prefix=options["prefix"], actor=Actor(kind="system"), at=clock.now())
        except actions.NoSuchKey as error:
            raise CommandError(f"No working key begins with {error}.") from error
        self.stdout.write(f"Key {key.prefix} for {key.name} no longer works.")
