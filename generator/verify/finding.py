"""One thing that is wrong with a site."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.errors import LONGEST_LINE, clip_line
from generator.records import Record

Kind = Literal["missing", "changed", "extra", "sums", "outside", "link", "policy", "script"]

SHORTEST = 120
"""A message keeps so many characters, however long the name of its file is."""


class Finding(Record):
    """What is wrong, in which file (below the site's folder), in one sentence."""

    kind: Kind
    file: str
    message: str


@dataclass(frozen=True)
class Examination:
    """What came of looking at a site: what is wrong, and what could not be told."""

    findings: tuple[Finding, ...] = ()
    notes: tuple[str, ...] = ()


def make_finding(kind: Kind, file: str, message: str) -> Finding:
    """The finding: what is wrong with a file, in one sentence that leaves room for both names."""
    room = LONGEST_LINE - len(f"{kind}: {file}: ")
    return Finding(kind=kind, file=file, message=clip_line(message, max(room, SHORTEST)))
