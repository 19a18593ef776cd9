"""Bring the demo's database and static files up to date: `python -m tools.prepare_demo`, started by the launcher.

``--load`` says that the example city was not loaded to its end yet.
"""

import os
import sys
import time

import django

SIZE = int(os.environ.get("BALAI_EXAMPLE_SIZE", "0"))


def main() -> None:
    """Migrate, make the cache table, collect static files, load the example city once; say how long each took."""
    _step("Making the tables", _migrate)
    _step("Collecting static files", _collect)
    if "--load" in sys.argv[1:]:
        if _city() is not None:
            sys.exit(
                "The example city was not loaded to its end here. Empty this database, then start again.\n"
                "Kota contoh belum selesai dimuat di sini. Kosongkan basis data ini, lalu mulai lagi."
            )
        _load_example()


def _migrate() -> None:
    from django.core.management import call_command  # noqa: PLC0415 - after django.setup()

    _refuse_a_real_city()
    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def _collect() -> None:
    from django.core.management import call_command  # noqa: PLC0415 - after django.setup()

    call_command("collectstatic", interactive=False, verbosity=0)


def _load_example() -> None:
    from django.core.management import call_command, get_commands  # noqa: PLC0415 - after django.setup()

    if "example" not in get_commands():
        print("           No example data here: the city stays empty.", flush=True)
        return
    size = [f"--size={SIZE}"] if SIZE else []
    began = time.monotonic()
    print("           Loading the example city …", flush=True)
    call_command("example", "load", *size)
    print(f"           Loading the example city: done in {time.monotonic() - began:.1f} s", flush=True)


def _city() -> object | None:
    from balai.foundation.places.models import City  # noqa: PLC0415 - after django.setup()

    return City.objects.first()


def _refuse_a_real_city() -> None:
    from django.db import connection  # noqa: PLC0415 - after django.setup()

    from balai.foundation.places.models import City  # noqa: PLC0415 - after django.setup()

    if City._meta.db_table in connection.introspection.table_names():
        city = _city()
        if city is not None and not getattr(city, "is_example", True):
            sys.exit(
                f"The database holds a real city ({city}): the demo does not touch it.\n"
                f"Basis data ini milik kota sungguhan ({city}): demo tidak menyentuhnya."
            )


def _step(title: str, call: object) -> None:
    began = time.monotonic()
    print(f"           {title} …", flush=True)
    assert callable(call)
    call()
    print(f"           {title}: done in {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    django.setup()
    main()
