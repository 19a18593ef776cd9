"""A published standard on paper: the whole of it, and a poster for the counter."""

import hashlib
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from balai.foundation.documents.typesetting import typeset
from balai.foundation.web.codes import code_svg
from balai.foundation.web.exports import EXAMPLE_LINE
from balai.foundation.web.marks import icon_svg
from balai.foundation.web.queries import city_face
from balai.foundation.web.words import day_in_full
from balai.modules.services.queries.standards import ServiceLine
from balai.modules.services.rules.standard import FOURTEEN
from balai.modules.services.standard_words import component_label, fee_words, time_words

Paper = Literal["standard", "poster"]
_FOLDER = Path(__file__).with_name("typst")
NUMBERED = frozenset({"procedure"})


def paper_of(*, line: ServiceLine, paper: Paper, at: datetime) -> bytes:
    """Return the PDF of a service's standard, made once for each version, language and look of the city.

    :raises CannotTypeset: if it cannot be made now.
    """
    source = (_FOLDER / f"{paper}.typ").read_text("utf-8")
    face = city_face()
    data = _data(line)
    # whatever changes what stands on the paper makes another file: words, look, template
    key = hashlib.sha256(repr((source, data, face.colour, face.mark_svg, face.government_name)).encode()).hexdigest()
    name = f"standards/{paper}-{key[:40]}.pdf"
    if default_storage.exists(name):
        with default_storage.open(name) as kept:
            content: bytes = kept.read()
        return content
    sheet = typeset(
        source=source,
        frame={"government": face.government_name or face.service_name, "colour": face.colour},
        data=data,
        pictures={"mark.svg": icon_svg(face), "code.svg": code_svg([data["address"]])},
        at=at,
    )
    default_storage.save(name, ContentFile(sheet.content))
    return sheet.content


def _data(line: ServiceLine) -> dict[str, Any]:
    record, version = line.record, line.version
    content = version.content if version is not None else {}
    language = (get_language() or "id")[:2]
    groups: dict[str, list[dict[str, Any]]] = {}
    for component in FOURTEEN:
        label = component.group_en if language == "en" else component.group_id
        groups.setdefault(label, []).append(
            {
                "label": component_label(component),
                "numbered": component.slug in NUMBERED,
                "items": list(content.get(component.slug) or []) if component.kind == "list" else [],
                "text": _text(component.kind, content.get(component.slug)),
            }
        )
    facts = [
        {"label": _("How long it takes"), "value": time_words(content.get("time"), brief=True) or "–"},
        {"label": _("What it costs"), "value": fee_words(content.get("fee")) or "–"},
    ]
    return {
        "language": language,
        "name": (record.name_en if language == "en" else "") or record.name_id,
        "unit": record.unit.name,
        "summary": content.get("summary", ""),
        "groups": [{"label": label, "parts": parts} for label, parts in groups.items()],
        "facts": facts,
        "requirements": list(content.get("requirements") or []),
        "decree": version.decree_number if version is not None and line.is_live else "",
        "valid": _valid(line),
        "address": f"{settings.BALAI_BASE_URL.rstrip('/')}{reverse('services:service', args=[record.slug])}",
        "mark": _mark(line, is_example=city_face().is_example),
        "words": {
            "page": _("Page"),
            "missing": _("Not given"),
            "see": _("Always in its newest version:"),
            "bring": _("What you need"),
            "scan": _("Scan to apply or to read more"),
            "more": _("and more: scan the code"),
        },
    }


def _text(kind: str, value: Any) -> str:
    if kind == "list":
        return ""
    if kind == "term":
        return time_words(value)
    return fee_words(value) if kind == "fee" else str(value or "")


def _mark(line: ServiceLine, *, is_example: bool) -> str:
    said = [] if line.is_live else [_("This standard has not been published")]
    return " · ".join([*said, *([EXAMPLE_LINE] if is_example else [])])


def _valid(line: ServiceLine) -> str:
    version = line.version
    if version is None or not line.is_live or version.valid_from is None:
        return ""
    return _("Set by decree %(number)s, valid from %(since)s.") % {
        "number": version.decree_number,
        "since": day_in_full(version.valid_from),
    }
