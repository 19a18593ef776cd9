"""``balai complaints import`` and ``balai complaints on-time``."""

import csv
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from balai.foundation.calendar import clock
from balai.foundation.places.queries import NoCityYet
from balai.modules.complaints.imports.reading import UnreadableFile
from balai.modules.complaints.imports.run import import_file
from balai.modules.complaints.queries.agreement import agreement
from balai.modules.complaints.rules.mapping import BadMapping, parse_mapping

SHOWN_REJECTS = 20


class Command(BaseCommand):
    help = "Bring in another system's log, and compare computed promises with published ones."

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        imports = words.add_parser("import", help="take in a CSV file (also .gz) with a mapping")
        imports.add_argument("file", type=Path)
        imports.add_argument("--mapping", type=Path, required=True, help="TOML; see docs/reference/import-mapping.md")
        imports.add_argument("--rejects", type=Path, help="where bad lines are listed (CSV: line, reason)")
        imports.add_argument("--json", action="store_true", help="last line: one JSON object")
        compare = words.add_parser("on-time", help="computed on-time flags against the source's own")
        compare.add_argument("--source", default="", help="name of one import; otherwise all")
        compare.add_argument("--json", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        {"import": self._import, "on-time": self._on_time}[options["word"]](options)

    def _import(self, options: dict[str, Any]) -> None:
        path: Path = options["file"]
        for wanted in (path, options["mapping"]):
            if not wanted.is_file():
                raise CommandError(f"Berkas {wanted} tidak ada. / There is no file {wanted}.")
        text = options["mapping"].read_text("utf-8")
        try:
            mapping = parse_mapping(text)
        except BadMapping as bad:
            raise CommandError(f"{options['mapping']}: {bad}") from bad
        rejects = options["rejects"] or Path(settings.DATA_DIR) / "imports" / f"{mapping.name}.rejected.csv"
        rejects.parent.mkdir(parents=True, exist_ok=True)
        at = clock.now()
        with (
            rejects.open("w", newline="", encoding="utf-8") as listing,
            tqdm(unit=" rows", disable=None, file=sys.stderr) as bar,
        ):
            writer = csv.writer(listing)
            writer.writerow(["line", "reason"])
            shown = 0

            def reject(line: int, reason: str) -> None:
                nonlocal shown
                writer.writerow([line, reason])
                if shown < SHOWN_REJECTS:
                    bar.write(f"baris/line {line}: {reason}", file=sys.stderr)
                shown += 1

            try:
                outcome = import_file(
                    path=path,
                    mapping=mapping,
                    mapping_text_hash=hashlib.sha256(text.encode()).hexdigest(),
                    at=at,
                    reject=reject,
                    progress=lambda rows: bar.update(rows) and None,
                )
            except (UnreadableFile, BadMapping) as bad:
                raise CommandError(str(bad)) from bad
            except NoCityYet as error:
                raise CommandError(
                    "Belum ada kota; jalankan: balai city create KODE --boundary BERKAS. / "
                    "No city yet; run: balai city create CODE --boundary FILE."
                ) from error
        for noun, names in outcome.made.items():
            if names:
                self.stderr.write(f"{noun}: {len(names)} dibuat / created ({', '.join(names[:8])}…)")
        if outcome.rejected:
            self.stderr.write(f"{outcome.rejected} baris ditolak / rows rejected: {rejects}")
        counts = {name: getattr(outcome, name) for name in ("read", "imported", "already", "rejected", "seconds")}
        self.stdout.write(
            json.dumps(counts) if options["json"] else ", ".join(f"{name}: {value}" for name, value in counts.items())
        )

    def _on_time(self, options: dict[str, Any]) -> None:
        found = agreement(source=options["source"])
        if options["json"]:
            self.stdout.write(json.dumps(found))
            return
        self.stdout.write(
            f"{found['agree']} dari {found['compared']} sama / agree; {found['disagree']} berbeda / differ"
        )
        self.stdout.write(
            ", ".join(
                f"{name}: {found[name]}"
                for name in ("closed_with_target", "unpublished", "compared", "agree", "disagree")
            )
        )
        for key in found["examples"]:
            self.stdout.write(f"berbeda / differs: {key}")
