"""What we write when a program or an outside system does not answer."""

from balai.foundation.messages.contributions import MessageTemplate

TEMPLATES = (
    MessageTemplate(
        slug="webhook_paused",
        channel="email",
        subject_id="Program {name} tidak menjawab",
        subject_en="The program {name} does not answer",
        body_id="Program {name} ({address}) tidak menerima kabar selama tiga hari, atau menyatakan tidak ada lagi. Pengiriman dihentikan. Periksa programnya, lalu lanjutkan di sini:\n{base_url}/settings/webhooks/\n",
        body_en="The program {name} ({address}) took nothing for three days, or said that it is gone. Sending has paused. Look at the program, then go on here:\n{base_url}/settings/webhooks/\n",
        variables=("name", "address"),
    ),
    MessageTemplate(
        slug="hand_over_stuck",
        channel="email",
        subject_id="{system} belum menjawab",
        subject_en="{system} has not answered",
        body_id="Sesuatu yang diserahkan ke {system} belum dijawab dalam waktu yang diharapkan. Lihat, hubungi mereka, atau tulis jawabannya:\n{base_url}/settings/outside/hand-over/{number}/\n",
        body_en="Something that was handed over to {system} was not answered in the time that you expect. Look at it, call them, or write the answer down:\n{base_url}/settings/outside/hand-over/{number}/\n",
        variables=("system", "number"),
    ),
)
