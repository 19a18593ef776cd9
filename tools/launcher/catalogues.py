"""Compile the message catalogues that are newer than their compiled form."""

from pathlib import Path

from tools.launcher.places import PYTHON, ROOT, SOURCE
from tools.launcher.say import Command, run_step


def compile_newer() -> None:
    """Compile each room's words where somebody changed them, with Babel: the system needs no gettext."""
    newer = [source for source in SOURCE.glob("*/*/locale/*/LC_MESSAGES/*.po") if _is_newer(source)]
    if newer:
        command: Command = [PYTHON, "-m", "tools.compile_catalogues", *sorted(newer)]
        run_step(f"Compiling the words of {len(newer)} rooms", command, cwd=ROOT)


def _is_newer(source: Path) -> bool:
    compiled = source.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < source.stat().st_mtime_ns
