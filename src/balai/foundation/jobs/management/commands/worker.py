"""``balai worker``: background and periodic work."""

import signal
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from balai.foundation.jobs.worker import Worker


class Command(BaseCommand):
    help = "Do background and periodic work until told to stop."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one round of everything that is due, then end")
        parser.add_argument("--lease", type=int, default=60, help="seconds after which a dead worker's job is given back")

    def handle(self, *args: Any, **options: Any) -> None:
        worker = Worker(lease=timedelta(seconds=options["lease"]))
        if options["once"]:
            while worker.round():
                pass
            return
        signal.signal(signal.SIGTERM, worker.stop)
        signal.signal(signal.SIGINT, worker.stop)
        worker.run()
