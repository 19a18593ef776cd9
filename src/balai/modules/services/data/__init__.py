"""The catalogue of a typical city, to start from."""

import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, kw_only=True)
class TypicalService:
    """One service: its names, whose it is, and what the sources give of its standard (``content``)."""

    slug: str
    name_id: str
    name_en: str
    unit: str
    group_id: str
    group_en: str
    keywords: str = ""
    content: dict[str, Any] = field(default_factory=dict)
    is_complete: bool = False


def typical_services() -> list[TypicalService]:
    """Return the services of a typical city in the order of their groups.

    Names and agencies are usual, not law; figures stand only where a source gives one, and the source beside them.
    """
    found: list[TypicalService] = []
    data = tomllib.loads((Path(__file__).parent / "typical_services.toml").read_text("utf-8"))
    for group in data["group"]:
        for row in group["services"]:
            content = dict(row.get("content", {}))
            complete = bool(row.get("complete"))
            if complete:
                content = {**data["defaults"], **content}
            found.append(
                TypicalService(
                    slug=row["slug"],
                    name_id=row["id"],
                    name_en=row["en"],
                    unit=row.get("unit", group["unit"]),
                    group_id=group["id"],
                    group_en=group["en"],
                    keywords=row.get("keywords", ""),
                    content=content,
                    is_complete=complete,
                )
            )
    return found
