"""`./balai bench`: measure speed on this machine."""

import os
import sys

from tools.launcher.environment import set_up
from tools.launcher.places import PYTHON, ROOT
from tools.launcher.say import StepFailed


def run(arguments: list[str]) -> int:
    """Hand over to the measuring program of the checkout, in the caller's own folder.

    :raises StepFailed: if this checkout carries none.
    """
    if not (ROOT / "bench" / "__main__.py").exists():
        raise StepFailed("This checkout has no bench/ to run.")
    set_up(developer=True, browser=False)
    env = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep),
    }
    sys.stdout.flush()
    os.execve(PYTHON, [str(PYTHON), "-m", "bench", *arguments], env)
