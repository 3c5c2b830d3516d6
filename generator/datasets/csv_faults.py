"""What is wrong with a table of text that a library could not read, found line by line.

In: a file, and the columns that must hold numbers. Out: one line of our own. Never: a fault looked
for in a file that was read; the library's words.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from generator.datasets.csv_header import LONGEST, decode_line, open_text, read_header
from generator.errors import InputError
from generator.words import count_noun, quote_text

FLAGS = frozenset({"true", "false"})


def explain_fault(path: Path, numbers: Sequence[str]) -> str:
    """The first fault: a line that is no text or has too many cells, a number that is none."""
    try:
        names = read_header(path)
        places = {name: names.index(name) for name in numbers if name in names}
        with open_text(path) as stream:
            lines = iter(lambda: stream.readline(LONGEST + 1), b"")
            reader = csv.reader(_decode_lines(path, lines))
            next(reader)
            for row in reader:
                if says := _judge_row(row, len(names), places):
                    return f"{path.name} line {reader.line_num:,}{says}"
    except InputError as error:
        return str(error)
    except csv.Error:
        return f"{path.name}: a cell is longer than {csv.field_size_limit():,} characters"
    return f"{path.name}: cannot be read as a table; open it, and save it again as CSV"


def _decode_lines(path: Path, lines: Iterator[bytes]) -> Iterator[str]:
    for number, line in enumerate(lines, 1):
        yield decode_line(path, line, number)


def _judge_row(row: Sequence[str], width: int, places: dict[str, int]) -> str:
    if len(row) > width:
        return f": {count_noun(len(row), 'cell')}, and the first line names {width:,} columns"
    for name, at in places.items():
        if at < len(row) and not _is_number(row[at]):
            return f", column {name!r}: {describe_text(row[at])}"
    return ""


def _is_number(cell: str) -> bool:
    if not cell or cell.lower() in FLAGS:
        return True
    try:
        float(cell)
    except ValueError:
        return False
    return "_" not in cell


def describe_text(cell: str) -> str:
    """What stands where a number should, and what to do."""
    if cell.count(",") == 1 and _is_number(cell.replace(",", ".")):
        return f"{quote_text(cell)} has a decimal comma; write decimal points"
    return f"{quote_text(cell)} is no number; leave the cell empty where nothing was measured"
