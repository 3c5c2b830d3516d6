"""A private copy of what a run reads, so that what was digested is what was read.

In: a planned run, an empty folder. Out: the same run, its files in that folder. Each file costs one
reading, and its size on the store's disk until the run ends (nothing where the file system shares
blocks). Never: a file whose copy is not what was planned; a path outside the folder.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable
from io import BufferedRandom, BufferedReader
from pathlib import Path

from generator.build.plan import Run
from generator.errors import InputError
from generator.inputs import open_input
from generator.records import FileDigest

FICLONE = 0x40049409  # Linux: the new file shares the blocks of the old one
AT_ONCE = 1 << 20  # bytes


class Copies:
    """Copies below one folder, each under the whole path it was taken from."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def take_run(self, run: Run) -> Run:
        """The run with every path in the copy.

        Raises:
            InputError: a file is not what was planned any more.
        """
        return self.take_data(run).model_copy(
            update={
                "model_folder": self._take_below(run.model_folder, run.model_digests),
                "siblings": tuple(
                    sibling.model_copy(
                        update={"folder": self._take_below(sibling.folder, sibling.digests)}
                    )
                    for sibling in run.siblings
                ),
            }
        )

    def take_data(self, run: Run) -> Run:
        """The run with the files of its data set, labels and twins in the copy.

        Raises:
            InputError: a file is not what was planned any more.
        """
        return run.model_copy(
            update={
                "dataset_files": self._take_all(run.dataset_files, run.dataset_digests),
                "label_files": self._take_all(run.label_files, run.label_digests),
                "twin_files": self._take_all(run.twin_files, run.twin_digests),
            }
        )

    def _take_all(self, paths: Iterable[Path], planned: Iterable[FileDigest]) -> tuple[Path, ...]:
        return tuple(self._take(*pair) for pair in zip(paths, planned, strict=True))

    def _take_below(self, folder: Path, planned: Iterable[FileDigest]) -> Path:
        place = self._find_place(folder)
        place.mkdir(parents=True, exist_ok=True)
        for file in planned:
            self._take(folder / file.name, file)
        return place

    def _find_place(self, path: Path) -> Path:
        return self.folder / os.path.normpath(path).lstrip(os.sep)

    def _take(self, path: Path, planned: FileDigest) -> Path:
        copy = self._find_place(path)
        copy.parent.mkdir(parents=True, exist_ok=True)
        try:
            with open_input(path) as source, copy.open("w+b") as target:
                found = _clone(source, target) or _stream(source, target)
        except FileNotFoundError as error:
            raise InputError(f"{path} was there when the build began and is gone") from error
        if found != planned.sha256:
            raise InputError(
                f"{path} changed while the reports were built: SHA-256 {planned.sha256[:12]}… at "
                f"the start, {found[:12]}… when it was read; nothing of it was kept, build again"
            )
        return copy


def _clone(source: BufferedReader, target: BufferedRandom) -> str | None:
    """The digest of a clone that shares its blocks; None where the file system cannot."""
    try:
        fcntl.ioctl(target.fileno(), FICLONE, source.fileno())
    except OSError:
        return None
    return hashlib.file_digest(target, "sha256").hexdigest()


def _stream(source: BufferedReader, target: BufferedRandom) -> str:
    """Copy, and digest the bytes on their way."""
    digest = hashlib.sha256()
    while piece := source.read(AT_ONCE):
        digest.update(piece)
        target.write(piece)
    return digest.hexdigest()
