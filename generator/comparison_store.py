"""Finished comparisons, kept beside the runs: a folder per key, written once, never changed.

In: a record and its files. Out: the same, found again by the keys of its two runs, which say all
that a comparison is made from. Never: a half-written entry, a comparison without a result.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from generator.comparison.record import SCHEMA, ComparisonRecord
from generator.hashing import sha256_json
from generator.records import RunRecord
from generator.shelf import FILES, Shelf


def comparison_key(a: RunRecord, b: RunRecord) -> str:
    """The key of a comparison: run keys hold ids, inputs, settings, program and libraries."""
    return sha256_json({"schema": SCHEMA, "a": a.key, "b": b.key})


class ComparisonStore(Shelf[ComparisonRecord]):
    """Comparison records by key, below one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "comparisons", ComparisonRecord)

    def take(self, key: str, target: Path) -> ComparisonRecord | None:
        """The record of a key, its files copied to `target`; None where it is not kept whole."""
        record = self.read(key)
        if record is None or not self.holds(key, record.artifacts):
            return None
        shutil.copytree(self.files(key), target, dirs_exist_ok=True)
        return record

    def keep(self, key: str, record: ComparisonRecord, files: Path) -> None:
        """Put a comparison in under its key, in one step."""
        with self.scratch() as entry:
            shutil.copytree(files, entry / FILES, dirs_exist_ok=True)
            self.put(key, record, entry)
