"""Writes what makes a folder of ours recognisable and checkable: the marker and SHA256SUMS.

Never: a file left out of the sums but the sums themselves.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from generator.hashing import canonical_json, sha256_json
from generator.site.builder import describe_builder
from generator.site.contents import SiteContents
from generator.sums import SUMS, compose_sums, digest_files

MARKER = "attention-reports.json"
MARKER_SCHEMA = "attention-reports/site/2"
OWN = "sha256"


def write_marker(contents: SiteContents, folder: Path) -> None:
    """Writes the marker over all that was drawn into `folder`, before the runs' files come.

    Raises:
        IntegrityError: a name that a line of a list cannot hold.
    """
    drawn = (p for p in list_files(folder) if p not in (folder / SUMS, folder / MARKER))
    files = digest_files(drawn, folder)
    (folder / MARKER).write_bytes(encode_marker(make_marker(contents, describe_builder(), files)))


def make_marker(
    contents: SiteContents, builder: Mapping[str, str], files: Mapping[str, str]
) -> dict[str, Any]:
    """What the site is, what it shows in which order, what drew it, and each drawn file's digest.

    Files of runs are not among them: the record beside each page lists those.
    """
    return {
        "schema": MARKER_SCHEMA,
        "site": contents.site.model_dump(mode="json"),
        "runs": [{"id": r.id, "key": r.key, "state": r.state} for r in contents.runs],
        "comparisons": [record.id for record in contents.comparisons],
        "datasets": [profile.id for profile in contents.profiles],
        "builder": dict(builder),
        "files": dict(files),
    }


def encode_marker(marker: Mapping[str, Any]) -> bytes:
    """The marker in canonical JSON, with its own digest, so that a slip in it is found as its."""
    plain = {key: value for key, value in marker.items() if key != OWN}
    return canonical_json({**plain, OWN: sha256_json(plain)}) + b"\n"


def list_files(folder: Path) -> list[Path]:
    """Every file below a folder, sorted."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


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
    paths = (path for path in list_files(folder) if path != folder / SUMS)
    text = compose_sums(digest_files(paths, folder))
    (folder / SUMS).write_text(text, encoding="utf-8", newline="\n")
