"""A shelf of finished records: a folder per key with a record and its files, never changed.

In: a record and a folder of files. Out: the same, found again by key.
Never: a half-written entry, a record that this version cannot read.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import ValidationError

from generator.records import Artifact, Record

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
    def scratch(self) -> Iterator[Path]:
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


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None
