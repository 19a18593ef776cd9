"""Signed files stay what was typeset: PDF/A-2a, as far as its structure shows."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, Pdf

from balai.foundation.documents import signing
from balai.foundation.documents.signing import current_signer, sign
from balai.foundation.documents.tests.pdfa import broken_clauses
from balai.foundation.documents.tests.samples import AT, DATA, FRAME, PICTURES, SOURCE
from balai.foundation.documents.typesetting import typeset
from balai.foundation.web.codes import code_svg

# everything that a template may use: pictures, tables, links, headings, transparency
RICH = """#import "balai.typ": *
#show: letter.with(title: "Surat keterangan")
= Ketentuan
#table(columns: 2, table.header([Nama], [Nilai]), [Luas], [#rupiah(125000)])
#link("https://kota.example/a")[Halaman pemeriksaan]
#rect(fill: rgb(10, 20, 30, 40%))[kotak tembus pandang]
#facts(("Nama", data.holder))
"""


@pytest.fixture(scope="module")
def letter() -> bytes:
    return typeset(source=SOURCE, frame=FRAME, data=DATA, pictures=PICTURES, at=AT).content


def _signed(content: bytes) -> bytes:
    return sign(content=content, number="1", signer=current_signer(organization="Kota", at=AT), at=AT).content


def test_a_letter_and_its_signature_with_a_stamp_break_no_clause(made_authority: Path, letter: bytes) -> None:
    signed = _signed(letter)
    assert broken_clauses(letter) == []
    assert broken_clauses(signed) == []


def test_whatever_a_template_uses_breaks_no_clause(made_authority: Path) -> None:
    code = PICTURES | {"code.svg": code_svg(["https://kota.example/c/ABC?s=", "A" * 200])}
    rich = typeset(source=RICH, frame=FRAME, data=DATA, pictures=code, at=AT).content
    assert broken_clauses(_signed(rich)) == []


def test_a_signature_without_a_stamp_breaks_no_clause(
    made_authority: Path, letter: bytes, settings: Any, own_folder: Path
) -> None:
    (own_folder / "kota.p12").write_bytes((made_authority / "signer.p12").read_bytes())
    settings.BALAI_SIGNER_PASSWORD = signing.authority.password().decode()
    settings.BALAI_DOCUMENTS = {"signer": {"kind": "file", "file": "kota.p12"}}
    assert broken_clauses(_signed(letter)) == []


def _widget(pdf: Pdf) -> Any:
    return pdf.Root.AcroForm.Fields[0]


def _no_print(pdf: Pdf) -> None:
    _widget(pdf).F = 2


def _extent(pdf: Pdf) -> None:
    _widget(pdf).Rect = Array([10, 10, 50, 50])


def _appearances(pdf: Pdf) -> None:
    pdf.Root.AcroForm.NeedAppearances = True


def _script(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.JavaScript, JS="app.alert(1)")


def _launch(pdf: Pdf) -> None:
    pdf.Root.OpenAction = Dictionary(S=Name.Launch, F="x")


def _file(pdf: Pdf) -> None:
    pdf.attachments["a.txt"] = pikepdf.AttachedFileSpec(pdf, b"a", filename="a.txt")


def _intent(pdf: Pdf) -> None:
    del pdf.Root.OutputIntents


def _profile(pdf: Pdf) -> None:
    pdf.Root.OutputIntents[0].DestOutputProfile.write(b"no profile")


def _font(pdf: Pdf) -> None:
    descriptor = next(iter(pdf.pages[0].Resources.Font.values())).DescendantFonts[0].FontDescriptor
    for key in ("/FontFile2", "/FontFile3"):
        if key in descriptor:
            del descriptor[key]


def _unicode(pdf: Pdf) -> None:
    del next(iter(pdf.pages[0].Resources.Font.values())).ToUnicode


def _level(pdf: Pdf) -> None:
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
        said["pdfaid:conformance"] = "B"


def _marked(pdf: Pdf) -> None:
    pdf.Root.MarkInfo.Marked = False


def _structure(pdf: Pdf) -> None:
    del pdf.Root.StructTreeRoot


def _language(pdf: Pdf) -> None:
    del pdf.Root.Lang


def _figure(pdf: Pdf) -> None:
    for each in pdf.objects:
        if isinstance(each, Dictionary) and each.get("/S") == "/Figure":
            del each.Alt


def _blend(pdf: Pdf) -> None:
    pdf.pages[0].Resources.ExtGState = Dictionary(g=Dictionary(BM=Name.Sepia))


def _cmyk(pdf: Pdf) -> None:
    pdf.pages[0].contents_add(b"0 0 0 1 k")


def _movie(pdf: Pdf) -> None:
    pdf.pages[0].Annots.append(Dictionary(Subtype=Name.Movie, F=4, Rect=[0, 0, 0, 0], Contents="a"))


def _version(pdf: Pdf) -> None:
    pdf.Root.Version = Name("/2.0")


@pytest.mark.parametrize(
    ("spoil", "clause"),
    [
        (_no_print, "6.3"),
        (_extent, "6.3"),
        (_movie, "6.3"),
        (_appearances, "6.4.1"),
        (_script, "6.5.1"),
        (_launch, "6.5.1"),
        (_file, "6.8 to 6.11"),
        (_intent, "6.2.3"),
        (_profile, "6.2.3"),
        (_font, "6.2.11.4"),
        (_unicode, "6.2.11.4"),
        (_level, "6.6"),
        (_marked, "6.7"),
        (_structure, "6.7"),
        (_language, "6.7"),
        (_figure, "6.7"),
        (_blend, "6.2.10"),
        (_cmyk, "6.2.4"),
        (_version, "6.1.2"),
    ],
)
def test_what_breaks_a_clause_is_seen(
    made_authority: Path, letter: bytes, spoil: Callable[[Pdf], None], clause: str
) -> None:
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(_signed(letter))) as pdf:
        spoil(pdf)
        pdf.save(out, compress_streams=False)
    assert clause in {each.partition(": ")[0] for each in broken_clauses(out.getvalue())}


def test_a_file_that_goes_on_after_its_signature_is_seen(made_authority: Path, letter: bytes) -> None:
    content = _signed(letter)
    assert broken_clauses(content + b"\n") == ["6.4.3: ByteRange leaves out more than the signature"]
