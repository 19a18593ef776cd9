"""``balai events verify``: prove the record."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError
from tqdm import tqdm

from balai.foundation.events.models import Event
from balai.foundation.events.queries import find_break


class Command(BaseCommand):
    help = "Prove the append-only record: every stream's chain and every seal over all streams."

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        words.add_parser("verify", help="prove the chain; names the first broken link")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            total = Event.objects.count()
            with tqdm(total=total, unit="event", disable=None) as bar:
                broken = find_break(progress=lambda count: bar.update(count) and None)
        except DatabaseError as error:
            reason = str(error).strip().split("\n", maxsplit=1)[0]
            raise CommandError(
                f"Catatan peristiwa tidak dapat dibaca ({reason}). Periksa BALAI_DATA dan DATABASE_URL; basis data baru "
                "dibuat dengan “balai migrate”. / "
                f"The record of events cannot be read ({reason}). Check BALAI_DATA and DATABASE_URL; a new database is "
                "made by “balai migrate”."
            ) from error
        if broken:
            raise CommandError(
                f"Rantai putus di {broken.stream} mata rantai {broken.seq}: {broken.reason}. / "
                f"Broken at {broken.stream} link {broken.seq}: {broken.reason}."
            )
        self.stdout.write(f"{total} events, every link holds. / {total} peristiwa, semua mata rantai utuh.")
