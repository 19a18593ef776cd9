"""``balai residents forget``: what the law asks when somebody wants their data deleted."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from balai.foundation.identity.actions import forget_resident
from balai.foundation.identity.queries import residents_with
from balai.foundation.identity.rules import BadPhone


class Command(BaseCommand):
    help = "Delete names, addresses and numbers of a resident who asks for it; their matters stay, from nobody."

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        forget = words.add_parser("forget", help="delete the personal data of whoever gave this address or number")
        forget.add_argument("--email", default="")
        forget.add_argument("--phone", default="")
        forget.add_argument("--nik", default="")
        forget.add_argument("--yes", action="store_true", help="delete; without it you only see how many there are")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = residents_with(email=options["email"], phone=options["phone"], nik=options["nik"])
        except BadPhone as error:
            raise CommandError(
                f"{error}: bukan nomor telepon; tidak ada yang dihapus. / "
                f"{error}: not a telephone number; nothing was deleted."
            ) from error
        if not found:
            raise CommandError(
                "Tidak ada pelapor dengan alamat atau nomor ini. / Nobody gave this address or number.\n"
                "--email … | --phone … | --nik …"
            )
        if not options["yes"]:
            self.stdout.write(
                f"{len(found)} pelapor. Setelah dihapus, jawaban tidak dapat dikirim lagi. Ulangi dengan --yes.\n"
                f"{len(found)} residents. Once deleted, no answer can reach them. Run it again with --yes."
            )
            return
        done = sum(forget_resident(resident_id=pk) for pk in found)
        self.stdout.write(f"Data {done} pelapor dihapus. / The data of {done} residents are deleted.")
