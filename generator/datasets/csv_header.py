"""The first line of a table of text: its columns, or why it is none that is read.

In: a file, plain or compressed by gzip. Out: names. Never: more than a megabyte of it in memory; a
separator, an encoding or a name guessed; two columns of one name.
"""

from __future__ import annotations

import csv
import gzip
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from generator.errors import InputError
from generator.inputs import open_input
from generator.words import join_names, quote_text

LONGEST = 1 << 20  # bytes of a line
HOW = "docs/data-files.md shows how to bring it into that form"
_GZIP = b"\x1f\x8b"
_OTHERS = {b"PAR1": "a Parquet file", b"PK\x03\x04": "a zip file or a workbook"}
_WIDE = (b"\xff\xfe", b"\xfe\xff")
_MARKS = {";": "semicolons", "\t": "tabs", "|": "bars"}


def read_header(path: Path) -> tuple[str, ...]:
    """The names of the columns.

    Raises:
        InputError: no text in UTF-8, no line of names, other separators, a name that stands twice.
    """
    with open_text(path) as stream:
        line = stream.readline(LONGEST + 1)
        while line.count(b'"') % 2 and len(line) <= LONGEST and (more := stream.readline(LONGEST)):
            line += more  # a name in quotes may run over lines
    text = decode_line(path, line, 1)
    try:
        names = next(csv.reader(text.splitlines(keepends=True)), [])
    except csv.Error as error:
        longest = csv.field_size_limit()
        raise InputError(f"{path.name} line 1: a name is longer than {longest:,} bytes") from error
    if not names:
        raise InputError(f"{path.name}: its first line is empty; the names of the columns go there")
    _refuse_separators(path, names)
    _refuse_repeats(path, names)
    return tuple(names)


@contextmanager
def open_text(path: Path) -> Iterator[BinaryIO]:
    """The bytes of a text, unpacked; InputError where it is no text, or is damaged."""
    with open_input(path) as raw:
        head = raw.peek(4)[:4]
        _refuse_others(path, head)
        packed = head.startswith(_GZIP)
        try:
            yield cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if packed else raw
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise InputError(f"{path.name}: is cut off or damaged; fetch it again") from error


def decode_line(path: Path, line: bytes, number: int) -> str:
    """A line as text; InputError where it is too long or not UTF-8."""
    if len(line) > LONGEST:
        raise InputError(
            f"{path.name} line {number:,}: longer than {LONGEST:,} bytes, so no line of a table"
        )
    try:
        return line.decode("utf-8-sig" if number == 1 else "utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path.name} line {number:,}: not UTF-8 (byte 0x{line[error.start]:02x} at place "
            f"{error.start + 1:,}); save it as UTF-8"
        ) from error


def _refuse_others(path: Path, head: bytes) -> None:
    if not head:
        raise InputError(f"{path.name}: is empty; no rows, and no names of columns")
    if head.startswith(_WIDE):
        raise InputError(f"{path.name}: is UTF-16; save it as UTF-8, or {HOW}")
    for start, kind in _OTHERS.items():
        if head.startswith(start):
            raise InputError(f"{path.name}: is {kind}, not the text its name says")


def _refuse_separators(path: Path, names: Sequence[str]) -> None:
    for mark, words in _MARKS.items():
        if len(names) == 1 and mark in names[0]:
            raise InputError(
                f"{path.name}: its columns stand apart by {words}, and only commas are read; {HOW}"
            )


def _refuse_repeats(path: Path, names: Sequence[str]) -> None:
    counts = Counter(name for name in names if name)
    twice = next((name for name, count in counts.items() if count > 1), None)
    if twice is not None:
        places = [str(at) for at, name in enumerate(names, 1) if name == twice]
        raise InputError(
            f"{path.name}: columns {join_names(places[:5])} have one name, {quote_text(twice)}; "
            "give each its own"
        )
