"""The store: finished records by key, in a folder per key that is never changed.

In: a record and a folder of files. Out: the same, found again by key.
Never: a half-written entry, a record that this version cannot read; a failed run is not kept.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from generator.hashing import sha256_json
from generator.records import Artifact, Record, RunRecord
from generator.records.comparison import SCHEMA, ComparisonRecord
from generator.records.dataset_profile import DatasetProfile

RECORD = "record.json"
FILES = "files"
Kept = TypeVar("Kept", bound=Record)


class Shelf(Generic[Kept]):
    """Records of one kind by key, below one folder."""

    def __init__(self, folder: Path, kind: type[Kept]) -> None:
        self.folder, self.kind = folder, kind

    def read(self, key: str) -> Kept | None:
        """The record of a key; None when there is none, or one this version cannot read."""
        try:
            return self.kind.model_validate_json((self.folder / key / RECORD).read_bytes())
        except (FileNotFoundError, ValidationError):
            return None

    def files(self, key: str) -> Path:
        """The folder with an entry's files."""
        return self.folder / key / FILES

    def holds(self, key: str, files: Iterable[Artifact]) -> bool:
        """Whether all these files are there in their sizes."""
        return all(_size(self.files(key) / file.path) == file.size for file in files)

    @contextmanager
    def open_scratch(self) -> Iterator[Path]:
        """An entry to build in, on the shelf's own disk; gone afterwards unless put."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".entry-", dir=self.folder.parent) as name:
            entry = Path(name) / "entry"
            (entry / FILES).mkdir(parents=True)
            yield entry

    def put(self, key: str, record: Kept, entry: Path) -> None:
        """Move a built entry in under its key, in one step."""
        (entry / RECORD).write_text(
            record.model_dump_json(by_alias=True, indent=1), encoding="utf-8"
        )
        final = self.folder / key
        if final.exists():  # the same key is the same record, or one not whole or not readable
            shutil.rmtree(final)
        entry.rename(final)


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


class ProfileStore(Shelf[DatasetProfile]):
    """Profiles by key, below one folder; their files are made anew from them."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "profiles", DatasetProfile)

    def keep(self, profile: DatasetProfile) -> None:
        """Puts a profile in under its key, in one step."""
        with self.open_scratch() as entry:
            self.put(profile.key, profile, entry)


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
        with self.open_scratch() as entry:
            shutil.copytree(files, entry / FILES, dirs_exist_ok=True)
            self.put(key, record, entry)


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None
