"""What comes out, and that a hostile template gets nothing and stops nothing."""

import io
import socket
import time
from threading import Thread
from typing import Any

import pikepdf
import pytest

from balai.foundation.documents import typesetting
from balai.foundation.documents.tests.pdfa import broken_clauses
from balai.foundation.documents.tests.samples import AT, DATA, FRAME, PICTURES, SOURCE
from balai.foundation.documents.typesetting import CannotTypeset, Sheet, typeset


def _typeset(source: str, *, data: dict[str, Any] = DATA, **options: Any) -> Sheet:
    return typeset(source=source, frame=FRAME, data=data, pictures=PICTURES, at=AT, **options)


def test_a_letter_is_tagged_pdf_a_2a() -> None:
    made = _typeset(SOURCE).content
    with pikepdf.open(io.BytesIO(made)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert "/StructTreeRoot" in pdf.Root
        assert pdf.Root.Lang == "id-ID"
        assert len(pdf.Root.OutputIntents) == 1
        assert len(pdf.pages) == 1
        with pdf.open_metadata() as said:
            assert (said["pdfaid:part"], said["pdfaid:conformance"]) == ("2", "A")
            assert said["dc:title"] == f"Surat keterangan domisili {FRAME['number']}"
        # every face is inside the file
        for font in (each for page in pdf.pages for each in page.Resources.Font.values()):
            described = font.DescendantFonts[0].FontDescriptor if "/DescendantFonts" in font else font.FontDescriptor
            assert {"/FontFile2", "/FontFile3"} & set(described.keys())


def test_the_same_order_gives_the_same_bytes() -> None:
    assert _typeset(SOURCE).content == _typeset(SOURCE).content


def test_a_picture_of_the_first_page() -> None:
    sheet = _typeset(SOURCE + "#pagebreak()\nDua", picture=True)
    assert sheet.content.startswith(b"\x89PNG")
    assert sheet.pages == 2


def test_data_are_never_read_as_source() -> None:
    hostile = '"); #read("/etc/passwd") $ * _ @x #panic("x")'
    assert _typeset(SOURCE, data={**DATA, "holder": hostile}).content.startswith(b"%PDF-")


def test_a_mistake_is_told_with_its_line() -> None:
    with pytest.raises(CannotTypeset) as refused:
        _typeset(SOURCE + "\n#facts(data.nothing)\n")
    assert refused.value.code == "template"
    assert refused.value.line == SOURCE.count("\n") + 2
    assert "nothing" in refused.value.message


def test_a_mistake_shown_by_the_base_is_told_with_the_line_that_called_it() -> None:
    with pytest.raises(CannotTypeset) as refused:
        _typeset('#import "balai.typ": *\n\n#rupiah(none)')
    assert refused.value.line in (0, 3)


def test_a_template_with_a_letter_that_no_face_can_show_is_refused() -> None:
    with pytest.raises(CannotTypeset) as refused:
        _typeset(SOURCE + "𓀀\n", data={**DATA, "holder": "王"})
    assert "could not be displayed" in refused.value.message
    assert refused.value.line == SOURCE.count("\n") + 1


@pytest.mark.parametrize(
    ("typed", "stands"),
    [
        ("Ñandú 🚀 李", "Ñandú  □"),
        ("Siti 𓀀 王王 Ærø", "Siti □ □□ Ærø"),
        ("Num\u20dd", "Num□"),
        ('👨\u200d👩\u200d👧 "\\', ' "\\'),
        ("ꭓ", "□"),
    ],
)
def test_what_no_face_has_stands_as_a_mark_and_the_paper_is_made(typed: str, stands: str) -> None:
    # in small letters, in capitals, and in the title, which can be read back
    source = SOURCE.replace('"Surat keterangan domisili"', "data.holder") + "\n#upper(data.holder)\n"
    frame = {**FRAME, "government": typed, "unit": typed, "signer": typed}
    made = typeset(source=source, frame=frame, data={**DATA, "holder": typed}, pictures=PICTURES, at=AT).content
    assert broken_clauses(made) == []
    with pikepdf.open(io.BytesIO(made)) as pdf, pdf.open_metadata() as said:
        assert said["dc:title"] == f"{stands} {FRAME['number']}"


@pytest.mark.parametrize(
    "source",
    [
        '#read("/etc/passwd")',
        '#read("../../../../etc/passwd")',
        '#image("/proc/self/environ")',
        '#include "/etc/hosts"',
        '#json("/work/keys.json")',
    ],
)
def test_no_file_of_this_machine_is_read(source: str) -> None:
    with pytest.raises(CannotTypeset) as refused:
        _typeset(source)
    assert refused.value.code == "template"
    assert refused.value.line == 1
    assert "root:" not in refused.value.message


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(3)

        def listen() -> None:
            visitor, _address = door.accept()
            visitor.settimeout(3)
            heard.append(visitor.recv(100))
            visitor.close()

        listener = Thread(target=listen, daemon=True)
        listener.start()
        typesetting.end_processes()
        monkeypatch.setattr(typesetting, "_NOBODY", f"http://127.0.0.1:{door.getsockname()[1]}")
        with pytest.raises(CannotTypeset, match="failed to download"):
            _typeset('#import "@" + "preview/cetz:0.3.0"')
        listener.join(5)
    typesetting.end_processes()
    # every way out leads to the address that we chose; in the program it is one where nobody listens
    assert heard[0].startswith(b"CONNECT packages.typst.org:443")


LOOP = "for i in range(9000) { for j in range(9000) { let x = calc.sin(i * j) } }"


@pytest.mark.parametrize("source", [f"#{LOOP}", f"#let again(n) = {{ {LOOP} }}\n#for n in range(9000) {{ again(n) }}"])
def test_a_template_that_never_ends_is_ended(source: str) -> None:
    before = time.monotonic()
    with pytest.raises(CannotTypeset) as refused:
        _typeset(source, seconds=1)
    assert refused.value.code in ("too_slow", "died")
    assert time.monotonic() - before < 4
    # the next one is served
    assert _typeset(SOURCE).content


def test_a_crowd_waits_and_is_then_told() -> None:
    for _turn in range(typesetting.MOST_PROCESSES):
        assert typesetting._turns.acquire(blocking=False)
    try:
        with pytest.raises(CannotTypeset, match="busy") as refused:
            _typeset(SOURCE, seconds=0.1)
    finally:
        for _turn in range(typesetting.MOST_PROCESSES):
            typesetting._turns.release()
    assert refused.value.is_temporary
    assert _typeset(SOURCE).content


@pytest.mark.parametrize("source", ['#("a" * 4000000000)', "#let a = (1,)\n#for i in range(60) { a = a + a }"])
def test_a_template_that_eats_memory_is_ended(source: str) -> None:
    with pytest.raises(CannotTypeset) as refused:
        _typeset(source)
    assert refused.value.code in ("died", "template")
    assert _typeset(SOURCE).content


def test_a_document_without_end_is_refused() -> None:
    with pytest.raises(CannotTypeset) as refused:
        _typeset("#for i in range(200000) [ #pagebreak() x ]")
    assert refused.value.code in ("too_large", "died", "too_slow")


def test_the_process_has_nothing_of_our_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALAI_SIGNER_PASSWORD", "rahasia")
    typesetting.end_processes()
    with typesetting._process() as process:
        environment = open(f"/proc/{process.process.pid}/environ", "rb").read()  # noqa: PTH123, SIM115
    assert b"rahasia" not in environment
    assert b"BALAI" not in environment
