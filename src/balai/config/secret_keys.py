"""Keys of an installation: made once, kept in the data folder, readable by its owner only."""

import base64
import json
import os
import secrets
from pathlib import Path
from typing import Any


def load_or_create_keys(path: Path) -> dict[str, Any]:
    """Return the keys kept in ``path``, making them on the first start.

    Two processes may start at once: the file is written under another name and linked into place,
    so whoever comes second reads the first one's keys.
    """
    if not path.exists():
        keys = {
            "secret_key": secrets.token_urlsafe(50),
            "field_keys": [base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()],
            "index_key": secrets.token_urlsafe(32),
        }
        draft = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(keys, file)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    loaded: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return loaded
