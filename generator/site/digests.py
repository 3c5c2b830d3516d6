"""Writes what makes a folder of ours recognisable and checkable: the marker and SHA256SUMS.

Never: a file left out of the sums but the sums themselves.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from generator.hashing import canonical_json
from generator.records import RunRecord, SiteInfo
from generator.sums import SUMS, compose_sums, digest_files

MARKER = "attention-reports.json"
MARKER_SCHEMA = "attention-reports/site/1"


def write_marker(site: SiteInfo, records: Sequence[RunRecord], folder: Path) -> None:
    """Writes the marker: what the site is, and which runs it shows."""
    runs = [{"id": record.id, "key": record.key, "state": record.state} for record in records]
    about = json.loads(site.model_dump_json())
    marker = {"schema": MARKER_SCHEMA, "site": about, "runs": runs}
    (folder / MARKER).write_bytes(canonical_json(marker) + b"\n")


def is_ours(folder: Path) -> bool:
    """Whether a folder carries the marker of a site this program built."""
    try:
        marker = json.loads((folder / MARKER).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(marker, dict) and str(marker.get("schema", "")).startswith(
        "attention-reports/site/"
    )


def write_sums(folder: Path) -> None:
    """Writes SHA256SUMS over every other file, in the order of their names, for `sha256sum -c`.

    Raises:
        IntegrityError: a name that a line of the list cannot hold.
    """
    paths = sorted(p for p in folder.rglob("*") if p.is_file() and p != folder / SUMS)
    text = compose_sums(digest_files(paths, folder))
    (folder / SUMS).write_text(text, encoding="utf-8", newline="\n")
