"""Another key for the encrypted columns."""

import json
import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa import utils as mfa
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command
from django.db import connection

from balai.foundation.identity import fields
from balai.foundation.identity.actions import register_resident
from balai.foundation.identity.key_rotation import NoKeyFile, RowsLeft, add_key, drop_old_keys, rotate
from balai.foundation.identity.models import Resident, User

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture
def key_file(settings: Any, tmp_path: Path) -> Iterator[Path]:
    """Return a file of keys that the installation of this test reads."""
    path = tmp_path / "keys.json"
    path.write_text(json.dumps({"secret_key": "s", "field_keys": [Fernet.generate_key().decode()], "index_key": "i"}))
    settings.DATA_DIR = tmp_path
    restart(settings, path)
    yield path
    fields._cipher.cache_clear()


def restart(settings: Any, path: Path) -> None:
    settings.BALAI_FIELD_KEYS = json.loads(path.read_text())["field_keys"]
    fields._cipher.cache_clear()


def stored() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, email, phone, nik FROM identity_resident ORDER BY id")
        return [cell for row in cursor.fetchall() for cell in row if cell]


def test_old_rows_stay_readable_move_to_the_new_key_and_the_old_one_goes(settings, key_file, capsys):
    for name in ("Ani", "Budi", "Citra"):
        register_resident(name=name, phone="081234567890", at=AT)
    before = stored()

    call_command("keys", "add")
    assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
    kept = json.loads(key_file.read_text())
    assert (len(kept["field_keys"]), kept["secret_key"], kept["index_key"]) == (2, "s", "i")
    restart(settings, key_file)
    assert [person.name for person in Resident.objects.order_by("pk")] == ["Ani", "Budi", "Citra"]
    with pytest.raises(CommandError, match="nothing was dropped"):
        call_command("keys", "drop-old")

    call_command("keys", "rotate")
    assert "6 cells" in capsys.readouterr().out
    assert not set(stored()) & set(before)
    call_command("keys", "drop-old")
    assert json.loads(key_file.read_text())["field_keys"] == kept["field_keys"][:1]
    restart(settings, key_file)
    assert [person.name for person in Resident.objects.order_by("pk")] == ["Ani", "Budi", "Citra"]


def test_second_factors_are_unreadable_in_the_database_and_move_along(settings, key_file):
    user = User.objects.create_user(email="ani@kota.id", name="Ani", created_at=AT)
    app = TOTP.activate(user, "JBSWY3DPEHPK3PXP").instance
    spare = RecoveryCodes.activate(user)
    codes = spare.get_unused_codes()
    spare.validate_code(codes[0])
    old = Authenticator.objects.create(
        user=User.objects.create_user(email="budi@kota.id", name="Budi", created_at=AT),
        type=Authenticator.Type.TOTP,
        data={"secret": "GEZDGNBVGY3TQOJQ"},  # stored in the clear, as before
    )
    before = Authenticator.objects.get(pk=app.pk).data["secret"]
    assert "JBSWY3DPEHPK3PXP" not in before

    add_key(path=key_file)
    restart(settings, key_file)
    with pytest.raises(RowsLeft):
        drop_old_keys(path=key_file)
    assert (rotate(), rotate()) == (3, 0)
    drop_old_keys(path=key_file)
    restart(settings, key_file)
    app.refresh_from_db()
    old.refresh_from_db()
    assert app.data["secret"] != before
    assert mfa.decrypt(app.data["secret"]) == "JBSWY3DPEHPK3PXP"
    assert old.data["secret"] != mfa.decrypt(old.data["secret"]) == "GEZDGNBVGY3TQOJQ"
    left = RecoveryCodes(Authenticator.objects.get(user=user, type=Authenticator.Type.RECOVERY_CODES))
    assert left.get_unused_codes() == codes[1:]


def test_it_goes_on_where_it_was_stopped(settings, key_file):
    for name in ("Ani", "Budi", "Citra"):
        register_resident(name=name, at=AT)
    add_key(path=key_file)
    restart(settings, key_file)

    class Stopped(Exception):
        pass

    def stop(done: int) -> None:
        raise Stopped

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("balai.foundation.identity.key_rotation.BATCH", 2)
        with pytest.raises(Stopped):
            rotate(progress=stop)
        assert rotate() == 1
    assert rotate() == 0
    assert [person.name for person in Resident.objects.order_by("pk")] == ["Ani", "Budi", "Citra"]


def test_programs_that_do_not_know_the_new_key_yet_drop_nothing(key_file):
    add_key(path=key_file)
    with pytest.raises(RowsLeft):
        drop_old_keys(path=key_file)


def test_a_missing_file_is_named(key_file):
    key_file.unlink()
    with pytest.raises(NoKeyFile):
        add_key(path=key_file)
    with pytest.raises(CommandError, match="is not there"):
        call_command("keys", "drop-old")
