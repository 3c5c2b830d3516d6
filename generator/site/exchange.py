"""The one place that touches the published folder: a workplace beside it, and the exchange.

The new site takes the old one's place in one system call where the kernel has it, else in two
renames that the next start repairs. Never: a deletion of a folder that is not ours.
"""

from __future__ import annotations

import ctypes
import errno
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from generator.disk import (
    describe_fault,
    lock_folder,
    name_faults,
    remove_quietly,
    sync,
    sync_tree,
)
from generator.errors import UsageError
from generator.site.digests import MARKER, is_ours

WORKPLACE = ".attention-reports-workplace"  # a file that says a workplace is ours
_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE
_ABSENT = frozenset({errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP})


@dataclass(frozen=True)
class Workplace:
    """Folders beside the target, on the same file system: what is staged, and the new site."""

    target: Path
    folder: Path

    @property
    def staging(self) -> Path:
        """Where the builder's input lies."""
        return self.folder / "staging"

    @property
    def fresh(self) -> Path:
        """Where the new site grows until it is whole."""
        return self.folder / "site"

    def exchange(self) -> None:
        """Puts the new site, once the disk has it, in the target's place.

        The old one goes when the workplace closes.

        Raises:
            OSError: the system refuses to move a folder.
        """
        sync_tree(self.fresh)
        if not self.target.exists():
            self.fresh.rename(self.target)
        elif not swap(self.fresh, self.target):
            _rename_twice(self.fresh, self.target)
        sync(self.target.parent)


@contextmanager
def open_workplace(target: Path) -> Iterator[Workplace]:
    """An empty workplace for a target that may be replaced; removed again whatever happens.

    Raises:
        UsageError: the target, or a folder where the workplace should be, is not ours.
        MachineFault: the machine could not write there; the target is the old or the new site.
    """
    target = target.absolute()
    with name_faults("the site", target.parent):
        target.parent.mkdir(parents=True, exist_ok=True)
        with lock_folder(target.parent):
            repair(target)
            refuse_foreign(target)
            place = Workplace(target, target.with_name(f".site-{target.name}-next"))
            _clear(place.folder)
            place.folder.mkdir()
            try:
                (place.folder / WORKPLACE).touch()
                place.staging.mkdir()
                yield place
            finally:
                _close(place)


def _close(place: Workplace) -> None:
    """Removes the workplace; its sign goes last, so that the next build can clear what stays."""
    for path in sorted(place.folder.iterdir()):
        if path.name != WORKPLACE:
            remove_quietly(path)
    if not any(path.name != WORKPLACE for path in place.folder.iterdir()):
        remove_quietly(place.folder)


def _clear(folder: Path) -> None:
    """Removes what an interrupted build left; UsageError for a folder that no build made."""
    if folder.is_symlink() or (folder.exists() and not _may_clear(folder)):
        raise UsageError(f"{folder} is in the way and was not made by this program; move it away")
    if folder.exists():
        shutil.rmtree(folder)


def _may_clear(folder: Path) -> bool:
    """A build's own, by its sign; one that was killed before it could sign left nothing in it."""
    if not folder.is_dir():
        return False
    return (folder / WORKPLACE).is_file() or not any(folder.iterdir())


def refuse_foreign(target: Path) -> None:
    """Lets only a target pass that is absent, empty, or a site this program built.

    Raises:
        UsageError: it is something else.
        MachineFault: it is a mount point, which nothing can take the place of.
    """
    if target.is_mount():
        raise describe_fault("the site", errno.EBUSY, str(target))
    if target.is_symlink():
        raise UsageError(f"{target} is a symbolic link; name the folder itself")
    if target.exists() and not target.is_dir():
        raise UsageError(f"{target} is a file; name a folder for the site")
    if target.exists() and any(target.iterdir()) and not is_ours(target):
        raise UsageError(
            f"{target} is not empty and was not built by this program (it has no {MARKER}); "
            "name another folder, or empty this one yourself"
        )


def repair(target: Path) -> None:
    """Finishes or takes back an exchange by two renames that was cut off between them."""
    previous = _previous_path(target)
    if previous.is_dir() and is_ours(previous):
        if target.exists():
            shutil.rmtree(previous)
        else:
            previous.rename(target)


def swap(one: Path, other: Path) -> bool:
    """Exchanges two folders in one system call; False where the kernel cannot.

    Raises:
        OSError: the kernel can, and it failed.
    """
    if not sys.platform.startswith("linux"):
        return False
    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:
        return False
    if call(_HERE, os.fsencode(one), _HERE, os.fsencode(other), _EXCHANGE) == 0:
        return True
    code = ctypes.get_errno()
    if code in _ABSENT:
        return False
    raise OSError(code, os.strerror(code), str(other))


def _rename_twice(fresh: Path, target: Path) -> None:
    """The exchange where the kernel has none; taken back when its second half fails."""
    previous = _previous_path(target)
    target.rename(previous)
    try:
        fresh.rename(target)
    except OSError:
        previous.rename(target)
        raise
    remove_quietly(previous)


def _previous_path(target: Path) -> Path:
    return target.with_name(f".site-{target.name}-previous")
