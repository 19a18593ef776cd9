"""Make one document: the frame that the city puts around the data, the code to scan, the PDF, the signature."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from balai.foundation.documents import authority
from balai.foundation.documents.rules.seals import Statement, grouped_code, holder_mark, seal_text
from balai.foundation.documents.rules.texts import printable
from balai.foundation.documents.signing import Signed, Signer, check_certificate, sign
from balai.foundation.documents.typesetting import TIME_LIMIT_SECONDS, Sheet, typeset
from balai.foundation.web.codes import code_svg
from balai.foundation.web.marks import icon_svg
from balai.foundation.web.queries import CityFace

# official documents are written in Indonesian, whatever language the reader of a page has chosen
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
# letters are dated "Malang, …", not "Kota Malang, …"
_PLACE = re.compile(r"^(Kota|Kabupaten)\s+")
EXAMPLE_MARK = "CONTOH"
DRAFT_MARK = "KONSEP"


@dataclass(frozen=True, kw_only=True)
class Paper:
    """What a document is, apart from the words of its template."""

    number: str
    template: str
    unit: str
    data: Mapping[str, Any]
    check_code: str
    valid_until: date | None


def render_and_sign(*, source: str, paper: Paper, face: CityFace, signer: Signer, at: datetime) -> Signed:
    """Return the signed PDF of a document. Reads no database.

    :raises CannotSign: before anything is typeset if the certificate is not good at ``at``.
    :raises CannotTypeset: for whatever is wrong with the template.
    """
    check_certificate(signer=signer, at=at)
    sheet = typeset(
        source=source,
        frame=frame_of(paper=paper, face=face, certificate=signer.subject, at=at),
        data=paper.data,
        pictures={"mark.svg": icon_svg(face), "code.svg": code_svg(scanned_text(paper=paper, face=face, at=at))},
        at=at,
    )
    return sign(content=sheet.content, number=paper.number, signer=signer, at=at)


def preview(
    *, source: str, paper: Paper, face: CityFace, at: datetime, picture: bool, seconds: float = TIME_LIMIT_SECONDS
) -> Sheet:
    """Return how a document would look, unsigned, marked as a draft and with a code that leads nowhere.

    :raises CannotTypeset: with the line and the message, for the editor to show.
    """
    frame = frame_of(paper=paper, face=face, certificate="", at=at) | {"mark": DRAFT_MARK}
    return typeset(
        source=source,
        frame=frame,
        data=paper.data,
        pictures={"mark.svg": icon_svg(face), "code.svg": code_svg([frame["check_address"]])},
        at=at,
        picture=picture,
        seconds=seconds,
    )


def frame_of(*, paper: Paper, face: CityFace, certificate: str, at: datetime) -> dict[str, Any]:
    """Return what the city says around the data; names as ``typst/balai.typ`` reads them."""
    said = printable(paper.data)
    signer = said.get("signer")
    signer = signer if isinstance(signer, Mapping) else {}
    contact = said.get("contact") or " · ".join(filter(None, (face.contact_email, face.contact_phone)))
    base = settings.BALAI_BASE_URL.rstrip("/")
    return {
        "government": face.government_name or face.service_name,
        "unit": str(said.get("unit") or paper.unit),
        "contact": str(contact),
        "colour": face.colour,
        "number": paper.number,
        "place": str(said.get("place") or _PLACE.sub("", face.city_name) or face.service_name),
        "issued_on": in_words(_day(face, at)),
        "valid_until": in_words(paper.valid_until) if paper.valid_until else "",
        "signer": str(signer.get("name") or certificate),
        "signer_post": str(signer.get("post") or ""),
        "certificate": certificate,
        "check_page": f"{base.partition('://')[2]}/documents/verify",
        "check_address": f"{base}/documents/c/{paper.check_code}",
        "check_code": grouped_code(paper.check_code),
        "mark": EXAMPLE_MARK if face.is_example else "",
    }


def scanned_text(*, paper: Paper, face: CityFace, at: datetime) -> list[str]:
    """Return what the code to scan holds: the address of the check page, and the seal that is proved without a line."""
    key = authority.seal_key()
    statement = Statement(
        number=paper.number,
        template=paper.template,
        issued_on=_day(face, at),
        valid_until=paper.valid_until,
        holder_mark=holder_mark(check_code=paper.check_code, name=holder_of(paper.data)),
    )
    seal = seal_text(statement=statement, public=key.public, sign=key.private.sign)
    return [f"{settings.BALAI_BASE_URL.rstrip('/')}/documents/c/{paper.check_code}?s=", seal]


def holder_of(data: Mapping[str, Any]) -> str:
    """Return the name of whom a document is about; empty if it is about nobody."""
    holder = data.get("holder", "")
    return holder if isinstance(holder, str) else ""


def in_words(day: date) -> str:
    """Return a day as a letter writes it: ``25 November 2026``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def sha256_of(content: bytes) -> str:
    """Return the hash under which a file is known."""
    return hashlib.sha256(content).hexdigest()


def _day(face: CityFace, at: datetime) -> date:
    return at.astimezone(ZoneInfo(face.time_zone)).date()
