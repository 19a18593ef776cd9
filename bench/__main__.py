"""``python -m bench [--rows 10000,100000] [--only NAME] [--json FILE]``."""

import argparse
import json
import os
import sys
from pathlib import Path

from bench.table import Row, print_table

NAMES = ("rules", "documents", "intake", "apply", "desk", "map", "statistics", "services", "import")


def main() -> int:
    """Run the measurements and print one table."""
    parser = argparse.ArgumentParser(prog="./balai bench", description="Speed, as figures beside their floors.")
    parser.add_argument("--rows", default="10000,100000", help="sizes of the data sets, smallest first")
    parser.add_argument("--only", choices=NAMES, help="one measurement")
    parser.add_argument("--json", type=Path, help="write all figures here")
    options = parser.parse_args()
    sizes = sorted({int(size) for size in options.rows.split(",")})
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balai.config.settings.bench")
    from bench import apply, documents, imports, intake, pages, rules

    rows: list[Row] = []
    wanted = (options.only,) if options.only else NAMES
    if "rules" in wanted:
        rows += rules.measure()
    if "documents" in wanted:
        rows += documents.measure()
    if "intake" in wanted:
        rows += intake.measure()
    if "apply" in wanted:
        rows += apply.measure()
    reads = [name for name in ("desk", "map", "statistics", "services") if name in wanted]
    if reads:
        rows += pages.measure(sizes=sizes, only=reads)
    if "import" in wanted:
        rows += imports.measure()
    print_table(rows)
    if options.json:
        options.json.write_text(json.dumps([row.as_dict() for row in rows], indent=1) + "\n", "utf-8")
    return 0 if all(row.met is not False for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
