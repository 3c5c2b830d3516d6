"""One entry of the store: a record, its files, and SHA256SUMS over both.

In: an entry's folder. Out: its record's bytes with every digest checked, or what is wrong with it
in one sentence. Never: a link followed, a byte used before its digest is checked.
"""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path

from generator.disk import describe_fault
from generator.errors import clip_line
from generator.hashing import sha256_bytes, sha256_file
from generator.sums import SUMS, compose_sums, digest_files, parse_sums
from generator.words import quote_text

RECORD = "record.json"
FILES = "files"
WHAT = "the store"
LONGEST_SUMS = 1 << 24
"""Bytes of SHA256SUMS that are read at most: 160,000 files."""
Stamp = tuple[tuple[str, int, int, int], ...]
_UNANSWERED = frozenset({errno.EMFILE, errno.ENFILE, errno.EIO, errno.ENOMEM, errno.ESTALE})
"""What says nothing about the entry: the machine could not look."""


class Damage(ValueError):
    """What is wrong with an entry, as the end of a sentence."""


def seal_entry(entry: Path) -> None:
    """Writes SHA256SUMS over all that the entry holds.

    Raises:
        IntegrityError: a name that a line of the list cannot hold.
        OSError: the system refuses.
    """
    paths = sorted(entry / name for name in _list_names(entry))
    (entry / SUMS).write_text(
        compose_sums(digest_files(paths, entry)), encoding="utf-8", newline="\n"
    )


def read_stamp(entry: Path) -> Stamp:
    """What tells that an entry changed since it was read; () where nobody can tell."""
    try:
        paths = (entry, *(entry / name for name in sorted(_list_names(entry))), entry / SUMS)
        found = ((path, path.lstat()) for path in paths)
        return tuple((str(path), s.st_ino, s.st_size, s.st_ctime_ns) for path, s in found)
    except (OSError, Damage):
        return ()


def read_entry(entry: Path) -> tuple[bytes, dict[str, str]]:
    """The record's bytes, and name -> digest of all files; each digest was checked.

    Raises:
        FileNotFoundError: there is no such entry.
        Damage: it is not what was kept.
        MachineFault: the machine could not look.
    """
    mode = _read_mode(entry)
    if not stat.S_ISDIR(mode):
        raise Damage(f"its entry is {_name_kind(mode)}, not a folder")
    try:
        return _read_checked(entry)
    except OSError as error:
        if error.errno in _UNANSWERED:
            raise describe_fault(WHAT, error.errno, str(entry), "read") from error
        name = Path(os.fsdecode(error.filename or entry))
        below = name.relative_to(entry).as_posix() if name.is_relative_to(entry) else SUMS
        raise Damage(f"{_show(below)} cannot be read: {error.strerror}") from error


def _read_mode(entry: Path) -> int:
    """What an entry is; FileNotFoundError where it is not, MachineFault where nobody can tell."""
    try:
        return entry.lstat().st_mode
    except FileNotFoundError:
        raise
    except OSError as error:
        raise describe_fault(WHAT, error.errno or errno.EIO, str(entry), "read") from error


def _read_checked(entry: Path) -> tuple[bytes, dict[str, str]]:
    names = set(_list_names(entry))
    digests = _read_sums(entry)
    for name in sorted(digests.keys() - names):
        raise Damage(f"{_show(name)} is missing")
    for name in sorted(names - digests.keys()):
        raise Damage(f"{_show(name)} is not in its {SUMS}")
    record = (entry / RECORD).read_bytes()
    _check(RECORD, sha256_bytes(record), digests)
    for name in digests:
        if name != RECORD:
            _check(name, sha256_file(entry / name), digests)
    return record, digests


def _check(name: str, found: str, digests: Mapping[str, str]) -> None:
    if digests[name] != found:
        raise Damage(f"{_show(name)} is not what its digest says")


def _read_sums(entry: Path) -> dict[str, str]:
    path = entry / SUMS
    if not path.is_file():
        raise Damage(f"it has no {SUMS}, as those of older versions")
    if path.stat().st_size > LONGEST_SUMS:
        raise Damage(f"its {SUMS} is too long")
    try:
        digests = parse_sums(path.read_bytes().decode())
    except ValueError as error:
        raise Damage(f"its {SUMS} cannot be read") from error
    if RECORD not in digests:
        raise Damage(f"its {SUMS} does not list {RECORD}")
    return digests


def _list_names(entry: Path) -> Iterator[str]:
    """Every file of an entry but its list, by its name below it.

    Raises:
        Damage: something in it is neither a file nor a folder.
    """
    waiting = [entry]
    while waiting:
        with os.scandir(waiting.pop()) as found:
            for each in found:
                path = Path(each.path)
                name = path.relative_to(entry).as_posix()
                if each.is_dir(follow_symlinks=False):
                    waiting.append(path)
                elif not each.is_file(follow_symlinks=False):
                    raise Damage(f"{_show(name)} is {_name_kind(path.lstat().st_mode)}")
                elif name != SUMS:
                    yield name


def _name_kind(mode: int) -> str:
    if stat.S_ISLNK(mode):
        return "a symbolic link"
    return "a file" if stat.S_ISREG(mode) else "no plain file"


def _show(name: str) -> str:
    return clip_line(name if name.isprintable() else quote_text(name), 120)
