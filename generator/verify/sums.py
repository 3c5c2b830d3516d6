"""The files of a site against its SHA256SUMS: missing, changed, and extra ones.

The list is read as `sha256sum` writes it. Never: a path followed out of the site.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from generator.hashing import sha256_file
from generator.verify.finding import Finding, make_finding

SUMS = "SHA256SUMS"
GONE = "the list of digests is missing; name the folder that 'build' wrote, the one with index.html"
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


def check_sums(root: Path) -> list[Finding]:
    """Every difference between the folder and its list."""
    sums = root / SUMS
    if not sums.is_file() or sums.is_symlink():
        return [make_finding("sums", SUMS, GONE)]
    try:
        text = sums.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return [make_finding("sums", SUMS, "the list of digests is not UTF-8")]
    digests: dict[str, str] = {}
    findings = list(_read(text, digests))
    return findings + list(_compare(root, digests))


def _read(text: str, digests: dict[str, str]) -> Iterator[Finding]:
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.fullmatch(line)
        if match is None:
            yield make_finding("sums", SUMS, f"line {number} is not '<digest>  <file>'")
        elif leads_outside(match[2]) or match[2] == SUMS:
            yield make_finding(
                "sums", SUMS, f"line {number} names a file outside the site: {match[2]}"
            )
        elif match[2] in digests:
            yield make_finding("sums", SUMS, f"line {number} lists {match[2]} a second time")
        else:
            digests[match[2]] = match[1]


def leads_outside(name: str) -> bool:
    """Whether a file that a list names lies outside the folder of that list."""
    path = PurePosixPath(name)
    return path.is_absolute() or ".." in path.parts or "\\" in name


def _compare(root: Path, digests: dict[str, str]) -> Iterator[Finding]:
    there = {p.relative_to(root).as_posix(): p for p in root.rglob("*") if _is_entry(p)}
    there.pop(SUMS, None)
    for name, digest in digests.items():
        path = there.get(name)
        if path is None:
            yield make_finding("missing", name, "is listed but not there")
        elif path.is_symlink():
            yield make_finding("changed", name, "is a symbolic link, not a file")
        elif sha256_file(path) != digest:
            yield make_finding("changed", name, "is not what its digest says")
    for name in there.keys() - digests.keys():
        yield make_finding("extra", name, "is there but not listed")


def _is_entry(path: Path) -> bool:
    return path.is_symlink() or not path.is_dir()
