"""``balai city``: make the city of this installation, renew its outlines, show it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import override as language

from balai.foundation.calendar import clock
from balai.foundation.places import actions, queries
from balai.foundation.places.rules import BadBoundaryFile
from balai.foundation.places.rules.outlines import MOST_PROBLEMS
from balai.foundation.places.words import describe_problem, describe_rest


class Command(BaseCommand):
    help = "Make the city of this installation, renew its outlines, or show it."

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        create = words.add_parser("create", help="make the city, or renew its outlines when it exists")
        create.add_argument("code", help="the city's code in the national list, such as 35.73")
        create.add_argument(
            "--boundary",
            required=True,
            type=Path,
            help="GeoJSON with the outlines of city, districts and villages (properties code, name, level)",
        )
        create.add_argument("--name", help="how the city is called; default: as in the national list")
        words.add_parser("show", help="show the city, its areas and its calendar")

    def handle(self, *args: Any, **options: Any) -> None:
        {"create": self._create, "show": self._show}[options["word"]](options)

    def _create(self, options: dict[str, Any]) -> None:
        try:
            done = actions.set_up_city(
                code=options["code"], boundary=options["boundary"], name=options["name"], at=clock.now()
            )
        except BadBoundaryFile as error:
            raise CommandError(_in_both_languages(error)) from error
        except actions.UnknownCity as error:
            raise CommandError(
                f"Tidak ada kabupaten/kota berkode {error} dalam daftar nasional; kode ditulis seperti 35.73.\n"
                f"The national list has no regency or city with code {error}; codes are written as 35.73."
            ) from error
        except actions.AnotherCity as error:
            raise CommandError(
                f"Instalasi ini sudah melayani {error.city.name} ({error.city.area.code}); satu instalasi, satu kota.\n"
                f"This installation serves {error.city.name} ({error.city.area.code}); one city per installation."
            ) from error
        self._tell(done)

    def _tell(self, done: actions.CitySetUp) -> None:
        what = "made" if done.is_new else ("outlines renewed" if done.outlines_changed else "unchanged")
        self.stdout.write(
            f"{done.city.name} ({done.city.area.code}), {done.city.time_zone}: {what}; "
            f"{done.districts} districts, {done.villages} villages."
        )
        for label, names in (
            ("Lines crossed themselves and were mended", done.repaired),
            ("No longer in the file, removed", done.removed),
            ("No longer in the file, kept without outline because something refers to them", done.kept),
        ):
            if names:
                self.stdout.write(f"{label}: {', '.join(names)}")

    def _show(self, options: dict[str, Any]) -> None:
        try:
            city = queries.current_city()
        except queries.NoCityYet as error:
            raise CommandError(f"Belum ada kota. / No city yet. {error}") from error
        self.stdout.write(f"{city.name} ({city.area.code})")
        self.stdout.write(f"{city.government_name}; {city.time_zone}; outlines edition {city.boundary_version}")
        self.stdout.write(f"{len(queries.districts())} districts, {len(queries.villages())} villages")
        if city.is_example:
            self.stdout.write("example data")


def _in_both_languages(error: BadBoundaryFile) -> str:
    lines = []
    for code, heading in (
        ("id", "Berkas batas wilayah belum dapat dipakai; tidak ada yang diubah:"),
        ("en", "The file of outlines cannot be used; nothing was changed:"),
    ):
        with language(code):
            lines.append(heading)
            lines += [f"- {describe_problem(problem)}" for problem in error.problems[:MOST_PROBLEMS]]
            if len(error.problems) > MOST_PROBLEMS:
                lines.append(describe_rest(len(error.problems) - MOST_PROBLEMS))
    return "\n".join(lines)
