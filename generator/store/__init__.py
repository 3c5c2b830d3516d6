"""The store: finished records by key, in a folder per key that is never changed.

In: a record and a folder of files. Out: the same, found again by key, each digest checked.
Never: a half-written or damaged entry, a record that this version cannot read; a failed run is not
kept.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

from generator.hashing import sha256_json
from generator.records import Artifact, RunRecord
from generator.records.comparison import SCHEMA, ComparisonRecord, SideRecord
from generator.records.dataset_profile import DatasetProfile
from generator.store.entry import FILES
from generator.store.shelf import Shelf

__all__ = ["ComparisonStore", "ProfileStore", "Shelf", "Store", "comparison_key"]


class Store(Shelf[RunRecord]):
    """Run records by key, below one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "runs", RunRecord)

    def key_of(self, record: RunRecord) -> str:
        """The run's own."""
        return record.key

    def artifacts_of(self, record: RunRecord) -> Iterable[Artifact]:
        """The report's files."""
        return record.artifacts

    def has(self, key: str) -> bool:
        """Whether a readable record of this key is there, with all its files whole."""
        return self.read(key) is not None

    def keep(self, record: RunRecord, entry: Path) -> None:
        """Move a built entry in under the record's key, in one step."""
        self.put(record.key, record, entry)


class ProfileStore(Shelf[DatasetProfile]):
    """Profiles by key, below one folder; their files are made anew from them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "profiles", DatasetProfile)

    def key_of(self, record: DatasetProfile) -> str:
        """The profile's own."""
        return record.key

    def keep(self, profile: DatasetProfile) -> None:
        """Puts a profile in under its key, in one step."""
        with self.open_scratch() as entry:
            self.put(profile.key, profile, entry)


def comparison_key(a: RunRecord | SideRecord, b: RunRecord | SideRecord) -> str:
    """The key of a comparison: run keys hold ids, inputs, settings, program and libraries."""
    return sha256_json({"schema": SCHEMA, "a": a.key, "b": b.key})


class ComparisonStore(Shelf[ComparisonRecord]):
    """Comparison records by key, below one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "comparisons", ComparisonRecord)

    def key_of(self, record: ComparisonRecord) -> str:
        """That of its two sides."""
        return comparison_key(record.a, record.b)

    def artifacts_of(self, record: ComparisonRecord) -> Iterable[Artifact]:
        """The comparison's files."""
        return record.artifacts

    def take(self, key: str, target: Path) -> ComparisonRecord | None:
        """The record of a key, its files copied to `target`; None where it is not kept whole."""
        record = self.read(key)
        if record is not None:
            shutil.copytree(self.files(key), target, dirs_exist_ok=True)
        return record

    def keep(self, key: str, record: ComparisonRecord, files: Path) -> None:
        """Put a comparison in under its key, in one step."""
        with self.open_scratch() as entry:
            shutil.copytree(files, entry / FILES, dirs_exist_ok=True)
            self.put(key, record, entry)
