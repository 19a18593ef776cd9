"""What we write to people who follow somebody else's report; the city may edit every text."""

from balai.foundation.messages.contributions import MessageTemplate

FOOT_ID = (
    "Baca laporan ini:\n{base_url}/complaints/{reference}/\n\n"
    "Anda menerima kabar ini karena laporan Anda digabung dengan laporan ini atau karena Anda mengikutinya. "
    "Tidak mau lagi? Berhenti mengikuti:\n{stop_link}\n"
)
FOOT_EN = (
    "Read this report:\n{base_url}/complaints/{reference}/\n\n"
    "You get this because your report was merged with this one, or because you follow it. "
    "No more of it? Stop following:\n{stop_link}\n"
)


def _to_follower(slug: str, *, subject_id: str, subject_en: str, body_id: str, body_en: str) -> MessageTemplate:
    return MessageTemplate(
        slug=slug,
        channel="email",
        subject_id=subject_id,
        subject_en=subject_en,
        body_id=f"{body_id}\n\n{FOOT_ID}",
        body_en=f"{body_en}\n\n{FOOT_EN}",
        variables=("reference", "title", "unit", "text", "target", "stop_link"),
    )


FOLLOWERS = (
    _to_follower(
        "follow_answered",
        subject_id="Laporan {reference} yang Anda ikuti sudah dijawab",
        subject_en="Report {reference}, which you follow, has been answered",
        body_id="{unit} menyatakan laporan “{title}” sudah dikerjakan:\n\n{text}",
        body_en="{unit} says that the report “{title}” has been dealt with:\n\n{text}",
    ),
    _to_follower(
        "follow_closed",
        subject_id="Laporan {reference} yang Anda ikuti ditutup",
        subject_en="Report {reference}, which you follow, has been closed",
        body_id="Laporan “{title}” ditutup. Bagaimana akhirnya, tertulis di halamannya.",
        body_en="The report “{title}” has been closed. Its page says how it ended.",
    ),
    _to_follower(
        "follow_reopened",
        subject_id="Laporan {reference} yang Anda ikuti dibuka lagi",
        subject_en="Report {reference}, which you follow, is open again",
        body_id="Laporan “{title}” dibuka lagi dan kembali ke {unit}.",
        body_en="The report “{title}” is open again and back with {unit}.",
    ),
    _to_follower(
        "follow_merged",
        subject_id="Laporan {reference} yang Anda ikuti digabung",
        subject_en="Report {reference}, which you follow, has been merged",
        body_id="Laporan “{title}” diteruskan bersama laporan {target}. Anda tetap mendapat kabarnya.",
        body_en="The report “{title}” goes on together with report {target}. You will still hear about it.",
    ),
)
