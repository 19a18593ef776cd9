"""Lists to start from."""

import tomllib
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class TypicalUnit:
    """One line of the usual list of agencies."""

    slug: str
    name: str
    short_name: str
    kind: str
    parent: str = ""
    is_central_desk: bool = False


def typical_units() -> list[TypicalUnit]:
    """Return the agencies of a typical city.

    Source: PP 18/2016 as amended by PP 72/2019 (kinds); the list itself is usual, not law.
    """
    data = tomllib.loads((Path(__file__).parent / "typical_units.toml").read_text("utf-8"))
    return [TypicalUnit(**row) for row in data["unit"]]
