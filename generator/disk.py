"""What a build asks of the machine's disks: writes that last, folders held alone, faults named.

In: paths, and exceptions of any library. Out: bytes that survive a power cut, and MachineFault in
one line: what, where, why, what to do. Never: a fault of the machine told as a failed report or as
our bug, or an input that cannot be read told as a fault of the machine.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from generator.errors import MachineFault, UsageError, clip_line

SURE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EMFILE, errno.ENFILE, errno.EFBIG})
"""Faults of the machine wherever they are met: no input of a manifest can bring them about."""
ESCAPED = SURE | {
    *(errno.EIO, errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV, errno.ENOTDIR),
    *(errno.EEXIST, errno.EISDIR, errno.ENOTEMPTY, errno.ENXIO, errno.ENODEV, errno.ESTALE),
    *(errno.ELOOP, errno.ENAMETOOLONG),
}
"""Faults of the machine where they are met outside of any input."""
_ROOM = "make room there and run it again"
_RIGHTS = "let this program write there, or name another place"
_MOUNT = "name a folder below that mount point, or one on the same disk"
_IN_THE_WAY = "something else lies there; move it away or name another place"
_OPEN = "close other programs or raise the limit (ulimit -n), then run it again"
ADVICE = {
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT), _ROOM),
    **dict.fromkeys((errno.EROFS, errno.EACCES, errno.EPERM), _RIGHTS),
    **dict.fromkeys((errno.EBUSY, errno.EXDEV), _MOUNT),
    **dict.fromkeys((errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ENOTEMPTY), _IN_THE_WAY),
    **dict.fromkeys((errno.EMFILE, errno.ENFILE), _OPEN),
    errno.EFBIG: "raise the limit of a file's size (ulimit -f), then run it again",
    errno.EIO: "look at that disk and the system's log, then run it again",
}
_OTHER = "look at that place, then run it again"
_NO_LOCKS = frozenset({errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOLCK, errno.ENOSYS, errno.EINVAL})
_NO_SYNC = frozenset({errno.EINVAL, errno.ENOTSUP})
_IN_WORDS = re.compile(r"\(os error (\d+)\)|^\w*Error: \[Errno (\d+)\]", re.MULTILINE)
_ERRNO = re.compile(r"\[Errno (\d+)\]")
_NO_TEMPORARY = "No usable temporary"


@contextmanager
def name_faults(what: str, place: Path) -> Iterator[None]:
    """Faults of the machine are raised as such: sure ones, and any met at or below `place`.

    Raises:
        MachineFault: one happened; its line begins with `what` could not be written.
    """
    try:
        yield
    except Exception as error:
        fault = find_fault(error, what, place)
        if fault is None:
            raise
        raise fault from error


def find_fault(error: BaseException, what: str, place: Path | None = None) -> MachineFault | None:
    """The fault of the machine behind an error of any library; None where there is none."""
    if isinstance(error, MachineFault):
        return error
    sure = SURE if isinstance(error, UsageError) or place is not None else ESCAPED
    for link in _follow_causes(error):
        code = _read_errno(link)
        if code and (code in sure or _lies_below(link, place, code)):
            act = "written" if place else "read or written"
            return describe_fault(what, code, _name_place(link, place), act)
        if isinstance(link, OSError) and _NO_TEMPORARY in str(link):
            return MachineFault(
                f"{what} could not be written: there is no usable temporary folder; "
                "name one that has room with TMPDIR"
            )
    return None


def describe_fault(what: str, code: int, place: str, act: str = "written") -> MachineFault:
    """The one line of a fault: what could not be done, where, why, and what to do next."""
    where = f"{place}: " if place else ""
    advice = ADVICE.get(code, _OTHER)
    return MachineFault(
        clip_line(f"{what} could not be {act}: {where}{os.strerror(code)}; {advice}")
    )


def _follow_causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen:
        seen.add(id(link))
        yield link
        if isinstance(link, shutil.Error):
            yield from _split_copy_error(link)
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)


def _split_copy_error(error: shutil.Error) -> Iterator[OSError]:
    """The errors of single files: a copied tree tells them as text, without their numbers."""
    told = error.args[0] if error.args and isinstance(error.args[0], list) else []
    for _, copy, words in told:
        found = _ERRNO.match(str(words))
        if found:
            yield OSError(int(found[1]), str(words), str(copy))


def _read_errno(error: BaseException) -> int | None:
    """The system's number of an error; libraries in Rust tell it in their text alone."""
    if isinstance(error, OSError) and error.errno:
        return error.errno
    if isinstance(error, UsageError):
        return None  # its words may come from an input
    found = _IN_WORDS.search(str(error))
    return int(found[1] or found[2]) if found else None


def _lies_below(error: BaseException, place: Path | None, code: int) -> bool:
    if place is None or not isinstance(error, OSError):
        return False
    given = (error.filename, error.filename2)
    names = [Path(os.fsdecode(name)) for name in given if isinstance(name, (str, bytes))]
    if not names:
        return code == errno.EIO
    root = Path(os.path.abspath(place))  # noqa: PTH100 - links stay as they were named
    return any(Path(os.path.abspath(name)).is_relative_to(root) for name in names)  # noqa: PTH100


def _name_place(error: BaseException, place: Path | None) -> str:
    name = (error.filename2 or error.filename) if isinstance(error, OSError) else None
    return os.fsdecode(name) if isinstance(name, (str, bytes)) else str(place or "")


def check_temporary_folder() -> None:
    """Makes sure that temporary files can be written, before work that needs them.

    Raises:
        MachineFault: there is no such folder.
    """
    with name_faults("temporary files", Path(tempfile.tempdir or "/")):
        tempfile.gettempdir()


def check_writable(folder: Path, what: str) -> None:
    """Makes sure that a folder, or the nearest one above it that is there, takes new files.

    Raises:
        MachineFault: it does not.
    """
    there = folder.absolute()
    while not os.path.lexists(there):
        there = there.parent
    if not there.is_dir():
        raise describe_fault(what, errno.ENOTDIR, str(there))
    if not os.access(there, os.W_OK | os.X_OK):
        raise describe_fault(what, errno.EACCES, str(there))


def replace_file(path: Path, text: str) -> None:
    """Writes a file beside its place and moves it in: the old or the new one, whole, at any time.

    Raises:
        OSError: the system refuses.
    """
    beside = path.with_name(f".{path.name}-next")
    beside.write_text(text, encoding="utf-8")
    sync(beside)
    beside.replace(path)
    sync(path.parent)


def sync_tree(root: Path) -> None:
    """Puts every file and folder of a tree on the disk itself, the innermost first.

    Raises:
        OSError: the disk did not take it.
    """
    for folder, _, names in os.walk(root, topdown=False):
        for name in names:
            sync(Path(folder, name))
        sync(Path(folder))


def sync(path: Path) -> None:
    """Puts one file, or a folder's list of names, on the disk itself, where the system can.

    Raises:
        OSError: the disk did not take it.
    """
    if sys.platform == "win32":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_SYNC:
            raise
    finally:
        os.close(handle)


@contextmanager
def lock_folder(folder: Path, *, wait: bool = True) -> Iterator[bool]:
    """Holds a folder against other builds; a killed one holds nothing any more.

    Yields:
        Whether it may be used: True after waiting; without waiting False where another build holds
        it, or where the system cannot lock.

    Raises:
        OSError: the folder cannot be opened.
    """
    if sys.platform == "win32":
        yield wait
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        yield _lock(handle, wait)
    finally:
        os.close(handle)


def _lock(handle: int, wait: bool) -> bool:
    import fcntl

    try:
        fcntl.flock(handle, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
    except BlockingIOError:
        return False
    except OSError as error:
        if error.errno not in _NO_LOCKS:
            raise
        return wait
    return True


def remove_quietly(path: Path) -> None:
    """Removes a file, a link or a folder; what the system will not let go stays for later."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()
