"""The nine questions of the survey, and which of them a service asks.

Source: PermenPANRB 14/2017, annex (unsur survei); the words are the house's own, in everyday language.
"""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Question:
    """One element: its official name and the question that people are asked."""

    element: str
    name_id: str
    name_en: str
    asked_id: str
    asked_en: str


QUESTIONS = (
    Question(
        element="U1",
        name_id="Persyaratan",
        name_en="Requirements",
        asked_id="Apakah persyaratannya sesuai dengan layanannya?",
        asked_en="Did the requirements fit the service?",
    ),
    Question(
        element="U2",
        name_id="Sistem, mekanisme, dan prosedur",
        name_en="Procedure",
        asked_id="Apakah alurnya mudah?",
        asked_en="Was the procedure easy?",
    ),
    Question(
        element="U3",
        name_id="Waktu penyelesaian",
        name_en="Time",
        asked_id="Apakah selesai dalam waktu yang wajar?",
        asked_en="Was it done in good time?",
    ),
    Question(
        element="U4",
        name_id="Biaya atau tarif",
        name_en="Fee",
        asked_id="Apakah biayanya wajar dan sesuai dengan yang diumumkan?",
        asked_en="Was the fee fair, and as published?",
    ),
    Question(
        element="U5",
        name_id="Produk spesifikasi jenis pelayanan",
        name_en="Result",
        asked_id="Apakah hasilnya sesuai dengan yang dijanjikan?",
        asked_en="Was the result what was promised?",
    ),
    Question(
        element="U6",
        name_id="Kompetensi pelaksana",
        name_en="Skill of the staff",
        asked_id="Apakah petugasnya mampu?",
        asked_en="Was the staff able?",
    ),
    Question(
        element="U7",
        name_id="Perilaku pelaksana",
        name_en="Manner of the staff",
        asked_id="Apakah petugasnya sopan dan ramah?",
        asked_en="Was the staff polite and friendly?",
    ),
    Question(
        element="U8",
        name_id="Penanganan pengaduan, saran, dan masukan",
        name_en="Complaints handled",
        asked_id="Apakah pertanyaan dan keluhan ditanggapi?",
        asked_en="Were questions and complaints answered?",
    ),
    Question(
        element="U9",
        name_id="Sarana dan prasarana",
        name_en="Facilities",
        asked_id="Apakah situs, ruang, atau peralatannya baik?",
        asked_en="Were website, rooms and equipment good?",
    ),
)
# answers from 1 to 4
ANSWERS = (
    (4, "Sangat baik", "Very good"),
    (3, "Baik", "Good"),
    (2, "Kurang baik", "Not so good"),
    (1, "Tidak baik", "Bad"),
)
