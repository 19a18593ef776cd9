"""``balai queue keep`` and ``balai queue officer``: a computer in a building that keeps its hall by itself."""

import getpass
import http.client
import json
import logging
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from balai.foundation.calendar import clock
from balai.foundation.identity.models import Role, User
from balai.foundation.places.queries import city_day
from balai.foundation.units.models import Holding, Post
from balai.modules.queue.actions import close_days, exchange
from balai.modules.queue.keeping import Keeping, keeping, remember
from balai.modules.queue.models import Hall

logger = logging.getLogger(__name__)
SECONDS = 10.0
MOST_BYTES = 20_000_000
LOCAL = ("localhost", "127.0.0.1", "::1")


class LineDown(Exception):
    """The city's server cannot be reached now."""


class Refused(Exception):
    """The city's server answered, and said no."""


class Command(BaseCommand):
    help = "Keep a hall's line in its building, also while the outside line is down."
    # what the city's server said the last time
    _last_answer = b""

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        keep = words.add_parser("keep", help="fetch the hall, serve its pages here, send on what happens")
        keep.add_argument("--hall", help="the hall's slug, as in its address; needed the first time")
        keep.add_argument("--from", dest="address", help="the city's address, https://…; needed the first time")
        # a key among the arguments could be read in the list of processes
        keep.add_argument(
            "--key-file",
            help="file with the key that the hall's set-up page showed, - for standard input; "
            "needed the first time and after a new key",
        )
        keep.add_argument("--bind", default="0.0.0.0:8000", help="where the building reaches this computer")
        keep.add_argument("--every", type=float, default=10, help="seconds between two exchanges (default: 10)")
        keep.add_argument("--once", action="store_true", help="exchange once, serve nothing")
        officer = words.add_parser("officer", help="let an officer sign in at this computer")
        officer.add_argument("--hall", required=True)
        officer.add_argument("--email", required=True)
        officer.add_argument("--name", required=True)

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['word']}")(options)

    def _keep(self, options: dict[str, Any]) -> None:
        known = keeping()
        options = _settled(options, known)
        if known is None and Hall.objects.exists():
            raise CommandError(
                "Basis data ini sudah punya balai. / This database has halls of its own; use an empty one."
            )
        try:
            self._exchange(options)
        except LineDown as error:
            # a power cut may end while the line is still down: whoever has the hall goes on
            if known is None:
                raise CommandError(f"Server kota tidak terjangkau. / The city cannot be reached: {error}") from error
            self.stderr.write(f"Jalur putus; antrean jalan terus. / Line down, going on: {error}")
        except Refused as error:
            raise CommandError(f"Ditolak server kota. / The city refused: {error}") from error
        if options["once"]:
            return
        self._serve(options)

    def _serve(self, options: dict[str, Any]) -> None:
        host, _colon, port = options["bind"].rpartition(":")
        granian = shutil.which("granian", path=str(Path(sys.executable).parent)) or "granian"
        command = [granian, "--interface", "wsgi", "--host", host, "--port", port, "--workers", "1"]
        command += ["--blocking-threads", "4", "--log-level", "error", "balai.config.wsgi:application"]
        web = subprocess.Popen(command)
        day, trouble = None, ""
        try:
            while web.poll() is None:
                # also the first time round: the computer may have been off at night
                if city_day(clock.now()) != day and not self._troubled(lambda: close_days(at=clock.now())):
                    day = city_day(clock.now())
                time.sleep(options["every"])
                said = self._troubled(lambda: self._exchange(options))
                if said and said.split(":")[0] != trouble.split(":", maxsplit=1)[0]:
                    self.stderr.write(said)
                if trouble and not said:
                    self.stderr.write("Jalur pulih. / The line is back.")
                trouble = said
            raise CommandError("Server halaman berhenti. / The page server stopped; start again.")
        finally:
            web.terminate()
            web.wait()

    @staticmethod
    def _troubled(work: Callable[[], Any]) -> str:
        """Do something and return what was in the way, in words; empty: nothing. The pages go on whatever it is."""
        try:
            work()
        except LineDown as error:
            return f"Jalur putus; antrean jalan terus. / Line down, going on: {error}"
        except Refused as error:
            return (
                "Server kota menolak kunci atau kiriman komputer ini; antrean jalan terus, tetapi tidak terkirim. "
                f"/ The city's server refuses; the line goes on here, but nothing is sent on: {error}"
            )
        except Exception as error:
            # a full disk, a city in the middle of an upgrade: tomorrow it may work again
            logger.exception("queue keep")
            return f"Kesalahan tak terduga; antrean jalan terus. / Unexpected trouble, going on: {error!r}"
        return ""

    def _exchange(self, options: dict[str, Any]) -> None:
        """Send what is new, then fetch; sending first, so that the city's server answers with what it has now.

        :raises LineDown: nothing is lost, it is sent the next time.
        :raises Refused: the key is wrong, or the hall was taken back.
        """
        slug = options["hall"]
        hall = Hall.objects.filter(slug=slug).first()
        more = hall is not None
        while hall is not None and more:
            sent = exchange.what_to_send(hall)
            _call(options, "POST", json.dumps(sent).encode())
            exchange.note_sent(hall, sent=sent)
            more = len(sent["tickets"]) == exchange.MOST_SENT
        answer = _call(options, "GET")
        if answer == self._last_answer:
            # nothing has changed there, and what changed here is the building's
            return
        given = json.loads(answer)
        kept = Keeping(slug, options["address"], options["key"], given["ticket_key"])
        if keeping() != kept:
            remember(kept)
        exchange.set_up_here(slug=slug, given=given, at=clock.now())
        self._last_answer = answer

    @transaction.atomic
    def _officer(self, options: dict[str, Any]) -> None:
        hall = Hall.objects.filter(slug=options["hall"]).select_related("unit").first()
        if keeping() is None or hall is None:
            raise CommandError("Jalankan dulu: balai queue keep. / Run balai queue keep first.")
        if User.objects.filter(email=options["email"]).exists():
            raise CommandError("Sudah ada. / This officer is here already.")
        password = getpass.getpass("Kata sandi / Password: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
        if len(password) < 12:
            raise CommandError("Kata sandi minimal 12 huruf. / A password has at least 12 letters.")
        role, _made = Role.objects.get_or_create(
            slug="queue-hall",
            defaults={"name_id": "Petugas loket", "name_en": "Counter officer", "permissions": ["queue.serve"]},
        )
        at = clock.now()
        user = User.objects.create_user(email=options["email"], password=password, name=options["name"], created_at=at)
        post = Post.objects.create(unit=hall.unit, title=f"Petugas loket {options['name']}"[:120], level="handler")
        post.roles.add(role)
        Holding.objects.create(post=post, user=user, valid_from=at)
        self.stdout.write(f"{options['email']}")


def _settled(options: dict[str, Any], known: Keeping | None) -> dict[str, Any]:
    """Return the options with what this computer knows already for what was not given.

    :raises CommandError: for another hall, or for something that is neither known nor given.
    """
    if known is not None and options["hall"] not in (None, known.hall):
        raise CommandError(
            f"Komputer ini menjaga {known.hall}. / This computer keeps {known.hall}; one computer keeps one hall."
        )
    given = {"hall": options["hall"], "address": options["address"], "key": _key_in(options["key_file"])}
    settled = {name: value or (getattr(known, name) if known else "") for name, value in given.items()}
    if not all(settled.values()):
        raise CommandError(
            "Pertama kali sebutkan --hall, --from, dan --key-file. / The first time name --hall, --from and --key-file."
        )
    return {**options, **settled}


def _key_in(place: str | None) -> str:
    if place is None:
        return ""
    try:
        return (sys.stdin.readline() if place == "-" else Path(place).read_text("utf-8")).strip()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"Berkas kunci tidak terbaca. / The key file cannot be read: {error}") from error


def _call(options: dict[str, Any], method: str, body: bytes = b"") -> bytes:
    """Call the city's server; the key goes over https only, and no redirect is followed."""
    parts = urlsplit(options["address"])
    if parts.hostname is None or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOCAL)):
        raise CommandError("Alamat harus https://… / The address must begin with https://")
    connection: http.client.HTTPConnection
    if parts.scheme == "https":
        connection = http.client.HTTPSConnection(
            parts.hostname, parts.port, timeout=SECONDS, context=ssl.create_default_context()
        )
    else:
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=SECONDS)
    headers = {"Authorization": f"Bearer {options['key']}", "Content-Type": "application/json", "User-Agent": "Balai"}
    path = f"{parts.path.rstrip('/')}/queue/hall/{options['hall']}/keep/"
    try:
        with closing(connection):
            connection.request(method, path, body=body or None, headers=headers)
            response = connection.getresponse()
            content = response.read(MOST_BYTES)
    except (OSError, http.client.HTTPException) as error:
        raise LineDown(str(error)) from error
    if response.status in (401, 404, 422):
        raise Refused(f"{response.status} {content[:200].decode(errors='replace')}")
    if response.status != 200:
        raise LineDown(str(response.status))
    return content
