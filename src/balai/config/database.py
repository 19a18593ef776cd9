"""Turn a database address into Django's settings."""

from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def database_from_url(url: str) -> dict[str, Any]:
    """Return Django's database settings for ``sqlite:///path`` or ``postgresql://user:pw@host:port/name``.

    :raises ValueError: for any other scheme.
    """
    parts = urlsplit(url)
    options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if parts.scheme == "sqlite":
        synchronous = options.get("synchronous", "FULL").upper()
        if synchronous not in {"FULL", "NORMAL"}:
            raise ValueError(f"DATABASE_URL: synchronous must be FULL or NORMAL, not {synchronous!r}")
        path = unquote(parts.path)
        return {
            "ENGINE": "balai.config.sqlite",
            # sqlite:///rel.db is relative to the working folder, sqlite:////abs.db is absolute
            "NAME": str(Path(path) if path.startswith("//") or Path(path).parent.exists() else Path(path.lstrip("/"))),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": (
                    f"PRAGMA journal_mode=WAL; PRAGMA synchronous={synchronous}; PRAGMA cache_size=-64000; "
                    "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY;"
                ),
            },
            "CONN_MAX_AGE": None,
        }
    if parts.scheme in {"postgres", "postgresql"}:
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.get("host", unquote(parts.hostname or "")),
            "PORT": str(parts.port or options.get("port", "")),
            "OPTIONS": {
                "pool": {"min_size": 2, "max_size": int(options.get("pool_size", "10")), "timeout": 10},
                # JIT costs more than it saves on the short queries of a desk
                "options": "-c jit=off",
            },
            "CONN_MAX_AGE": 0,
            "CONN_HEALTH_CHECKS": True,
        }
    raise ValueError(f"DATABASE_URL: expected sqlite:/// or postgresql://, not {url!r}")
