"""What we write to applicants, in both languages; the city may edit every text."""

from balai.foundation.messages.contributions import MessageTemplate

CASE = ("reference", "title", "unit", "text")
OWN_ID = "Buka permohonan Anda (dengan nomor dan kode):\n{base_url}/services/mine/{reference}/"
OWN_EN = "Open your application (with number and code):\n{base_url}/services/mine/{reference}/"


def _to_applicant(
    slug: str, *, subject_id: str, subject_en: str, body_id: str, body_en: str, variables: tuple[str, ...] = CASE
) -> MessageTemplate:
    return MessageTemplate(
        slug=f"application_{slug}",
        channel="email",
        subject_id=subject_id,
        subject_en=subject_en,
        body_id=f"{body_id}\n\n{OWN_ID}\n",
        body_en=f"{body_en}\n\n{OWN_EN}\n",
        variables=variables,
    )


TEMPLATES = (
    _to_applicant(
        "received",
        subject_id="Permohonan {reference} diterima",
        subject_en="Application {reference} received",
        body_id=(
            "Permohonan Anda sudah kami terima: {title}.\n\nNomor: {reference}\nKode: {code}\n\n"
            "Simpan keduanya. Kode hanya untuk Anda: dengan kode itu Anda melengkapi berkas dan mengambil hasilnya."
        ),
        body_en=(
            "We have received your application: {title}.\n\nNumber: {reference}\nCode: {code}\n\n"
            "Keep both. The code is only for you: with it you complete what is asked and fetch the result."
        ),
        variables=("reference", "title", "code"),
    ),
    _to_applicant(
        "moved",
        subject_id="Permohonan {reference} maju satu langkah",
        subject_en="Application {reference} has moved on",
        body_id="Permohonan Anda ({title}) masuk langkah berikutnya di {unit}.\n\n{text}",
        body_en="Your application ({title}) has reached the next step at {unit}.\n\n{text}",
    ),
    _to_applicant(
        "returned",
        subject_id="Permohonan {reference} perlu dilengkapi",
        subject_en="Application {reference} needs completing",
        body_id="{unit} meminta Anda melengkapi permohonan ({title}):\n\n{text}\n\nJanji waktu berhenti sampai Anda mengirimnya.",
        body_en="{unit} asks you to complete your application ({title}):\n\n{text}\n\nThe promise is paused until you send it.",
    ),
    _to_applicant(
        "to_pay",
        subject_id="Permohonan {reference}: mohon bayar {amount}",
        subject_en="Application {reference}: please pay {amount}",
        body_id="Untuk melanjutkan permohonan Anda ({title}), bayar {amount} paling lambat {until}. Kode bayarnya ada di halaman Anda; bisa juga tunai di loket.",
        body_en="For your application ({title}) to go on, please pay {amount} by {until}. The code to pay with is on your page; cash at the counter is possible too.",
        variables=("reference", "title", "amount", "until"),
    ),
    _to_applicant(
        "bill_over",
        subject_id="Permohonan {reference}: batas waktu bayar sudah lewat",
        subject_en="Application {reference}: the time to pay is over",
        body_id="Tagihan {amount} untuk permohonan Anda ({title}) belum dibayar sampai {until}. Permohonan masih menunggu: minta tagihan baru di halaman Anda, atau cabut permohonannya.",
        body_en="The bill of {amount} for your application ({title}) was not paid by {until}. The application still waits: ask for a new bill on your page, or withdraw the application.",
        variables=("reference", "title", "amount", "until"),
    ),
    _to_applicant(
        "paid",
        subject_id="Pembayaran permohonan {reference} diterima",
        subject_en="Payment for application {reference} received",
        body_id="Pembayaran untuk permohonan Anda ({title}) sudah kami terima.",
        body_en="We have received the payment for your application ({title}).",
    ),
    _to_applicant(
        "issued",
        subject_id="Permohonan {reference} selesai",
        subject_en="Application {reference} is done",
        body_id="Permohonan Anda ({title}) selesai. Hasilnya ada di halaman Anda.\n\n{text}",
        body_en="Your application ({title}) is done. What came of it is on your page.\n\n{text}",
    ),
    _to_applicant(
        "refused",
        subject_id="Permohonan {reference} ditolak",
        subject_en="Application {reference} was refused",
        body_id="{unit} menolak permohonan Anda ({title}):\n\n{text}",
        body_en="{unit} refused your application ({title}):\n\n{text}",
    ),
    _to_applicant(
        "refused_objection",
        subject_id="Permohonan {reference} ditolak",
        subject_en="Application {reference} was refused",
        body_id="{unit} menolak permohonan Anda ({title}):\n\n{text}\n\nAnda boleh mengajukan keberatan di halaman Anda.",
        body_en="{unit} refused your application ({title}):\n\n{text}\n\nYou may object on your page.",
    ),
    _to_applicant(
        "in_part",
        subject_id="Permohonan {reference} dikabulkan sebagian",
        subject_en="Application {reference} was granted in part",
        body_id="{unit} mengabulkan sebagian permohonan Anda ({title}). Yang dikabulkan, yang tidak, dan alasannya:\n\n{text}",
        body_en="{unit} granted a part of your application ({title}). What is granted, what is not, and why:\n\n{text}",
    ),
    _to_applicant(
        "in_part_objection",
        subject_id="Permohonan {reference} dikabulkan sebagian",
        subject_en="Application {reference} was granted in part",
        body_id="{unit} mengabulkan sebagian permohonan Anda ({title}). Yang dikabulkan, yang tidak, dan alasannya:\n\n{text}\n\nAnda boleh mengajukan keberatan di halaman Anda.",
        body_en="{unit} granted a part of your application ({title}). What is granted, what is not, and why:\n\n{text}\n\nYou may object on your page.",
    ),
    _to_applicant(
        "objection_refused",
        subject_id="Permohonan {reference}: keberatan ditolak",
        subject_en="Application {reference}: objection refused",
        body_id="{unit} menolak keberatan Anda ({title}):\n\n{text}",
        body_en="{unit} refused your objection ({title}):\n\n{text}",
    ),
    _to_applicant(
        "news",
        subject_id="Kabar permohonan {reference}",
        subject_en="News about application {reference}",
        body_id="{unit} menulis tentang permohonan Anda ({title}):\n\n{text}",
        body_en="{unit} writes about your application ({title}):\n\n{text}",
    ),
    _to_applicant(
        "extended",
        subject_id="Permohonan {reference}: waktu diperpanjang",
        subject_en="Application {reference}: more time is needed",
        body_id="{unit} memerlukan waktu lebih lama untuk permohonan Anda ({title}). Alasannya:\n\n{text}",
        body_en="{unit} needs more time for your application ({title}). The reason:\n\n{text}",
    ),
    _to_applicant(
        "visit",
        subject_id="Permohonan {reference}: petugas akan datang",
        subject_en="Application {reference}: an officer will come",
        body_id=(
            "Untuk permohonan Anda ({title}), petugas {unit} akan datang pada {begins}.\n\n{text}\n\n"
            "Tidak bisa waktu itu? Katakan di halaman Anda, nanti dijadwalkan lagi."
        ),
        body_en=(
            "For your application ({title}) an officer of {unit} will come on {begins}.\n\n{text}\n\n"
            "You cannot then? Say so on your page, and another time is found."
        ),
        variables=("reference", "title", "unit", "begins", "text"),
    ),
    _to_applicant(
        "no_visit",
        subject_id="Permohonan {reference}: kunjungan dibatalkan",
        subject_en="Application {reference}: the visit is off",
        body_id="Kunjungan petugas {unit} pada {begins} untuk permohonan Anda ({title}) dibatalkan.",
        body_en="The visit of {unit} on {begins} for your application ({title}) is off.",
        variables=("reference", "title", "unit", "begins"),
    ),
    MessageTemplate(
        slug="application_cosign",
        channel="email",
        subject_id="{applicant} meminta tanda tangan Anda",
        subject_en="{applicant} asks for your signature",
        body_id=(
            "{applicant} mengajukan permohonan {title} dan memerlukan persetujuan Anda.\n\n"
            "Baca isinya, lalu tanda tangani atau tolak di sini:\n{base_url}/services/sign/{token}/\n\n"
            "Tidak mengenal orang ini? Abaikan saja pesan ini.\n"
        ),
        body_en=(
            "{applicant} applies for {title} and needs your consent.\n\n"
            "Read it, then sign or say no here:\n{base_url}/services/sign/{token}/\n\n"
            "You do not know this person? Then pay no attention to this message.\n"
        ),
        variables=("title", "applicant", "token"),
    ),
    MessageTemplate(
        slug="visit_declined",
        channel="email",
        subject_id="Kunjungan {reference}: pemohon tidak bisa",
        subject_en="Visit {reference}: the applicant cannot then",
        body_id=(
            "Pemohon {reference} tidak bisa pada {begins}:\n\n{text}\n\n"
            "Jadwalkan lagi di {base_url}/desk/services/{reference}/\n"
        ),
        body_en=(
            "The applicant of {reference} cannot on {begins}:\n\n{text}\n\n"
            "Make another appointment at {base_url}/desk/services/{reference}/\n"
        ),
        variables=("reference", "begins", "text"),
    ),
    MessageTemplate(
        slug="application_survey",
        channel="email",
        subject_id="Bagaimana layanan kami? ({reference})",
        subject_en="How was our service? ({reference})",
        body_id=(
            "Permohonan Anda ({title}) sudah selesai. Dua menit saja: sembilan pertanyaan tentang layanannya. "
            "Jawaban tidak dapat ditelusuri kembali kepada Anda dan hanya dihitung satu kali.\n\n"
            "{base_url}/services/survey/{token}/\n"
        ),
        body_en=(
            "Your application ({title}) is done. Two minutes: nine questions about the service. "
            "Your answers do not lead back to you and count once.\n\n{base_url}/services/survey/{token}/\n"
        ),
        variables=("reference", "title", "token"),
    ),
)
