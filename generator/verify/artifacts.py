"""The files of each report against the digests in its own provenance.json.

In: a site. Out: findings for files that are gone or are not what the run left. Who rewrites
SHA256SUMS to hide a change must rewrite these lists too. Never: a path followed out of a report.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from generator.hashing import sha256_file
from generator.records import Artifact
from generator.verify.finding import Finding, make_finding
from generator.verify.sums import leads_outside

PROVENANCE = "provenance.json"
_LISTED = TypeAdapter(tuple[Artifact, ...])


def check_artifacts(root: Path) -> list[Finding]:
    """Every difference between files and the `provenance.json` of their report or comparison."""
    folders = ("reports", "compare")
    lists = sorted(path for name in folders for path in root.glob(f"{name}/*/{PROVENANCE}"))
    return [finding for path in lists for finding in _check_files(root, path)]


def _check_files(root: Path, path: Path) -> Iterator[Finding]:
    folder = path.parent.relative_to(root).as_posix()
    artifacts = _read_list(path)
    if artifacts is None:
        yield make_finding(
            "changed", f"{folder}/{PROVENANCE}", "holds no list of the report's files"
        )
    for artifact in artifacts or ():
        name, file = f"{folder}/{artifact.path}", path.parent / artifact.path
        if leads_outside(artifact.path):
            yield make_finding(
                "changed", f"{folder}/{PROVENANCE}", f"names {artifact.path} outside it"
            )
        elif not file.is_file() or file.is_symlink():
            yield make_finding("missing", name, f"is listed in {PROVENANCE} but not there")
        elif file.stat().st_size != artifact.size or sha256_file(file) != artifact.sha256:
            yield make_finding("changed", name, f"is not what {PROVENANCE} says the run left")


def _read_list(path: Path) -> tuple[Artifact, ...] | None:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        return _LISTED.validate_python(record.get("artifacts", []))
    except (OSError, ValueError, ValidationError, AttributeError):
        return None
