"""Whether anything a file loads lies outside the site. Ordinary links are free to leave.

In: a Document or a style sheet. Out: findings. Never: a request.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath

from generator.verify.document import Document
from generator.verify.finding import Finding, make_finding

_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_ESCAPE = re.compile(r"\\([0-9a-fA-F]{1,6})\s?")
_QUOTED = r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'"
_URL = re.compile(rf"url\(\s*(?:{_QUOTED}|([^)\"'\s]*))\s*\)", re.IGNORECASE | re.DOTALL)
_IMPORT = re.compile(rf"@import\s+(?:{_QUOTED})", re.IGNORECASE)
_IMAGE_SET = re.compile(r"image-set\(((?:[^()]|\([^()]*\))*)\)", re.IGNORECASE)
_STRING = re.compile(_QUOTED)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)
_CARRIED = ("data:", "blob:", "about:blank", "#")


def check_resources(name: str, document: Document) -> list[Finding]:
    """Everything an HTML or SVG file would load from outside the site."""
    styles = [(where, each) for where, css in document.styles for each in find_addresses(css)]
    return _find_outside(name, (*document.resources, *styles))


def check_style(name: str, path: Path) -> list[Finding]:
    """Everything a style sheet would load from outside the site."""
    css = path.read_text(encoding="utf-8", errors="replace")
    return _find_outside(name, (("style", each) for each in find_addresses(css)))


def _find_outside(name: str, loads: Iterable[tuple[str, str]]) -> list[Finding]:
    """A finding for each of a file's (place, address) that leaves the site."""
    return [
        make_finding("outside", name, f"{where} loads from outside the site: {address[:120]}")
        for where, address in loads
        if leaves_site(name, address)
    ]


def find_addresses(css: str) -> Iterator[str]:
    """Every address a piece of CSS loads: url(), @import and image-set()."""
    plain = _ESCAPE.sub(lambda hit: _decode_character(hit[1]), _COMMENT.sub(" ", css))
    for pattern in (_URL, _IMPORT):
        for hit in pattern.finditer(plain):
            yield next((group for group in hit.groups() if group is not None), "")
    for hit in _IMAGE_SET.finditer(plain):
        for quoted in _STRING.finditer(hit[1]):
            yield quoted[1] if quoted[1] is not None else quoted[2]


def _decode_character(digits: str) -> str:
    code = int(digits, 16)
    return chr(code) if 0 < code < 0x110000 else "\ufffd"


def leaves_site(name: str, address: str) -> bool:
    """Whether an address in file `name` points out of the site, as a browser reads addresses."""
    plain = "".join(c for c in address if c > " ").replace("\\", "/")
    if not plain or plain.lower().startswith(_CARRIED):
        return False
    if _SCHEME.match(plain) or plain.startswith("/"):
        return True
    depth = len(PurePosixPath(name).parent.parts)
    for part in plain.split("#")[0].split("?")[0].split("/"):
        depth += -1 if part == ".." else (0 if part in {"", "."} else 1)
        if depth < 0:
            return True
    return False
