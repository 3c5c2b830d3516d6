"""Finished comparisons, kept beside the runs: a folder per key, written once, never changed.

In: a record and its files. Out: the same, found again by the keys of its two runs, which say all
that a comparison is made from. Never: a half-written entry, a comparison without a result.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from pydantic import ValidationError

from generator.comparison.record import SCHEMA, ComparisonRecord
from generator.hashing import sha256_json
from generator.records import RunRecord

RECORD = "record.json"
FILES = "files"


def comparison_key(a: RunRecord, b: RunRecord) -> str:
    """The key of a comparison: run keys hold ids, inputs, settings, program and libraries."""
    return sha256_json({"schema": SCHEMA, "a": a.key, "b": b.key})


class ComparisonStore:
    """Comparison records by key, below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "comparisons"

    def take(self, key: str, target: Path) -> ComparisonRecord | None:
        """The record of a key, its files copied to `target`; None where it is not kept whole."""
        entry = self.folder / key
        try:
            record = ComparisonRecord.model_validate_json((entry / RECORD).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None
        if any(_size(entry / FILES / file.path) != file.size for file in record.artifacts):
            return None
        shutil.copytree(entry / FILES, target, dirs_exist_ok=True)
        return record

    def keep(self, key: str, record: ComparisonRecord, files: Path) -> None:
        """Put a comparison in under its key, in one step."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".pair-", dir=self.folder.parent) as name:
            entry = Path(name) / "entry"
            shutil.copytree(files, entry / FILES)
            (entry / RECORD).write_text(record.model_dump_json(by_alias=True, indent=1))
            if (self.folder / key).exists():  # not whole, or one this version cannot read
                shutil.rmtree(self.folder / key)
            entry.rename(self.folder / key)


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None
