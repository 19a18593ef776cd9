"""Prove that the copied browser files of others are those that `vendor.toml` means, and that none is committed."""

import hashlib
import subprocess
import sys
import tomllib

from tools.launcher.places import ROOT, VENDOR_FOLDER, VENDOR_LIST


def main() -> int:
    """Print each file that differs or is committed; return the exit code."""
    problems = [f"{name} is committed; nothing of others is." for name in _committed()]
    for entry in tomllib.loads(VENDOR_LIST.read_text("utf-8"))["file"]:
        copy = VENDOR_FOLDER / entry["target"]
        if copy.exists() and hashlib.sha256(copy.read_bytes()).hexdigest() != entry["sha256"]:
            problems.append(f"{copy.relative_to(ROOT)} is not the file that {VENDOR_LIST.name} means.")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


def _committed() -> list[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--", str(VENDOR_FOLDER), "node_modules"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return listed.stdout.split()


if __name__ == "__main__":
    sys.exit(main())
