"""PDFs for tests, harmless and otherwise."""

from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name

SECRET = b"rahasia-di-dalam"


def pdf(*, pages: int = 1, lock: str | None = None, change: Any = None) -> bytes:
    """Return a PDF of empty pages; ``change(pdf)`` may put anything into it."""
    made = pikepdf.new()
    for _page in range(pages):
        made.add_blank_page(page_size=(200, 200))
    if change:
        change(made)
    out = BytesIO()
    encryption: Any = False if lock is None else pikepdf.Encryption(owner="owner", user=lock)
    made.save(out, encryption=encryption, compress_streams=False)
    return out.getvalue()


def armed(made: pikepdf.Pdf) -> None:
    """Put in all that acts, hides, or tells who wrote it; and a link that is welcome."""
    script = made.make_indirect(Dictionary(S=Name.JavaScript, JS=f"app.alert('{SECRET.decode()}')"))
    launch = Dictionary(Type=Name.Action, S=Name.Launch, F=SECRET.decode())
    made.Root.OpenAction = script
    made.Root.AA = Dictionary(WC=script)
    made.attachments["isi.exe"] = pikepdf.AttachedFileSpec(made, b"MZ" + SECRET, filename=f"{SECRET.decode()}.exe")
    made.Root.Names.JavaScript = Dictionary(Names=Array(["x", script]))
    page = made.pages[0].obj
    page.AA = Dictionary(O=script)
    button = made.make_indirect(_note(Name.Widget, FT=Name.Btn, AA=Dictionary(U=script)))
    page.Annots = Array(
        [
            made.make_indirect(_note(Name.Link, A=launch)),
            _note(Name.Link, A=Dictionary(S=Name.URI, URI="https://kota.go.id/syarat")),
            _note(Name.Link, A=Dictionary(S=Name.URI, URI=f"javascript:{SECRET.decode()}")),
            _note(Name.Link, A=Dictionary(S=Name.GoTo, D=Array([page, Name.Fit]), Next=script)),
            _note(Name.Link, A=Dictionary(S=Name.Rendition, OP=0)),
            _note(Name.FileAttachment, Contents=SECRET.decode()),
            button,
        ]
    )
    made.Root.AcroForm = Dictionary(Fields=Array([button]), XFA=made.make_stream(SECRET))
    made.docinfo["/Author"] = SECRET.decode()
    with made.open_metadata() as metadata:
        metadata["dc:creator"] = [SECRET.decode()]


def _note(kind: Name, **more: Any) -> Dictionary:
    return Dictionary(Type=Name.Annot, Subtype=kind, Rect=Array([0, 0, 10, 10]), **more)
