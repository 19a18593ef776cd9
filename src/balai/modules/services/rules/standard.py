"""The service standard: fourteen components, six of them before everybody's eyes.

Source: UU 25/2009 art. 21; grouping of PermenPANRB 15/2014.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from balai.engines.catalogs.rules import Component, Kind, RecordKind

UU = "UU 25/2009 pasal 21; PermenPANRB 15/2014"
KIND = "service_standard"


def _delivery(slug: str, label_id: str, label_en: str, kind: Kind = "text") -> Component:
    """Return a component of delivery: before everybody's eyes."""
    return Component(
        slug=slug,
        label_id=label_id,
        label_en=label_en,
        kind=kind,
        group_id="Penyampaian pelayanan",
        group_en="Service delivery",
        source=UU,
    )


def _manufacture(slug: str, label_id: str, label_en: str, kind: Kind = "text") -> Component:
    """Return a component of what lies behind the counter."""
    return Component(
        slug=slug,
        label_id=label_id,
        label_en=label_en,
        kind=kind,
        group_id="Pengelolaan pelayanan",
        group_en="Behind the service",
        public=False,
        source=UU,
    )


STANDARD = RecordKind(
    slug=KIND,
    label_id="Standar pelayanan",
    label_en="Service standard",
    components=(
        # in plain words, before the law's own; not one of the fourteen
        Component(
            slug="summary",
            label_id="Singkatnya",
            label_en="In short",
            required=False,
            group_id="Ringkasan",
            group_en="Summary",
        ),
        _delivery("requirements", "Persyaratan", "What you need", "list"),
        _delivery("procedure", "Prosedur", "How it goes", "list"),
        _delivery("time", "Jangka waktu", "How long it takes", "term"),
        _delivery("fee", "Biaya", "What it costs", "fee"),
        _delivery("product", "Produk pelayanan", "What you get"),
        _delivery("complaints", "Pengaduan, saran, dan masukan", "If something goes wrong"),
        _manufacture("basis", "Dasar hukum", "Legal basis", "list"),
        _manufacture("facilities", "Sarana dan prasarana", "Facilities", "list"),
        _manufacture("competence", "Kompetensi pelaksana", "Skills of the staff"),
        _manufacture("supervision", "Pengawasan internal", "Internal supervision"),
        _manufacture("staff", "Jumlah pelaksana", "Number of staff"),
        _manufacture("assurance", "Jaminan pelayanan", "Assurance of the service"),
        _manufacture("safety", "Jaminan keamanan dan keselamatan", "Security and safety"),
        _manufacture("evaluation", "Evaluasi kinerja pelaksana", "Evaluation of the staff"),
        Component(
            slug="origin",
            label_id="Sumber angka",
            label_en="Where the figures come from",
            required=False,
            group_id="Ringkasan",
            group_en="Summary",
        ),
    ),
)
FOURTEEN = tuple(component for component in STANDARD.components if component.required)
# the fields of a page of SIPPN, as the portal shows them
SIPPN = ("nama_layanan", "instansi", "nomor_sk", "persyaratan", "mekanisme", "waktu", "biaya", "produk", "pengaduan")
BETWEEN = " | "


def maturity(*, filled: int, decreed: bool, consulted: bool, reviewed: bool) -> int:
    """Return the maturity of a standard from 0 (none) to 5 (with monitoring), as the ministry's evaluation counts.

    ``filled`` is how many of the fourteen components say something.
    Source: KemenPANRB, PEKPPP form 1.a.Ak.
    """
    if filled == 0:
        return 0
    if filled < len(FOURTEEN):
        return 1
    if not decreed:
        return 2
    if not consulted:
        return 3
    return 5 if reviewed else 4


def sippn_row(
    *, name: str, unit: str, decree_number: str, content: Mapping[str, Any], time: str, fee: str
) -> dict[str, str]:
    """Return the fields that the national portal asks for; lists are joined by a bar."""
    return {
        "nama_layanan": name,
        "instansi": unit,
        "nomor_sk": decree_number,
        "persyaratan": BETWEEN.join(content.get("requirements", [])),
        "mekanisme": BETWEEN.join(content.get("procedure", [])),
        "waktu": time,
        "biaya": fee,
        "produk": str(content.get("product", "")),
        "pengaduan": str(content.get("complaints", "")),
    }


def items_of(text: str) -> list[str]:
    """Return the items of a list that was joined by a bar or written line by line."""
    lines: Sequence[str] = text.split("|") if "|" in text else text.splitlines()
    return [line.strip() for line in lines if line.strip()]
