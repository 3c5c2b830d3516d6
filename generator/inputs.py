"""Opens what a manifest or a command line names: a file, and nothing that only looks like one.

In: a path. Out: its bytes, or a stream of them. Never: a pipe, a device, a socket or a folder
opened, which would wait or run for ever; not even where one takes a file's place meanwhile.
"""

from __future__ import annotations

import os
import stat
from io import BufferedReader
from pathlib import Path

from generator.errors import InputError

KINDS = {
    stat.S_IFIFO: "a pipe",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
    stat.S_IFDIR: "a folder",
}
_CAREFULLY = os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC


def find_kind(mode: int) -> str:
    """What stands at a path instead of a file, by its mode; '' for a file."""
    return "" if stat.S_ISREG(mode) else KINDS.get(stat.S_IFMT(mode), "no file")


def find_obstacle(path: Path) -> str:
    """What stands where a file is to be written and is none, a link too; '' for a file or nothing.

    Raises:
        OSError: the path cannot be looked at.
    """
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return ""
    return "a link" if stat.S_ISLNK(mode) else find_kind(mode)


def require_file(path: Path) -> None:
    """Nothing, where a file can be opened at the path by whoever opens it by name.

    Raises:
        FileNotFoundError: nothing is there.
        InputError: it is no file, or cannot be looked at.
    """
    try:
        kind = find_kind(path.stat().st_mode)
    except FileNotFoundError:
        raise
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if kind:
        raise InputError(f"{path}: is {kind}, not a file; put a file there")


def open_input(path: Path) -> BufferedReader:
    """A file's bytes as a stream; never waits for whoever writes the other end of a pipe.

    Raises:
        FileNotFoundError: nothing is there.
        InputError: it is no file, or cannot be opened.
    """
    require_file(path)
    try:
        stream = os.fdopen(os.open(path, _CAREFULLY), "rb")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    kind = find_kind(os.fstat(stream.fileno()).st_mode)
    if kind:
        stream.close()
        raise InputError(f"{path}: is {kind}, not a file; put a file there")
    return stream


def read_input(path: Path, most: int) -> bytes:
    """A small file's bytes.

    Raises:
        FileNotFoundError: nothing is there.
        InputError: it is no file, cannot be read, or holds more than `most` bytes.
    """
    with open_input(path) as stream:
        try:
            found = stream.read(most + 1)
        except OSError as error:
            raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    if len(found) > most:
        raise InputError(f"{path}: holds more than {most:,} bytes; a file of this kind is smaller")
    return found
