"""One thing that is wrong with a site."""

from __future__ import annotations

from typing import Literal

from generator.records import Record

Kind = Literal["missing", "changed", "extra", "sums", "outside", "link", "policy", "script"]


class Finding(Record):
    """What is wrong, in which file (below the site's folder), in one sentence."""

    kind: Kind
    file: str
    message: str


def make_finding(kind: Kind, file: str, message: str) -> Finding:
    """The finding: what is wrong with a file, in one sentence."""
    return Finding(kind=kind, file=file, message=message)
