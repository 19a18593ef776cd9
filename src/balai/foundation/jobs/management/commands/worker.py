"""``balai worker``: background and periodic work."""

import signal
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from balai.foundation.jobs.worker import Worker


class Command(BaseCommand):
    """Do background and periodic work until told to stop."""

    help = "Do background and periodic work until told to stop. Several may run, on one machine or on many."

    # a menu that leads nowhere is no reason to leave promises and messages undone; `balai check` is for that
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--once", action="store_true", help="do everything that is due, then end")
        parser.add_argument("--threads", type=int, default=1, metavar="N", help="jobs at a time (default 1)")
        parser.add_argument(
            "--lease",
            type=float,
            default=60,
            metavar="SECONDS",
            help="a killed worker's jobs run again after this time (default 60)",
        )
        parser.add_argument("--queue", action="append", default=[], metavar="NAME", help="only this queue; repeatable")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run a worker in this process."""
        worker = Worker(
            lease=timedelta(seconds=max(1.0, options["lease"])),
            threads=max(1, options["threads"]),
            queues=options["queue"],
        )
        signal.signal(signal.SIGTERM, worker.stop)
        signal.signal(signal.SIGINT, worker.stop)
        if options["once"]:
            worker.run_once()
        else:
            worker.run()
