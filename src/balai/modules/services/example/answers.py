"""Believable answers to any form: what its fields allow, drawn by chance."""

from datetime import date, timedelta
from random import Random
from typing import Any

from balai.foundation.forms.rules.conditions import holds
from balai.foundation.forms.rules.schema import Field, FormSchema

STREETS = ("Jl. Ijen", "Jl. Kawi", "Jl. Semeru", "Jl. Bromo", "Jl. Anjasmoro", "Jl. Dieng", "Jl. Merbabu", "Jl. Kelud")
WORDS = {
    "nama_anak": ("Bayu Contohputra", "Kirana Contohsari", "Panji Contohadi"),
    "tempat_lahir": ("Malang", "Surabaya", "Blitar", "Kediri"),
    "tempat": ("RSUD", "Rumah", "Rumah sakit"),
    "hubungan": ("Anak", "Istri", "Suami", "Saudara"),
    "tempat_praktik": ("Klinik Contoh Sehat", "Praktik Mandiri Contoh", "Apotek Contoh"),
    "nama_usaha": ("Keripik Contoh", "Batik Contohsari", "Warung Contoh Jaya", "Kopi Contoh"),
    "bidang": ("makanan ringan", "batik", "warung makan", "kopi", "jahit"),
    "rincian": ("Anggaran taman kota dua tahun terakhir", "Daftar pedagang pasar", "Rencana perbaikan drainase"),
    "tujuan": ("Penelitian", "Keperluan warga RW", "Ingin tahu"),
    "kegiatan": ("Lomba antar-RW", "Pengajian", "Pentas seni", "Senam pagi"),
    "isi": ("Promo kopi", "Pembukaan toko", "Pelatihan menjahit"),
}


def answers_for(
    *,
    schema: FormSchema,
    person: dict[str, str],
    villages: tuple[tuple[str, float, float], ...],
    today: date,
    chance: Random,
) -> dict[str, Any]:
    """Return answers that fit a form; ``person`` are name, nik, phone and email, ``villages`` code and a point inside.

    Files stay out: only applications that are still open have some (``papers.py``).
    """
    given: dict[str, Any] = {}
    for step in schema.steps:
        if not holds(condition=step.show_if, answers=given):
            continue
        for field in step.fields:
            if not holds(condition=field.show_if, answers=given) or (not field.required and chance.random() < 0.4):
                continue
            value = _answer(field, person, villages, today, chance)
            if field.kind == "date" and field.agrees_with in given:
                value = _born(given[field.agrees_with])
            if value is not None:
                given[field.slug] = value
    return given


def _born(nik: str) -> str:
    """Return the day of birth that a NIK tells, of somebody grown up."""
    day, month, year = int(nik[6:8]), nik[8:10], nik[10:12]
    return f"19{year}-{month}-{day - 40 if day > 40 else day:02}"


def _answer(
    field: Field, person: dict[str, str], villages: tuple[tuple[str, float, float], ...], today: date, chance: Random
) -> Any:
    if field.prefill in person:
        return person[field.prefill] or None
    if field.kind in ("choice", "choices"):
        chosen = chance.choice(field.options).slug
        return [chosen] if field.kind == "choices" else chosen
    if field.kind == "group":
        return [
            {inner.slug: value for inner in field.fields if (value := _answer(inner, {}, villages, today, chance))}
            for _ in range(max(1, int(field.min or 1)))
        ]
    if field.kind == "number":
        return str(chance.randint(max(1, int(float(field.min or 1))), min(12, int(float(field.max or 12)))))
    if field.kind == "date":
        ahead = timedelta(days=14) if field.min.startswith("today") else -timedelta(days=chance.randint(30, 9000))
        return (today + ahead).isoformat()
    code, lat, lon = chance.choice(villages)
    born = f"{chance.randint(1, 28):02}{chance.randint(1, 12):02}{chance.randint(50, 99)}"
    plain: dict[str, Any] = {
        "money": str(chance.randint(5, 60) * 100_000),
        "boolean": True,
        "nik": f"3573{chance.randint(1, 5):02}{born}9{chance.randint(1, 999):03}",
        "kk": f"357301{chance.randint(10, 28)}0120{chance.randint(1, 9999):04}",
        "nib": str(chance.randint(10**12, 10**13 - 1)),
        "address": {"words": f"{chance.choice(STREETS)} {chance.randint(1, 120)}", "village": code},
        "map_point": {"lat": lat, "lon": lon},
        "signature": {"name": person.get("name", "Contoh"), "agreed": True},
        "text": chance.choice(WORDS.get(field.slug, ("Contoh",))),
        "long_text": chance.choice(WORDS.get(field.slug, ("Contoh keterangan.",))),
    }
    return plain.get(field.kind)
