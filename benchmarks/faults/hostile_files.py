"""What may lie where a file should: nothing, no file, another file, or a part of one.

In: the path of a good file and a seeded generator. Out: the same path, spoilt.
Never: a link followed and what is behind it changed.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import os
import pickle
import shutil
import socket
import zipfile
from collections.abc import Callable
from pathlib import Path
from random import Random

Spoil = Callable[[Path, Random], None]


def _replace(make: Callable[[Path], object]) -> Spoil:
    def spoil(path: Path, _random: Random) -> None:
        path.unlink()
        make(path)

    return spoil


def _rewrite(change: Callable[[bytes, Random], bytes]) -> Spoil:
    return lambda path, random: path.write_bytes(change(path.read_bytes(), random)) and None


def _fill(data: bytes) -> Spoil:
    return _rewrite(lambda _, __: data)


def _link_to_pipe(path: Path) -> None:
    os.mkfifo(path.with_name("pipe"))
    path.symlink_to("pipe")


def _bind_socket(path: Path) -> None:
    # an address of a socket may hold a hundred characters, so it is bound by its bare name
    with contextlib.chdir(path.parent), socket.socket(socket.AF_UNIX) as server:
        server.bind(path.name)


def _flip_byte(data: bytes, random: Random) -> bytes:
    at = random.randrange(len(data))
    return data[:at] + bytes([data[at] ^ (1 << random.randrange(8))]) + data[at + 1 :]


def _zip(data: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("archive/version", "3")
        archive.writestr("archive/data/0", data[:64])
    return held.getvalue()


PAGE = b"<!doctype html>\n<html><body><h1>404: not found</h1></body></html>\n"
POINTER = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n"
NO_FILES: dict[str, Spoil] = {
    "missing": _replace(lambda _: None),
    "a pipe": _replace(os.mkfifo),
    "a link to a pipe": _replace(_link_to_pipe),
    "a link to /dev/zero": _replace(lambda path: path.symlink_to("/dev/zero")),
    "a link to /dev/null": _replace(lambda path: path.symlink_to("/dev/null")),
    "a link to /dev/tty": _replace(lambda path: path.symlink_to("/dev/tty")),
    "a link to /dev/stdin": _replace(lambda path: path.symlink_to("/dev/stdin")),
    "a socket": _replace(_bind_socket),
    "a folder": _replace(Path.mkdir),
    "a link to a folder": _replace(lambda path: path.symlink_to(path.parent)),
    "a link to nothing": _replace(lambda path: path.symlink_to("nothing-there")),
    "a link to itself": _replace(lambda path: path.symlink_to(path.name)),
}
"""Nothing that can be read as a file: each must be refused."""

OTHER_BYTES: dict[str, Spoil] = {
    "empty": _fill(b""),
    "blank": _fill(b" \n" * 50),
    "one byte": _rewrite(lambda data, _: data[:1]),
    "random bytes": _rewrite(lambda _, random: random.randbytes(2000)),
    "zero bytes": _fill(bytes(2000)),
    "bytes of ones": _fill(b"\xff" * 2000),
    "a web page": _fill(PAGE),
    "a pointer of Git LFS": _fill(POINTER),
    "a zip": _rewrite(lambda data, _: _zip(data)),
    "a pickle": _rewrite(lambda data, _: pickle.dumps({"weights": data[:64]})),
    "a picture": _rewrite(lambda data, _: b"\x89PNG\r\n\x1a\n" + data),
    "one long line": _fill(b"x" * 400_000),
    "deep nesting": _fill(b"[" * 100_000),
    "deep mappings": _fill(b'{"a":' * 20_000 + b"1" + b"}" * 20_000),
    "a number": _fill(b"17\n"),
    "a list": _fill(b"[1, 2, 3]\n"),
    "nothing in JSON": _fill(b"null\n"),
    "UTF-16": _rewrite(lambda data, _: data.decode("latin-1").encode("utf-16")),
}
"""Bytes of another kind: each must be refused."""

PARTS: dict[str, Spoil] = {
    "gzip": _rewrite(lambda data, _: gzip.compress(data)),
    "cut in the middle": _rewrite(lambda data, _: data[: len(data) // 2]),
    "cut somewhere": _rewrite(lambda data, random: data[: random.randrange(1, len(data))]),
    "the last byte gone": _rewrite(lambda data, _: data[:-1]),
    "its first half zeros": _rewrite(
        lambda data, _: bytes(len(data) // 2) + data[len(data) // 2 :]
    ),
    "a byte order mark": _rewrite(lambda data, _: b"\xef\xbb\xbf" + data),
    "a flipped bit": _rewrite(_flip_byte),
    "bytes added": _rewrite(lambda data, random: data + random.randbytes(64)),
    "twice": _rewrite(lambda data, _: data + data),
    "a zero byte inside": _rewrite(lambda data, _: data[:40] + b"\0" + data[40:]),
    "Latin-1": _rewrite(lambda data, _: data.replace(b"heat", b"w\xe4rme")),
    "lines ended by CR": _rewrite(lambda data, _: data.replace(b"\n", b"\r")),
}
"""Changes that may leave a file readable: it is refused, or read; nothing else may happen."""


def copy_project(base: Path, folder: Path) -> None:
    """A project of its own for one case."""
    shutil.copytree(base, folder)
