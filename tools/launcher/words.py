"""The words of the launcher and what each does."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from tools.launcher import bench, checks, demo, suite
from tools.launcher.environment import set_up
from tools.launcher.places import PYTHON, ROOT, data_folder
from tools.launcher.say import StepFailed, complain

WORDS = """\
./balai demo [--port N] [--data DIR] [--fresh]   set up and start the example city
./balai test [PYTEST ARGS]                       run every test this machine can run, or pytest with these arguments
./balai lint                                     check style, types, walls between rooms, templates, translations
./balai fix                                      put style and templates in order
./balai bench [--rows N,N] [--only NAME] [--json FILE]   measure speed
./balai WORD …                                   any other word goes to the installed program (./balai help lists them)

BALAI_DATA names the data folder (.balai/ here), DATABASE_URL the database (SQLite in that folder)."""


def run(arguments: Sequence[str]) -> int:
    """Run one word and return the exit code."""
    if not arguments or arguments[0] in {"-h", "--help"}:
        print(WORDS)
        return 0
    word, *rest = arguments
    try:
        return _OWN_WORDS.get(word, _pass_on)(word, rest)
    except StepFailed as failure:
        complain(str(failure))
        return 1
    except KeyboardInterrupt:
        complain("Stopped. Run the same command again to go on.", "Dihentikan. Jalankan lagi perintah yang sama.")
        return 130


def _demo(word: str, rest: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="./balai demo")
    parser.add_argument("--port", type=int, default=8000, help="port of the web server (8000)")
    parser.add_argument("--data", help="data folder (BALAI_DATA, else .balai/)")
    parser.add_argument("--fresh", action="store_true", help="delete the demo's own database first")
    given = parser.parse_args(rest)
    return demo.start(port=given.port, data=data_folder(given.data), fresh=given.fresh)


def _test(word: str, rest: Sequence[str]) -> int:
    return suite.run_given(list(rest)) if rest else suite.run_everything()


def _lint(word: str, rest: Sequence[str]) -> int:
    return checks.lint()


def _fix(word: str, rest: Sequence[str]) -> int:
    return checks.fix()


def _bench(word: str, rest: Sequence[str]) -> int:
    return bench.run(list(rest))


def _pass_on(word: str, rest: Sequence[str]) -> int:
    """Hand a word to the installed program, in the caller's own folder, with set-up done first."""
    set_up(developer=False, browser=False)
    data = data_folder()
    env = {**os.environ, "BALAI_DATA": str(data), **demo.settings_of(data)}
    sys.stdout.flush()
    os.execve(PYTHON, [str(PYTHON), str(ROOT / ".venv" / "bin" / "balai"), word, *rest], env)


_OWN_WORDS: dict[str, Callable[[str, Sequence[str]], int]] = {
    "demo": _demo,
    "test": _test,
    "lint": _lint,
    "fix": _fix,
    "bench": _bench,
}
