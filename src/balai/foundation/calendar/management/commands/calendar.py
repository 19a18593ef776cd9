"""``balai calendar``: load the national days off, add a day of the city."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from balai.foundation.calendar import actions, clock
from balai.foundation.calendar.national import UnknownYear, years_offered


class Command(BaseCommand):
    help = "Load the national days off, or add a day on which the city rests."

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        load = words.add_parser(
            "load-holidays", help="store national days off and collective leave; what staff edited stays"
        )
        load.add_argument("--years", type=_years, help="a year or a span, as 2020-2027; default: all that are known")
        add = words.add_parser("add-day", help="add a day on which the city rests")
        add.add_argument("date", type=date.fromisoformat, help="as 2026-11-27")
        add.add_argument("name")
        add.add_argument("--decree", default="", help="number and year of the decision")
        add.add_argument("--provisional", action="store_true", help="the decision is not signed yet")

    def handle(self, *args: Any, **options: Any) -> None:
        {"load-holidays": self._load, "add-day": self._add}[options["word"]](options)

    def _load(self, options: dict[str, Any]) -> None:
        years = options["years"] or years_offered()
        try:
            loaded = actions.load_holidays(years=years, at=clock.now())
        except UnknownYear as error:
            raise CommandError(
                f"Daftar hari libur nasional dan cuti bersama tahun {error} belum tersedia.\n"
                f"The national days off and collective leave of {error} are not known."
            ) from error
        self.stdout.write(
            f"{years[0]}-{years[-1]}: {loaded.added} added, {loaded.changed} changed, {loaded.gone} gone, "
            f"{loaded.unchanged} as before, {loaded.kept} left to staff"
        )

    def _add(self, options: dict[str, Any]) -> None:
        try:
            row = actions.add_city_day(
                day=options["date"],
                name=options["name"],
                decree=options["decree"],
                provisional=options["provisional"],
                at=clock.now(),
            )
        except actions.DayTaken as error:
            raise CommandError(
                f"Tanggal ini sudah libur: {error.holiday.name}. / This day is off already: {error.holiday.name}."
            ) from error
        self.stdout.write(f"{row.date} {row.name}")


def _years(text: str) -> list[int]:
    first, _, last = text.partition("-")
    years = list(range(int(first), int(last or first) + 1))
    if not years:
        raise ValueError(text)
    return years
