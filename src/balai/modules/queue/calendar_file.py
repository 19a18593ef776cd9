"""An appointment as iCalendar (RFC 5545)."""

from datetime import UTC, datetime, timedelta

from balai.modules.queue.models import Ticket

# characters that end a value in RFC 5545, section 3.3.11
_SPECIAL = str.maketrans({"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n", "\r": ""})


def calendar_file(ticket: Ticket, *, url: str, host: str, at: datetime) -> str:
    """Return the file for a ticket with a slot; lines end as the standard asks and are folded at 75 octets.

    :raises ValueError: for a ticket without a slot.
    """
    if ticket.slot is None:
        raise ValueError(ticket.pk)
    end = ticket.slot + timedelta(minutes=ticket.hall.slot_minutes)
    lines = (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Balai//Antrean//ID",
        "BEGIN:VEVENT",
        f"UID:ticket-{ticket.pk}@{host}",
        f"DTSTAMP:{_moment(at)}",
        f"DTSTART:{_moment(ticket.slot)}",
        f"DTEND:{_moment(end)}",
        f"SUMMARY:{ticket.errand.record.name_id.translate(_SPECIAL)}",
        f"LOCATION:{f'{ticket.hall.name}, {ticket.hall.address}'.translate(_SPECIAL)}",
        f"URL:{url}",
        "END:VEVENT",
        "END:VCALENDAR",
    )
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _folded(line: str) -> str:
    parts, part = [], ""
    for letter in line:
        if len((part + letter).encode()) > 74:
            parts.append(part)
            part = ""
        part += letter
    return "\r\n ".join([*parts, part])
