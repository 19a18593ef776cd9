"""What we write to reporters, in both languages; the city may edit every text."""

from balai.foundation.messages.contributions import MessageTemplate

CASE = ("reference", "title", "unit", "text")
OWN_ID = "Buka laporan Anda (dengan nomor dan kode):\n{base_url}/complaints/mine/{reference}/"
OWN_EN = "Open your report (with number and code):\n{base_url}/complaints/mine/{reference}/"


def _to_reporter(
    slug: str, *, subject_id: str, subject_en: str, body_id: str, body_en: str, variables: tuple[str, ...] = CASE
) -> MessageTemplate:
    return MessageTemplate(
        slug=slug,
        channel="email",
        subject_id=subject_id,
        subject_en=subject_en,
        body_id=f"{body_id}\n\n{OWN_ID}\n",
        body_en=f"{body_en}\n\n{OWN_EN}\n",
        variables=variables,
    )


TEMPLATES = (
    _to_reporter(
        "complaint_received",
        subject_id="Laporan {reference} diterima",
        subject_en="Report {reference} received",
        body_id=(
            "Laporan Anda sudah kami terima:\n“{title}”\n\n"
            "Nomor laporan: {reference}\nKode: {code}\n\n"
            "Simpan keduanya. Kode hanya untuk Anda: dengan kode itu Anda menjawab pertanyaan petugas dan menyatakan "
            "apakah masalahnya sudah selesai."
        ),
        body_en=(
            "We have received your report:\n“{title}”\n\n"
            "Report number: {reference}\nCode: {code}\n\n"
            "Keep both. The code is only for you: with it you answer questions and say whether the problem is fixed."
        ),
        variables=("reference", "title", "code"),
    ),
    _to_reporter(
        "complaint_passed",
        subject_id="Laporan {reference} diteruskan ke {unit}",
        subject_en="Report {reference} passed to {unit}",
        body_id="Laporan Anda “{title}” sekarang ditangani {unit}.",
        body_en="Your report “{title}” is now with {unit}.",
    ),
    _to_reporter(
        "complaint_started",
        subject_id="Laporan {reference} mulai dikerjakan",
        subject_en="Work on report {reference} has begun",
        body_id="{unit} mulai mengerjakan laporan Anda “{title}”.",
        body_en="{unit} has begun to work on your report “{title}”.",
    ),
    _to_reporter(
        "complaint_progress",
        subject_id="Kabar tentang laporan {reference}",
        subject_en="News about report {reference}",
        body_id="{unit} memberi kabar tentang laporan Anda “{title}”:\n\n{text}",
        body_en="{unit} has news about your report “{title}”:\n\n{text}",
    ),
    _to_reporter(
        "complaint_question",
        subject_id="Laporan {reference}: petugas bertanya kepada Anda",
        subject_en="Report {reference}: a question for you",
        body_id=(
            "{unit} perlu jawaban Anda untuk melanjutkan laporan “{title}”:\n\n{text}\n\n"
            "Batas waktu janji kami berhenti dulu sampai Anda menjawab."
        ),
        body_en=(
            "{unit} needs your answer to go on with your report “{title}”:\n\n{text}\n\n"
            "Our promise is paused until you answer."
        ),
    ),
    _to_reporter(
        "complaint_answered",
        subject_id="Laporan {reference} sudah dijawab. Benar sudah selesai?",
        subject_en="Report {reference} has been answered. Is it fixed?",
        body_id=(
            "{unit} menyatakan laporan Anda “{title}” sudah dikerjakan:\n\n{text}\n\n"
            "Mohon lihat di lapangan, lalu nyatakan: sudah selesai, atau belum. Jika Anda tidak menjawab dalam "
            "10 hari kerja, laporan ditutup sebagai “ditutup tanpa konfirmasi”, bukan sebagai selesai."
        ),
        body_en=(
            "{unit} says that your report “{title}” has been dealt with:\n\n{text}\n\n"
            "Please look, then say: fixed, or not fixed. If you do not answer within 10 working days it is closed as "
            "“closed, not confirmed”, never as fixed."
        ),
    ),
    _to_reporter(
        "complaint_extended",
        subject_id="Laporan {reference} perlu waktu lebih lama",
        subject_en="Report {reference} needs more time",
        body_id="{unit} memperpanjang janji untuk laporan Anda “{title}”. Alasannya:\n\n{text}",
        body_en="{unit} has extended its promise for your report “{title}”. The reason:\n\n{text}",
    ),
    _to_reporter(
        "complaint_refused",
        subject_id="Laporan {reference} tidak dapat diproses",
        subject_en="Report {reference} cannot be handled",
        body_id="{unit} tidak dapat memproses laporan Anda “{title}”. Alasannya:\n\n{text}",
        body_en="{unit} cannot handle your report “{title}”. The reason:\n\n{text}",
    ),
    _to_reporter(
        "complaint_merged",
        subject_id="Laporan {reference} digabung",
        subject_en="Report {reference} has been merged",
        body_id=(
            "Masalah yang sama sudah dilaporkan orang lain. Laporan Anda “{title}” digabung dengan laporan {target}. "
            "Nomor Anda tetap berlaku dan membawa Anda ke sana."
        ),
        body_en=(
            "Somebody else has reported the same problem. Your report “{title}” goes on together with report {target}. "
            "Your number stays valid and leads you there."
        ),
        variables=(*CASE, "target"),
    ),
    _to_reporter(
        "complaint_thanks",
        subject_id="Laporan {reference} selesai. Terima kasih",
        subject_en="Report {reference} is fixed. Thank you",
        body_id=(
            "Anda membenarkan bahwa laporan “{title}” sudah selesai. Terima kasih. "
            "Bila masalahnya muncul lagi dalam 10 hari, Anda dapat membukanya kembali."
        ),
        body_en=(
            "You confirmed that your report “{title}” is fixed. Thank you. "
            "Should the problem come back within 10 days, you can open it again."
        ),
    ),
    _to_reporter(
        "complaint_reopened",
        subject_id="Laporan {reference} dibuka lagi",
        subject_en="Report {reference} is open again",
        body_id="Laporan Anda “{title}” dibuka lagi dan kembali ke {unit}. Janji penyelesaian dihitung mulai hari ini.",
        body_en="Your report “{title}” is open again and back with {unit}. A new promise runs from today.",
    ),
    _to_reporter(
        "complaint_closed",
        subject_id="Laporan {reference} ditutup tanpa konfirmasi",
        subject_en="Report {reference} closed without confirmation",
        body_id=(
            "Kami tidak mendengar dari Anda apakah laporan “{title}” sudah selesai, sehingga laporan ditutup tanpa "
            "konfirmasi. Dalam 10 hari Anda masih dapat membenarkannya atau membukanya lagi."
        ),
        body_en=(
            "We have not heard from you whether your report “{title}” is fixed, so it was closed without "
            "confirmation. Within 10 days you can still confirm it or open it again."
        ),
    ),
    _to_reporter(
        "complaint_link",
        subject_id="Jalan kembali ke laporan {reference}",
        subject_en="The way back to report {reference}",
        body_id="Anda meminta alamat laporan Anda “{title}”.\n\nNomor laporan: {reference}",
        body_en="You asked for the address of your report “{title}”.\n\nReport number: {reference}",
        variables=("reference", "title"),
    ),
)
