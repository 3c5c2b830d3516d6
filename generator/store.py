"""The store: a folder per run key with its record and files, written once, never changed.

In: a record and a folder of artifacts. Out: the same, found again by key.
Never: a half-written entry; a failed run is not kept.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from generator.records import RunRecord

RECORD = "record.json"
FILES = "files"


class Store:
    """Run records by key, below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "runs"

    def has(self, key: str) -> bool:
        """Whether a readable record of this key is there, with all its files in their sizes."""
        record = self.read(key)
        return record is not None and all(
            self._size(key, artifact.path) == artifact.size for artifact in record.artifacts
        )

    def _size(self, key: str, path: str) -> int | None:
        file = self.files(key) / path
        return file.stat().st_size if file.is_file() else None

    def read(self, key: str) -> RunRecord | None:
        """The record of a key; None when there is none, or one this version cannot read."""
        try:
            text = (self.folder / key / RECORD).read_bytes()
            return RunRecord.model_validate_json(text)
        except (FileNotFoundError, ValidationError):
            return None

    def files(self, key: str) -> Path:
        """The folder with a run's artifacts."""
        return self.folder / key / FILES

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """An entry to build in, on the store's own disk; gone afterwards unless kept."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix=".run-", dir=self.folder.parent) as name:
            entry = Path(name) / "entry"
            (entry / FILES).mkdir(parents=True)
            yield entry

    def keep(self, record: RunRecord, entry: Path) -> None:
        """Move a built entry in under the record's key, in one step."""
        (entry / RECORD).write_text(record.model_dump_json(by_alias=True, indent=1))
        final = self.folder / record.key
        if final.exists():  # the same key is the same record, or one this version cannot read
            shutil.rmtree(final)
        entry.rename(final)
