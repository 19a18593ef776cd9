"""What we write to people who wait; the city may edit every text."""

from balai.foundation.messages.contributions import MessageTemplate

TEMPLATES = (
    MessageTemplate(
        slug="queue_booked",
        channel="email",
        subject_id="Janji temu di {hall}, {when}",
        subject_en="Appointment at {hall}, {when}",
        body_id="Janji Anda sudah dicatat: {when} di {hall}.\n\nKode: {code}\n\nTunjukkan atau ketik kode ini di mesin antrean saat datang. Ubah atau batalkan di sini:\n{base_url}/queue/ticket/\n",
        body_en="Your appointment is noted: {when} at {hall}.\n\nCode: {code}\n\nShow or type this code at the ticket machine when you come. Change or cancel it here:\n{base_url}/queue/ticket/\n",
        variables=("hall", "when", "code"),
    ),
    MessageTemplate(
        slug="queue_moved",
        channel="email",
        subject_id="Janji temu dipindahkan: {when}, {hall}",
        subject_en="Appointment moved: {when}, {hall}",
        body_id="Janji Anda sudah dipindahkan. Waktunya sekarang: {when} di {hall}.\n\nKodenya tetap sama. Ubah atau batalkan di sini:\n{base_url}/queue/ticket/\n",
        body_en="Your appointment has moved. Its time now: {when} at {hall}.\n\nThe code stays the same. Change or cancel it here:\n{base_url}/queue/ticket/\n",
        variables=("hall", "when"),
    ),
    MessageTemplate(
        slug="queue_near",
        channel="email",
        subject_id="Nomor {number}: sebentar lagi",
        subject_en="Number {number}: nearly your turn",
        body_id="Giliran Anda di {hall} sebentar lagi. Mohon mendekat ke loket.\n",
        body_en="It is nearly your turn at {hall}. Please come near the counters.\n",
        variables=("number", "hall"),
    ),
    MessageTemplate(
        slug="queue_called",
        channel="email",
        subject_id="Nomor {number}: silakan ke loket {counter}",
        subject_en="Number {number}: please come to counter {counter}",
        body_id="Nomor {number} dipanggil di {hall}. Silakan ke loket {counter}.\n",
        body_en="Number {number} is called at {hall}. Please come to counter {counter}.\n",
        variables=("number", "hall", "counter"),
    ),
)
