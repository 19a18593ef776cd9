"""The papers that come out of services: one template each, to start from; the city edits them."""

from typing import Any

from balai.foundation.documents.contributions import DocumentTemplateOffer
from balai.modules.services.data import made_services, typical_services

SOURCE = """\
#import "balai.typ": *
#show: letter.with(title: "{title}")

{words}

#facts(..data.rows.map(row => (row.label, row.value)))

{closing}
"""
GRANTED, GRANTED_IN_PART = "dikabulkan", "dikabulkan sebagian"
CLOSING = "Demikian dokumen ini diterbitkan untuk dipergunakan sebagaimana mestinya."
SAMPLE_ROWS = [
    {"slug": "nama", "label": "Nama lengkap", "value": "Contoh Nama"},
    {"slug": "nik", "label": "NIK", "value": "3573014101900001"},
    {"slug": "alamat", "label": "Alamat", "value": "Jl. Contoh 1, Kelurahan Contoh"},
]


def sample_of(title: str) -> dict[str, Any]:
    """Return example data that shows every part of a template."""
    return {
        "holder": "Contoh Nama",
        "service": title,
        "reference": "26-2222-2222",
        "granted": GRANTED,
        "rows": SAMPLE_ROWS,
        "signer": {"name": "Contoh Kepala Dinas", "post": "Kepala Dinas"},
    }


def template_slug(service: str) -> str:
    """Return the slug of a service's template."""
    return f"svc-{service}"


# for services that staff make: says what was asked for and that it was granted
GENERAL = DocumentTemplateOffer(
    slug="svc-umum",
    name_id="Surat keterangan umum",
    name_en="General letter",
    source=SOURCE.format(
        title="Surat Keterangan",
        words="Berdasarkan permohonan layanan #data.service dengan nomor #data.reference, "
        "dengan ini diterangkan bahwa permohonan berikut #data.granted:",
        closing=CLOSING,
    ),
    sample=sample_of("Surat Keterangan"),
)
_UNITS = {service.slug: service.unit for service in typical_services()}
DOCUMENTS = (
    GENERAL,
    *(
        DocumentTemplateOffer(
            slug=template_slug(made.slug),
            name_id=made.document_title,
            unit=_UNITS.get(made.slug, ""),
            name_en=made.document_title_en,
            source=SOURCE.format(title=made.document_title, words=made.document_words, closing=CLOSING),
            sample=sample_of(made.document_title),
        )
        for made in made_services()
    ),
)
