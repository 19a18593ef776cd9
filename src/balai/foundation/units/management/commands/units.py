"""``balai units load-typical``, ``balai units import`` and ``balai units alarms``."""

import csv
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from balai.foundation.calendar import clock
from balai.foundation.places.queries import NoCityYet, current_city
from balai.foundation.units.actions import BadSheet, import_units, load_typical
from balai.foundation.units.queries import neglect


class Command(BaseCommand):
    help = "Agencies and posts: begin with the usual list, and see where nobody is."

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        words.add_parser("load-typical", help="the usual agencies and an office for each district and village")
        sheet = words.add_parser(
            "import", help="agencies from a table: slug,name,short_name,kind,parent,is_central_desk"
        )
        sheet.add_argument("file", type=Path, help="a CSV file in UTF-8")
        words.add_parser("alarms", help="posts without holder or deputy, or whose holder stays away")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        if options["word"] == "alarms":
            for alarm in neglect(at=at):
                self.stdout.write(f"{alarm.code}: {alarm.post.title} ({alarm.post.unit.name})")
            return
        if options["word"] == "import":
            self._import(options["file"], at)
            return
        try:
            current_city()
        except NoCityYet as error:
            raise CommandError(
                "Belum ada kota; jalankan: balai city create KODE --boundary BERKAS. / "
                "No city yet; run: balai city create CODE --boundary FILE."
            ) from error
        made = load_typical(at=at)
        self.stdout.write(
            f"{len(made)} units made, each with posts that wait for holders. / {len(made)} instansi dibuat."
        )

    def _import(self, file: Path, at: datetime) -> None:
        try:
            with file.open(encoding="utf-8-sig", newline="") as lines:
                made = import_units(lines=lines, at=at)
        except BadSheet as bad:
            told = [f"{file.name}:{line}: {indonesian} / {english}" for line, indonesian, english in bad.problems]
            raise CommandError("\n".join(["Tidak ada yang disimpan. / Nothing was stored.", *told])) from bad
        except (OSError, UnicodeDecodeError, csv.Error) as error:
            raise CommandError(
                f"{file}: tidak terbaca sebagai CSV UTF-8 / cannot be read as CSV in UTF-8 ({error})"
            ) from error
        self.stdout.write(f"{len(made)} instansi dibuat. / {len(made)} units made.")
