"""What officers are told about any matter, in both languages; the city may edit every text."""

from balai.foundation.messages.contributions import MessageTemplate


def _to_staff(slug: str, *, subject_id: str, subject_en: str, body_id: str, body_en: str) -> MessageTemplate:
    return MessageTemplate(
        slug=slug,
        channel="email",
        subject_id=subject_id,
        subject_en=subject_en,
        body_id=f"{body_id}\n\nBuka di meja kerja:\n{{base_url}}{{address}}\n",
        body_en=f"{body_en}\n\nOpen it on the desk:\n{{base_url}}{{address}}\n",
        variables=("reference", "title", "unit", "address"),
    )


STAFF = (
    _to_staff(
        "case_new_for_unit",
        subject_id="Baru untuk {unit}: {reference}",
        subject_en="New for {unit}: {reference}",
        body_id="Ada yang baru masuk untuk {unit}:\n“{title}”",
        body_en="Something new has come in for {unit}:\n“{title}”",
    ),
    _to_staff(
        "case_escalated",
        subject_id="{reference}: batas waktu {unit}",
        subject_en="{reference}: the time of {unit} is running out",
        body_id=(
            "Janji untuk “{title}” mendekati atau melewati batas waktu. Penanggung jawab: {unit}. "
            "Hal ini naik kepada Anda sesuai aturan; tidak ada yang perlu meneruskannya."
        ),
        body_en=(
            "The promise for “{title}” is near its end or broken. Responsible: {unit}. "
            "It came up to you by rule; nobody needs to forward it."
        ),
    ),
    _to_staff(
        "case_reporter_replied",
        subject_id="{reference}: warga menulis",
        subject_en="{reference}: the resident wrote",
        body_id="Warga menjawab, menambah keterangan, atau membuka lagi “{title}”.",
        body_en="The resident answered, added something to, or reopened “{title}”.",
    ),
)
