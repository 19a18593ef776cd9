"""``balai units load-typical`` and ``balai units show``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from balai.foundation.calendar import clock
from balai.foundation.places.queries import NoCityYet, current_city
from balai.foundation.units.actions import load_typical
from balai.foundation.units.queries import neglect


class Command(BaseCommand):
    help = "Agencies and posts: begin with the usual list, and see where nobody is."

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        words.add_parser("load-typical", help="the usual agencies and an office for each district and village")
        words.add_parser("alarms", help="posts without holder or deputy, or whose holder stays away")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        if options["word"] == "alarms":
            for alarm in neglect(at=at):
                self.stdout.write(f"{alarm.code}: {alarm.post.title} ({alarm.post.unit.name})")
            return
        try:
            current_city()
        except NoCityYet as error:
            raise CommandError(
                "Belum ada kota; jalankan: balai city create KODE --boundary BERKAS. / "
                "No city yet; run: balai city create CODE --boundary FILE."
            ) from error
        made = load_typical(at=at)
        self.stdout.write(f"{len(made)} units made, each with posts that wait for holders. / {len(made)} instansi dibuat.")
