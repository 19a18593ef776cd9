"""A letter for tests: source, frame, data."""

from datetime import UTC, datetime
from typing import Any

AT = datetime(2026, 11, 25, 3, 0, tzinfo=UTC)
SOURCE = """#import "balai.typ": *
#show: letter.with(title: "Surat keterangan domisili")

Yang bertanda tangan di bawah ini menerangkan bahwa:

#facts(("Nama", data.holder), ("NIK", data.nik), ("Alamat", data.address))

benar berdomisili di alamat tersebut pada tanggal surat ini diterbitkan.
"""
DATA = {
    "holder": "Siti Rahmawati",
    "nik": "3573014505900001",
    "address": "Jalan Ijen Nomor 12, RT 03 RW 05, Kelurahan Oro-oro Dowo",
    "unit": "Dinas Kependudukan dan Pencatatan Sipil",
    "signer": {"name": "Drs. Budi Santoso, M.Si.", "post": "Kepala Dinas"},
}
PICTURE = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><path d="M1 1h6v6H1z"/></svg>'
PICTURES = {"mark.svg": PICTURE, "code.svg": PICTURE}
FRAME: dict[str, Any] = {
    "government": "Pemerintah Kota Contoh",
    "unit": "Dinas Kependudukan dan Pencatatan Sipil",
    "contact": "halo@kota.example",
    "colour": "#0f5c9c",
    "number": "400.12/0017/DISDUKCAPIL/XI/2026",
    "place": "Contoh",
    "issued_on": "25 November 2026",
    "valid_until": "25 Mei 2027",
    "signer": "Drs. Budi Santoso, M.Si.",
    "signer_post": "Kepala Dinas",
    "certificate": "CONTOH – bukan sertifikat resmi",
    "check_page": "kota.example/documents/verify",
    "check_address": "https://kota.example/documents/c/ABCDEFGHJKLM",
    "check_code": "ABCD-EFGH-JKLM",
    "mark": "CONTOH",
}
