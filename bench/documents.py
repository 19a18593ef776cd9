"""Documents: typeset, sign with a stamp of time, PDF/A-2a, in the program's own two processes."""

import resource
import tempfile
import time
from datetime import date
from pathlib import Path

from bench.table import Row, middle, progress

COUNT = 60
RUNS = 5
BAR = 15
SOURCE = """#import "balai.typ": *
#show: letter.with(title: "Surat keterangan domisili")

Yang bertanda tangan di bawah ini menerangkan bahwa:

#facts(("Nama", data.holder), ("NIK", data.nik), ("Alamat", data.address))

benar berdomisili di alamat tersebut pada tanggal surat ini diterbitkan.
"""


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _signed() -> float:
    """Return documents a second of processor time, that of the typesetting process counted too."""
    from balai.foundation.calendar import clock
    from balai.foundation.documents.making import Paper, render_and_sign
    from balai.foundation.documents.signing import current_signer
    from balai.foundation.documents.typesetting import end_processes
    from balai.foundation.web.queries import CityFace

    at, face = clock.now(), CityFace(exists=True, city_name="Contoh", government_name="Kota Contoh", is_example=True)
    signer = current_signer(organization=face.government_name, at=at)

    def make(number: int) -> None:
        paper = Paper(
            number=f"400/{number}/2026",
            template="bench",
            unit="Dinas Contoh",
            data={
                "holder": f"Warga {number}",
                "nik": f"3573014505{number:06}",
                "address": f"Jalan Contoh Nomor {number}",
            },
            check_code="CNTHCNTHCNTH",
            valid_until=date(2027, 5, 25),
        )
        render_and_sign(source=SOURCE, paper=paper, face=face, signer=signer, at=at)

    make(0)
    rates = []
    for run in range(RUNS):
        # only processes that have ended are counted
        end_processes()
        started, children = time.process_time(), _children()
        for number in range(COUNT):
            make(1_000 * run + number)
        end_processes()
        rates.append(COUNT / (time.process_time() - started + _children() - children))
    return middle(rates)


def measure() -> list[Row]:
    """Return the figure of signed documents."""
    progress("documents, signed")
    import django
    from django.conf import settings

    django.setup()
    with tempfile.TemporaryDirectory(prefix="balai-bench-") as folder:
        settings.BALAI_DOCUMENTS_FOLDER = Path(folder)
        settings.BALAI_DOCUMENTS = {}
        settings.BALAI_DEMO = True
        rate = _signed()
    return [
        Row(
            name="documents",
            what="signed PDF/A-2a with a stamp of time",
            value=f"{rate:,.0f}/s per core",
            bar=f"≥ {BAR}/s",
            met=rate >= BAR,
            figures={"per_second": rate},
        )
    ]
