"""The process that typesets. It knows Typst and nothing of this program: no database, no keys, no network.

Reads one JSON object a line, answers with eight bytes of length, a JSON head of that length, and as many bytes as the
head says. Started by ``typesetting.py``, which ends it when it takes too long.
"""

import contextlib
import datetime
import json
import re
import resource
import sys
from typing import Any, BinaryIO

import typst

MEMORY_BYTES = 1024**3
MOST_BYTES = 20 * 1024**2
_LINE = re.compile(r"┌─ (?:\S*/)?(?P<file>[^/:\s]+):(?P<line>\d+):\d+")
_OWN = "main.typ"
# PDF/A is refused where no face has a sign; Typst names each of them, written as in its own source
_LACKING = re.compile(r'the text `"(?P<text>(?:[^"\\\n]|\\.)+)"` could not be displayed with font')
_ESCAPED = re.compile(r"\\u\{(?P<code>[0-9a-f]+)\}|\\(?P<sign>.)")
MOST_LACKING = 1000


def fault_of(error: typst.TypstError) -> dict[str, Any]:
    """Return what is wrong with a source: message, hints, and its line where one of its lines is to blame."""
    line = 0
    for match in _LINE.finditer(error.diagnostic or ""):
        if match["file"] == _OWN:
            line = int(match["line"])
            break
    said = {"fault": "template", "line": line, "message": str(error.message), "hints": list(error.hints or [])}
    return said | {"lacking": lacking_in(error.diagnostic or "")}


def lacking_in(diagnostic: str) -> list[str]:
    """Return what no face of letters has, each once."""
    found = dict.fromkeys(
        _ESCAPED.sub(lambda part: chr(int(part["code"], 16)) if part["code"] else part["sign"], match["text"])
        for match in _LACKING.finditer(diagnostic)
    )
    return [text[:4] for text in found][:MOST_LACKING]


def typeset(order: dict[str, Any], fonts: typst.Fonts) -> tuple[dict[str, Any], bytes]:
    """Return (head, bytes) for one order."""
    compiler = typst.Compiler(
        f"{order['folder']}/{_OWN}",
        root=order["folder"],
        font_paths=fonts,
        ignore_system_fonts=True,
        sys_inputs=order["inputs"],
        # no such folders: packages are never looked for here, and the network is closed to this process
        package_path=f"{order['folder']}/no-packages",
        package_cache_path=f"{order['folder']}/no-packages",
    )
    moment = datetime.datetime.fromisoformat(order["at"])
    count = 0
    content: Any
    if order["format"] == "png":
        made = compiler.compile(format="png", ppi=110, timestamp=moment)
        # one page is bytes, several are a list of them
        content, count = (made[0], len(made)) if isinstance(made, list) else (made, 1)
    else:
        content = compiler.compile(format="pdf", pdf_standards=["a-2a"], timestamp=moment)
    if not isinstance(content, bytes) or len(content) > MOST_BYTES:
        return {"fault": "too_large"}, b""
    return {"pages": count, "bytes": len(content)}, content


def main(orders: BinaryIO, answers: BinaryIO, font_folders: list[str]) -> None:
    """Answer orders until there are no more."""
    # macOS knows no such limit
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    # it writes to its pipe only
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=True, font_paths=list(font_folders))
    for line in orders:
        try:
            head, content = typeset(json.loads(line), fonts)
        except typst.TypstError as error:
            head, content = fault_of(error), b""
        except Exception as error:  # noqa: BLE001 - whatever it is, the one who asked is told and the next is served
            head, content = {"fault": "template", "line": 0, "message": str(error)[:500], "hints": []}, b""
        packed = json.dumps(head).encode()
        answers.write(len(packed).to_bytes(8, "big") + packed + content)
        answers.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer, sys.argv[1:])
