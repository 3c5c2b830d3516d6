"""Folders to build entries in: held while their build lives, removed when it does not.

In: the store's folder. Out: a scratch folder on its disk. Never: the scratch folder of a build that
still runs removed, a killed build's left for ever.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from generator.disk import lock_folder, remove_quietly

PREFIX = ".entry-"


@contextmanager
def open_scratch(folder: Path) -> Iterator[Path]:
    """A new scratch folder, held by this process; gone afterwards.

    Raises:
        OSError: the system refuses to make it.
    """
    with ExitStack() as stack:
        path = _make_held(folder, stack)
        try:
            yield path
        finally:
            shutil.rmtree(path, ignore_errors=True)  # the next build sweeps what stays


def _make_held(folder: Path, stack: ExitStack) -> Path:
    """A folder that is held; one that another build swept before it was held is made again."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
        with suppress(FileNotFoundError):
            stack.enter_context(lock_folder(path))
            if path.exists():
                return path


def sweep(folder: Path) -> None:
    """Removes the scratch folders that killed builds left; where it may not, they stay."""
    for path in sorted(folder.glob(f"{PREFIX}*")):
        with suppress(OSError), lock_folder(path, wait=False) as ours:
            if ours and not path.is_symlink():
                remove_quietly(path)
