"""Times that stand as text, read by the one form that each is written in.

In: a column of text. Out: the same instants or wall times, in microseconds. Never: a guess: day or
month first is read only where the column itself leaves no choice, and a year has four digits.
"""

from __future__ import annotations

import re

import polars as pl

from generator.datasets.places import Places
from generator.errors import InputError
from generator.words import quote_text

FIRST_YEAR = 1000
"""A year has four digits: polars reads '26' as the year 26."""
ADVICE = "write times with the year first, such as 2026-01-05 13:00:00"
_CLOCK = (
    r"(?:(?P<joint>[T ])\d{1,2}:\d{2}(?P<seconds>:\d{2})?(?P<part>\.\d+)?)?"
    r"(?P<zone> ?[Zz+-].*)?"
)
_YEAR_FIRST = re.compile(r"\d{4}(?P<mark>[-/.])\d{1,2}(?P=mark)\d{1,2}" + _CLOCK)
_YEAR_LAST = re.compile(r"\d{1,2}(?P<mark>[-/.])\d{1,2}(?P=mark)\d{4}" + _CLOCK)
_BOTH = r"^(\d{1,2})[-/.](\d{1,2})[-/.]\d{4}"


def read_stamps(column: pl.Series, places: Places) -> pl.Series:
    """The column with times instead of text, in microseconds; any other column as it is.

    Naive texts become wall times, texts with an offset instants in UTC.

    Raises:
        InputError: a text that is no time or reads in two ways; texts with and without an offset.
    """
    if column.dtype != pl.String:
        return column
    extra = column.str.contains(":60", literal=True).fill_null(value=False)
    if extra.any():  # polars reads the 60th second as the next minute
        raise _refuse(column, int(extra.arg_max() or 0), places)
    naive, zoned = (_new_column(column, zone) for zone in (None, "UTC"))
    while (unread := (column.is_not_null() & naive.is_null() & zoned.is_null())).any():
        first = int(unread.arg_max() or 0)
        read = _read_form(column, first, places)
        if read.dtype == naive.dtype:
            naive = naive.zip_with(naive.is_not_null(), read)
        else:
            zoned = zoned.zip_with(zoned.is_not_null(), read)
    return _choose_kind(column, naive, zoned, places).rename(column.name)


def _new_column(column: pl.Series, zone: str | None) -> pl.Series:
    return pl.repeat(None, len(column), dtype=pl.Datetime("us", zone), eager=True)


def _read_form(column: pl.Series, row: int, places: Places) -> pl.Series:
    """All texts that are written as the one in a row is; others are missing."""
    form = _find_form(column, row, places)
    read = column.str.to_datetime(form, strict=False, time_unit="us")
    if read[row] is None:
        raise _refuse(column, row, places)
    short = (read.dt.year() < FIRST_YEAR).fill_null(value=False)
    if short.any():
        raise _refuse(column, int(short.arg_max() or 0), places)
    return read


def _find_form(column: pl.Series, row: int, places: Places) -> str:
    """The format of one text, in the letters of strftime."""
    text = column[row]
    if found := _YEAR_FIRST.fullmatch(text):
        return _join_form("%Y{0}%m{0}%d", found)
    if found := _YEAR_LAST.fullmatch(text):
        day_first = _tell_day_first(column, row, places)
        return _join_form("%d{0}%m{0}%Y" if day_first else "%m{0}%d{0}%Y", found)
    raise _refuse(column, row, places)


def _join_form(date: str, found: re.Match[str]) -> str:
    form = date.format(found["mark"])
    if found["joint"]:
        seconds = ":%S" if found["seconds"] else ""
        form += f"{found['joint']}%H:%M{seconds}" + ("%.f" if found["part"] else "")
    if found["zone"]:
        form += " %#z" if found["zone"].startswith(" ") else "%#z"
    return form


def _tell_day_first(column: pl.Series, row: int, places: Places) -> bool:
    """Whether the day stands before the month, by numbers above 12 in one of the two places.

    Raises:
        InputError: no number is above 12, or some are in both places.
    """
    parts = [column.str.extract(_BOTH, at).cast(pl.Int64, strict=False) for at in (1, 2)]
    large = [bool((part > 12).any()) for part in parts]
    if large[0] == large[1]:
        why = "neither can be true of all" if large[0] else "no other time of the column decides"
        raise InputError(
            f"{places.find(row)}, column {column.name!r}: {quote_text(column[row])} can be read "
            f"day first or month first, and {why}; {ADVICE}"
        )
    return large[0]


def _refuse(column: pl.Series, row: int, places: Places) -> InputError:
    return InputError(
        f"{places.find(row)}, column {column.name!r}: not a time that is read: "
        f"{quote_text(column[row])}; {ADVICE}"
    )


def _choose_kind(
    column: pl.Series, naive: pl.Series, zoned: pl.Series, places: Places
) -> pl.Series:
    """The one of the two that was read; InputError where both were."""
    if not zoned.is_not_null().any():
        return naive
    if not naive.is_not_null().any():
        return zoned
    local, instant = (int(x.is_not_null().arg_max() or 0) for x in (naive, zoned))
    raise InputError(
        f"column {column.name!r}: {places.find(local)} says {quote_text(column[local])}, without "
        f"an offset from UTC, {places.find(instant)} says {quote_text(column[instant])}, with one; "
        "write all times in one way"
    )
