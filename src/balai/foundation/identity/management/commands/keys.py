"""``balai keys add``, ``balai keys rotate`` and ``balai keys drop-old``."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from balai.foundation.identity.fields import UnreadableColumn
from balai.foundation.identity.key_rotation import NoKeyFile, RowsLeft, add_key, drop_old_keys, rotate


class Command(BaseCommand):
    help = "Change the key of the encrypted columns: add, restart the services, rotate, drop-old, back up keys.json."

    def add_arguments(self, parser: CommandParser) -> None:
        words = parser.add_subparsers(dest="word", required=True)
        words.add_parser("add", help="put a new key before the others in keys.json; restart the services afterwards")
        words.add_parser("rotate", help="write every encrypted column anew with the newest key; may be started again")
        words.add_parser("drop-old", help="forget the older keys once no row needs them")

    def handle(self, *args: Any, **options: Any) -> None:
        path = Path(settings.DATA_DIR) / "keys.json"
        try:
            {"add": self._add, "rotate": self._rotate, "drop-old": self._drop}[options["word"]](path)
        except NoKeyFile as error:
            raise CommandError(f"{error}: tidak ada. / is not there.") from error
        except RowsLeft as error:
            raise CommandError(
                "Masih ada baris dengan kunci lama; tidak ada yang dihapus. Jalankan: balai keys rotate.\n"
                "Rows still need an older key; nothing was dropped. Run: balai keys rotate."
            ) from error
        except UnreadableColumn as error:
            raise CommandError(
                "Ada kolom yang tidak terbuka dengan kunci mana pun; kembalikan keys.json dari cadangan. Yang sudah "
                "ditulis ulang tetap tersimpan.\nA column opens with none of the keys; restore keys.json from its "
                "backup. What was written anew is kept."
            ) from error

    def _add(self, path: Path) -> None:
        count = add_key(path=path)
        self.stdout.write(
            f"Kunci ke-{count} ditambahkan. Cadangkan keys.json, mulai ulang web dan worker, lalu: balai keys rotate.\n"
            f"There are {count} keys now. Back up keys.json, restart web and worker, then run: balai keys rotate."
        )

    def _rotate(self, path: Path) -> None:
        done = rotate(progress=lambda count: self.stdout.write(f"… {count}"))
        self.stdout.write(f"{done} sel ditulis ulang dengan kunci terbaru. / {done} cells written with the newest key.")

    def _drop(self, path: Path) -> None:
        dropped = drop_old_keys(path=path)
        self.stdout.write(
            f"{dropped} kunci lama dihapus. Cadangan yang lebih lama tetap membutuhkannya.\n"
            f"{dropped} older keys dropped. Backups made before still need them: keep the old keys.json with them."
        )
