"""Why an application is returned, or refused: codes that are counted, with their words."""

from balai.engines.cases.rules.kinds import Reason

RETURN_REASONS = (
    Reason(slug="missing", label_id="Dokumen belum ada", label_en="A document is missing"),
    Reason(slug="unreadable", label_id="Dokumen tidak terbaca", label_en="A document cannot be read"),
    Reason(slug="expired", label_id="Dokumen sudah tidak berlaku", label_en="A document is no longer valid"),
    Reason(slug="mismatch", label_id="Data tidak cocok dengan dokumen", label_en="Data and document differ"),
    Reason(slug="unclear", label_id="Isian perlu dijelaskan", label_en="An answer needs explaining"),
)
REFUSE_REASONS = (
    Reason(slug="not_entitled", label_id="Syarat tidak terpenuhi", label_en="The conditions are not met"),
    Reason(slug="false", label_id="Dokumen tidak benar", label_en="A document is not true"),
    Reason(slug="not_completed", label_id="Tidak dilengkapi pada waktunya", label_en="Not completed in time"),
    Reason(slug="forbidden_here", label_id="Tidak boleh di lokasi ini", label_en="Not allowed at this place"),
    Reason(slug="not_ours", label_id="Bukan kewenangan kota", label_en="Not the city's to decide"),
)
# why a part of what was asked is kept back
PART_REASONS = (
    Reason(slug="part_not_entitled", label_id="Sebagian tidak memenuhi syarat", label_en="A part does not qualify"),
    Reason(
        slug="part_excluded",
        label_id="Sebagian dikecualikan menurut undang-undang",
        label_en="A part is excluded by law",
    ),
    Reason(slug="part_not_held", label_id="Sebagian tidak ada pada kami", label_en="A part is not held by us"),
)
