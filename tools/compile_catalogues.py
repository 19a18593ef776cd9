"""Compile message catalogues: `python -m tools.compile_catalogues FILE.po …`. Needs Babel, so it runs in .venv."""

import io
import os
import sys
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po


def compile_catalogue(source: Path) -> None:
    """Write the compiled form beside the source in one step; unsure ("fuzzy") words are left out."""
    with source.open("rb") as file:
        catalogue = read_po(file, locale=source.parents[1].name, abort_invalid=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalogue, use_fuzzy=False)
    target = source.with_suffix(".mo")
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    draft.write_bytes(compiled.getvalue())
    draft.replace(target)


def main(sources: list[str]) -> None:
    """Compile each file named on the command line."""
    for source in sources:
        try:
            compile_catalogue(Path(source))
        except Exception as error:
            raise SystemExit(f"{source}: {error}") from error


if __name__ == "__main__":
    main(sys.argv[1:])
