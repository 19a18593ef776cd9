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


@dataclass(frozen=True, kw_only=True)
class MadeService:
    """A service ready to work: the form's schema and the steps as JSON values, and what it bills."""

    slug: str
    schema: dict[str, Any]
    workflow: dict[str, Any]
    document_title: str
    document_title_en: str
    document_words: str
    fee_field: str = ""
    compensation_id: str = ""
    compensation_en: str = ""


def made_services() -> list[MadeService]:
    """Return the twelve services that come with form and steps; the applicant and the declaration stand in every form."""
    data = tomllib.loads((Path(__file__).parent / "made_services.toml").read_text("utf-8"))
    return [
        MadeService(
            slug=row["slug"],
            schema={
                "steps": [data["applicant"], *row["steps"], data["declaration"]],
                "computed": row.get("computed", []),
                "tables": row.get("tables", {}),
            },
            workflow=row.get("work", data["usual_work"]),
            document_title=row["document_title"],
            document_title_en=row["document_title_en"],
            document_words=row["document_words"],
            fee_field=row.get("fee_field", ""),
            compensation_id=row.get("compensation_id", ""),
            compensation_en=row.get("compensation_en", ""),
        )
        for row in data["service"]
    ]


def life_events() -> list[dict[str, Any]]:
    """Return the life events that come with the program, in order, each with its ``line`` rows."""
    events: list[dict[str, Any]] = tomllib.loads((Path(__file__).parent / "life_events.toml").read_text("utf-8"))[
        "event"
    ]
    return events


def starting_form() -> dict[str, Any]:
    """Return the form that a new service starts from: the applicant and the declaration."""
    data = tomllib.loads((Path(__file__).parent / "made_services.toml").read_text("utf-8"))
    return {"steps": [data["applicant"], data["declaration"]]}


def starting_workflow() -> dict[str, Any]:
    """Return the steps that a new service starts from: look, decide, hand out."""
    data = tomllib.loads((Path(__file__).parent / "made_services.toml").read_text("utf-8"))
    steps: dict[str, Any] = data["usual_work"]
    return steps
