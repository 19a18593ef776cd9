"""The installed ``balai`` program: Django's commands under our name."""

import os
import sys


def _is_without_tables(words: str) -> bool:
    """Return whether an error of the database says that a table is missing, in the words of SQLite or PostgreSQL."""
    return "no such table" in words or ("relation" in words and "does not exist" in words)


def main() -> None:
    """Run one command; ``balai api-key`` is the command module ``api_key``."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "balai.config.settings.production")
    from django.conf import settings  # noqa: PLC0415 - settings must be named first
    from django.core.management import execute_from_command_line  # noqa: PLC0415
    from django.db.utils import OperationalError, ProgrammingError  # noqa: PLC0415

    argv = list(sys.argv)
    if len(argv) > 1:
        argv[1] = argv[1].replace("-", "_") if not argv[1].startswith("-") else argv[1]
    try:
        execute_from_command_line(argv)
    except (OperationalError, ProgrammingError) as error:
        if not _is_without_tables(str(error)):
            raise
        folder = settings.DATA_DIR
        sys.exit(
            f"Basis data di {folder} belum disiapkan. Folder lain: BALAI_DATA=FOLDER ./balai …; menyiapkan: "
            f"./balai migrate. / The database in {folder} is not prepared. Another folder: BALAI_DATA=FOLDER ./balai …; "
            "prepare it: ./balai migrate."
        )
    except (OSError, ValueError) as error:
        # the first look at the settings reads folder, keys, city.toml and environment; later errors are the command's
        if settings.configured:
            raise
        sys.exit(
            f"Pengaturan tidak dapat dibaca ({error}). Periksa folder data (BALAI_DATA), isinya, dan DATABASE_URL. / "
            f"The settings cannot be read ({error}). Check the data folder (BALAI_DATA), what is in it, and DATABASE_URL."
        )
