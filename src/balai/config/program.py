"""The installed ``balai`` program: Django's commands under our name."""

import os
import sys


def main() -> None:
    """Run one command; ``balai api-key`` is the command module ``api_key``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balai.config.settings.production")
    from django.core.management import execute_from_command_line  # noqa: PLC0415 - settings must be named first

    argv = list(sys.argv)
    if len(argv) > 1:
        argv[1] = argv[1].replace("-", "_") if not argv[1].startswith("-") else argv[1]
    execute_from_command_line(argv)
