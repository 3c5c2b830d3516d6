"""Files and functions stay small enough to be read at once."""

from __future__ import annotations

from tests.house.functions import functions
from tests.house.offenders import check_none
from tests.house.tree import ROOT, sources

MOST_LINES, MOST_OF_FUNCTION = 300, 40


def test_files_stay_readable() -> None:
    """A file holds one noun: at most 300 lines."""
    lengths = {each.path: len(each.text.splitlines()) for each in sources(ROOT)}
    long = [f"{path}: {length} lines" for path, length in lengths.items() if length > MOST_LINES]
    check_none(long, f"split what has more than {MOST_LINES} lines")


def test_functions_stay_readable() -> None:
    """A function does one thing: at most 40 lines, its docstring left out."""
    lengths = {each.place: each.length for each in functions(ROOT)}
    long = [f"{place}: {n} lines" for place, n in lengths.items() if n > MOST_OF_FUNCTION]
    check_none(long, f"split what has more than {MOST_OF_FUNCTION} lines")
