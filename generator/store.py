"""The store of runs: a folder per run key with its record and files.

In: a record and a folder of artifacts. Out: the same, found again by key.
Never: a half-written entry; a failed run is not kept.
"""

from __future__ import annotations

from pathlib import Path

from generator.records import RunRecord
from generator.shelf import Shelf


class Store(Shelf[RunRecord]):
    """Run records by key, below one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "runs", RunRecord)

    def has(self, key: str) -> bool:
        """Whether a readable record of this key is there, with all its files in their sizes."""
        record = self.read(key)
        return record is not None and self.holds(key, record.artifacts)

    def keep(self, record: RunRecord, entry: Path) -> None:
        """Move a built entry in under the record's key, in one step."""
        self.put(record.key, record, entry)
