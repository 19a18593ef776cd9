"""What ISO 19005-2 (PDF/A-2a) asks of a file, as far as its structure shows it.

No checker of the whole standard can be installed from Debian, PyPI or npm (veraPDF is in none of them). The clauses
here are those that a template, a signature or a stamp of time could break; what fonts and pictures hold inside is
left to Typst, which refuses what would not conform.
"""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pikepdf
from asn1crypto import cms

_BLENDING = {
    *("Normal", "Compatible", "Multiply", "Screen", "Overlay", "Darken", "Lighten", "ColorDodge", "ColorBurn"),
    *("HardLight", "SoftLight", "Difference", "Exclusion", "Hue", "Saturation", "Color", "Luminosity"),
}
_ACTIONS = {"GoTo", "GoToR", "GoToE", "Thread", "URI", "Named", "SubmitForm"}
_NOT_ANNOTATIONS = {"3D", "Sound", "Screen", "Movie"}
_STRUCTURE = {
    *("Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct"),
    *("Private", "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody", "Table", "TR", "TH", "TD"),
    *("THead", "TBody", "TFoot", "Span", "Quote", "Note", "Reference", "BibEntry", "Code", "Link", "Annot", "Ruby"),
    *("Warichu", "RB", "RT", "RP", "WT", "WP", "Figure", "Formula", "Form"),
}
# F: invisible, hidden, no view, toggle no view; and print
_HIDES, _PRINTS = 0b100100011, 0b100


def broken_clauses(content: bytes) -> list[str]:
    """Return each clause that a file breaks, with what breaks it; a file that may be PDF/A-2a breaks none."""
    with pikepdf.open(io.BytesIO(content)) as pdf:
        return [f"{clause}: {problem}" for clause, check in _CHECKS.items() for problem in check(pdf, content)]


def _dictionaries(pdf: pikepdf.Pdf) -> Iterator[Any]:
    """Return every dictionary of a file, also those that stand inside others."""
    for each in pdf.objects:
        yield from _inside(each)


def _inside(thing: Any) -> Iterator[Any]:
    if isinstance(thing, pikepdf.Stream | pikepdf.Dictionary):
        yield thing
        values = [value for _key, value in thing.items()]
    elif isinstance(thing, pikepdf.Array):
        values = list(thing)
    else:
        return
    for value in values:
        # what has a number of its own comes by itself
        if isinstance(value, pikepdf.Object) and not value.is_indirect:
            yield from _inside(value)


def _name(value: Any) -> str:
    return str(value).removeprefix("/")


def _header(pdf: pikepdf.Pdf, content: bytes) -> Iterator[str]:
    first, second = content.split(b"\n", 2)[:2]
    if first not in {b"%%PDF-1.%d" % n for n in range(8)} or "/Version" in pdf.Root:
        yield "not PDF 1.0 to 1.7"
    if not (second.startswith(b"%") and len(second) >= 5 and min(second[1:5]) > 127):
        yield "no comment of four bytes above 127"


def _trailer(pdf: pikepdf.Pdf, _content: bytes) -> Iterator[str]:
    if "/ID" not in pdf.trailer:
        yield "no ID"
    if pdf.is_encrypted:
        yield "encrypted"


def _streams(pdf: pikepdf.Pdf, _content: bytes) -> Iterator[str]:
    for each in pdf.objects:
        if isinstance(each, pikepdf.Stream):
            filters = each.get("/Filter", [])
            filters = [filters] if isinstance(filters, pikepdf.Name) else list(filters)
            yield from (f"filter {one}" for one in map(_name, filters) if one in {"LZWDecode", "Crypt"})
            yield from (f"stream with {key}" for key in ("/F", "/FFilter", "/FDecodeParms") if key in each)


def _output_intent(pdf: pikepdf.Pdf, _content: bytes) -> Iterator[str]:
    intents = [each for each in pdf.Root.get("/OutputIntents", []) if each.S == "/GTS_PDFA1"]
    if len(intents) != 1:
        yield f"{len(intents)} output intents"
        return
    profile = intents[0].DestOutputProfile
    said = profile.read_bytes()
    if said[36:40] != b"acsp" or said[12:16] not in {b"mntr", b"prtr"} or len(said) != int.from_bytes(said[:4], "big"):
        yield "no ICC profile of a screen or a printer"
    if said[16:20] != b"RGB " or profile.N != 3:
        yield "a profile of other colours than red, green, blue"


def _colours(pdf: pikepdf.Pdf, _content: bytes) -> Iterator[str]:
    for page in pdf.pages:
        operators = {str(each.operator) for each in pikepdf.parse_content_stream(page)}
        if operators & {"k", "K"}:
            yield "CMYK without a profile"
    if any(_name(value) == "DeviceCMYK" for each in _dictionaries(pdf) for _key, value in each.items()):
        yield "CMYK without a profile"


def _graphics(pdf: pikepdf.Pdf, _content: bytes) -> Iterator[str]:
    for each in _dictionaries(pdf):
        if each.get("/Subtype") in ("/Image", "/Form"):
            yield from (f"{each.Subtype} with {key}" for key in ("/OPI", "/Alternates", "/Ref", "/PS") if key in each)
            if each.get("/Interpolate"):
                yield "picture with Interpolate"
        if each.get("/Subtype") == "/PS" or each.get("/Subtype2") == "/PS":
            yield "PostScript"
        yield from (f"graphics state with {key}" for key in ("/TR", "/HTP") if key in each and "/S" not in each)


def _transparency(pdf: pikepdf.Pdf, _content: bytes) -> Iterator[str]:
    for each in _dictionaries(pdf):
        modes = each.get("/BM", [])
        for mode in [modes] if isinstance(modes, pikepdf.Name) else list(modes):
            if _name(mode) not in _BLENDING:
                yield f"blend mode {mode}"


def _fonts(pdf: pikepdf.Pdf, _content: bytes) -> Iterator[str]:
    for each in _dictionaries(pdf):
        if each.get("/Type") != "/Font":
            continue
        if each.Subtype == "/Type0":
            if "/ToUnicode" not in each:
                yield f"{each.BaseFont} without ToUnicode (6.2.11.7)"
        elif each.Subtype != "/Type3":
            descriptor = each.get("/FontDescriptor", {})
            files = [key for key in ("/FontFile", "/FontFile2", "/FontFile3") if key in descriptor]
            if not files or not descriptor[files[0]].read_raw_bytes():
                yield f"{each.BaseFont} is not embedded"


def _annotations(pdf: pikepdf.Pdf, _content: bytes) -> Iterator[str]:
    for page in pdf.pages:
        for each in page.obj.get("/Annots", []):
            kind, flags = _name(each.Subtype), int(each.get("/F", 0))
            if kind in _NOT_ANNOTATIONS:
                yield f"annotation {kind}"
            if kind != "Popup" and (flags & _HIDES or not flags & _PRINTS):
                yield f"flags {flags:b} of {kind} (6.3.2)"
            left, bottom, right, top = (float(number) for number in each.Rect)
            is_flat = left == right and bottom == top
            if kind not in {"Popup", "Link"} and not is_flat and list(each.get("/AP", {}).keys()) != ["/N"]:
                yield f"{kind} without one appearance (6.3.3)"
            if kind != "Widget" and "/Contents" not in each:
                yield f"{kind} without words"


def _forms(pdf: pikepdf.Pdf, _content: bytes) -> Iterator[str]:
    form = pdf.Root.get("/AcroForm", {})
    yield from (f"form with {key}" for key in ("/XFA", "/NeedAppearances") if key in form)
    for each in _dictionaries(pdf):
        if each.get("/Subtype") == "/Widget" and {"/A", "/AA"} & each.keys():
            yield "field with an action"


def _signatures(pdf: pikepdf.Pdf, content: bytes) -> Iterator[str]:
    for each in pdf.Root.get("/AcroForm", {}).get("/Fields", []):
        if each.get("/FT") != "/Sig" or "/V" not in each:
            continue
        start, first, second, last = (int(number) for number in each.V.ByteRange)
        hole = content[first:second]
        if start or second + last != len(content) or not (hole.startswith(b"<") and hole.endswith(b">")):
            yield "ByteRange leaves out more than the signature"
        data = cms.ContentInfo.load(bytes(each.V.Contents))["content"]
        if len(data["signer_infos"]) != 1 or not data["certificates"]:
            yield "not one signer with its certificate"


def _actions(pdf: pikepdf.Pdf, _content: bytes) -> Iterator[str]:
    found = [each for each in _dictionaries(pdf) if each.get("/Type") == "/Action" or {"/JS", "/URI"} & each.keys()]
    found += [pdf.Root.get("/OpenAction"), *(each.get("/A") for each in _dictionaries(pdf))]
    for each in found:
        # a place instead of an action is a list; an attribute of a tag is also called A
        if isinstance(each, pikepdf.Dictionary) and "/O" not in each and _name(each.get("/S", "")) not in _ACTIONS:
            yield f"action {each.get('/S')}"
    if any("/AA" in each for each in _dictionaries(pdf)):
        yield "additional actions (6.5.2)"


def _metadata(pdf: pikepdf.Pdf, _content: bytes) -> Iterator[str]:
    if "/Filter" in pdf.Root.Metadata:
        yield "metadata that are packed"
    with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as said:
        marks = said.get("pdfaid:part"), said.get("pdfaid:conformance")
        if marks != ("2", "A"):
            yield f"says that it is {marks}"
        if not said.get("dc:title"):
            yield "no title"


def _tags(pdf: pikepdf.Pdf, _content: bytes) -> Iterator[str]:
    if not pdf.Root.get("/MarkInfo", {}).get("/Marked"):
        yield "not marked (6.7.2)"
    if not str(pdf.Root.get("/Lang", "")):
        yield "no language (6.7.4)"
    if "/StructTreeRoot" not in pdf.Root:
        yield "no structure (6.7.3)"
        return
    roles = {key: _name(value) for key, value in pdf.Root.StructTreeRoot.get("/RoleMap", {}).items()}
    for each in _dictionaries(pdf):
        if each.get("/Type") == "/StructElem":
            kind = _name(each.S)
            kind = roles.get(f"/{kind}", kind)
            if kind not in _STRUCTURE:
                yield f"{kind} is no standard structure"
            if kind in {"Figure", "Formula"} and not {"/Alt", "/ActualText"} & each.keys():
                yield f"{kind} without words"
    for page in pdf.pages:
        if "/StructParents" not in page.obj:
            yield "page outside the structure"


def _left_out(pdf: pikepdf.Pdf, _content: bytes) -> Iterator[str]:
    names = pdf.Root.get("/Names", {})
    kept = [key for key in ("/EmbeddedFiles", "/JavaScript", "/AlternatePresentations") if key in names]
    yield from (f"names of {key}" for key in kept)
    yield from (f"catalog with {key}" for key in ("/Requirements", "/OCProperties", "/AF") if key in pdf.Root)
    if any("/EF" in each for each in _dictionaries(pdf)):
        yield "a file inside"
    if any("/PresSteps" in page.obj for page in pdf.pages):
        yield "a page with PresSteps"


# clause of ISO 19005-2:2011 → what looks for its breach
_CHECKS: dict[str, Callable[[pikepdf.Pdf, bytes], Iterator[str]]] = {
    "6.1.2": _header,
    "6.1.3": _trailer,
    "6.1.7": _streams,
    "6.2.3": _output_intent,
    "6.2.4": _colours,
    "6.2.5, 6.2.8, 6.2.9": _graphics,
    "6.2.10": _transparency,
    "6.2.11.4": _fonts,
    "6.3": _annotations,
    "6.4.1": _forms,
    "6.4.3": _signatures,
    "6.5.1": _actions,
    "6.6": _metadata,
    "6.7": _tags,
    "6.8 to 6.11": _left_out,
}
