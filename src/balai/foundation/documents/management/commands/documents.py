"""`balai documents authority`, `balai documents check SEAL`."""

import argparse
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from balai.foundation.calendar import clock
from balai.foundation.documents import authority
from balai.foundation.documents.rules.seals import BadSeal, holder_mark, key_name, read_seal, tidy_check_code
from balai.foundation.web.queries import city_face

REASONS = {
    "unreadable": "This is no code of a document: a part is missing or was typed wrongly.",
    "unknown_key": "Another city hall made this code, or nobody did: its key is not one of ours.",
    "forged": "FORGED: the signature does not fit what the code says.",
}


class Command(BaseCommand):
    help = "Certificates of the demonstration's authority, and the check of a scanned code without a line."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the three words."""
        words = parser.add_subparsers(dest="word", required=True, parser_class=argparse.ArgumentParser)
        made = words.add_parser("authority", help="make the demonstration's certificates; nothing is replaced")
        made.add_argument("--renew", action="store_true", help="new signer and time stamp under the same root")
        check = words.add_parser("check", help="say what a scanned code proves; needs no network and no database")
        check.add_argument("seal", help="the scanned text, whole address or only what follows ?s=")
        check.add_argument("--key", type=Path, help="file with the public key in hexadecimal digits; default: ours")
        check.add_argument("--code", default="", help="the check code on the paper, to compare the holder")
        check.add_argument("--holder", default="", help="the holder's name as it stands on the paper")
        words.add_parser("key", help="print the public key, for those who check without us")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the word."""
        {"authority": self._authority, "check": self._check, "key": self._key}[options["word"]](options)

    def _authority(self, options: dict[str, Any]) -> None:
        face = city_face()
        organization = face.government_name or face.service_name
        authority.seal_key()
        if options["renew"] and authority.exists():
            authority.renew_signers(organization=organization, at=clock.now())
            self.stdout.write("A new signer and a new stamp of time are in place; the root is the same.")
        elif authority.make_authority(organization=organization, at=clock.now()):
            self.stdout.write(
                f"Made in {authority.folder()}. These certificates are examples and say so in their names."
            )
        else:
            self.stdout.write(f"The authority in {authority.folder()} stays as it is; --renew makes new certificates.")

    def _check(self, options: dict[str, Any]) -> None:
        keys = authority.seal_keys()
        if options["key"]:
            try:
                public = bytes.fromhex(options["key"].read_text("ascii"))
            except (OSError, ValueError) as error:
                raise CommandError(f"{options['key']} holds no public key.") from error
            keys = {key_name(public): public}
        try:
            said = read_seal(text=options["seal"], keys=keys)
        except BadSeal as error:
            raise CommandError(REASONS[error.code]) from error
        self.stdout.write("Genuine: this city hall made the code.")
        self.stdout.write(f"Number: {said.number}\nTemplate: {said.template}\nIssued on: {said.issued_on}")
        self.stdout.write(f"Valid until: {said.valid_until or 'no end'}")
        if options["holder"]:
            mark = holder_mark(check_code=tidy_check_code(options["code"]), name=options["holder"])
            if mark != said.holder_mark:
                raise CommandError("The holder or the check code is another one than the document's.")
            self.stdout.write(f"Holder: {options['holder']} (as in the code)")
        self.stdout.write("Whether it was revoked since is known only to the check page.")

    def _key(self, _options: dict[str, Any]) -> None:
        self.stdout.write(authority.seal_key().public.hex())
