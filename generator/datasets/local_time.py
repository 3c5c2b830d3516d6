"""Wall times of a zone as instants, where the clock is set back as well.

The hour that a wall clock shows twice is told by the order of the file alone: readings run through
it once, jump back, and run through it again. In: wall times, a zone, groups. Out: instants. Never:
one of the two hours chosen where the file does not say which; a reading moved.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import polars as pl

from generator.datasets.places import Places
from generator.errors import InputError

ADVICE = (
    "declare the zone the readings were really taken in (such as UTC or Etc/GMT-1), or write them "
    "with their offset"
)
SORTED = (
    "its readings do not run through that hour once, step back by it and run through it again (a "
    "file sorted by wall time mixes both, and which is which is lost)"
)


def place_in_zone(wall: pl.Series, zone: str, groups: np.ndarray, places: Places) -> pl.Series:
    """(rows,) instants of (rows,) wall times of a zone, none of them missing.

    Args:
        wall: times without a zone.
        zone: IANA name.
        groups: (rows,) the group of each row, by number.
        places: where rows stand in their files.

    Raises:
        InputError: a time that the zone skips, or one that it has twice and the file's order does
            not say which.
    """
    early, late = (
        wall.dt.replace_time_zone(zone, ambiguous=fold, non_existent="null")
        for fold in ("earliest", "latest")
    )
    skipped = early.is_null()
    if skipped.any():
        raise _refuse(wall, int(skipped.arg_max() or 0), zone, places, "that clock skips it", "")
    twice = (early != late).to_numpy()
    if not twice.any():
        return early
    back = (late.dt.epoch("us") - early.dt.epoch("us")).to_numpy()
    second = _mark_second_pass(wall, back, groups, zone, places)
    return early.zip_with(pl.Series(~second), late)


def _mark_second_pass(
    wall: pl.Series, set_back: np.ndarray, groups: np.ndarray, zone: str, places: Places
) -> np.ndarray:
    """(rows,) bool: rows of an hour that comes twice, once the clock was set back.

    A stretch of such rows holds one step that does not lead on; it is the clock's where it is a
    usual step of the data less what the clock was set back by, (rows,) `set_back`.
    """
    ticks, twice = wall.dt.epoch("us").to_numpy(), set_back > 0
    usual = _find_usual_step(ticks, groups)
    change = np.flatnonzero(np.diff(twice) | (np.diff(groups) != 0)) + 1
    edges = np.concatenate([[0], change, [len(twice)]])
    second = np.zeros(len(twice), dtype=bool)
    for first, end in pairwise(edges.tolist()):
        if not twice[first]:
            continue
        steps = np.diff(ticks[first:end])
        back = np.flatnonzero(steps <= 0)
        if len(back) != 1 or abs(steps[back[0]] + set_back[first] - usual) > usual / 2:
            raise _refuse(wall, first, zone, places, "that clock shows it twice", SORTED)
        second[first + back[0] + 1 : end] = True
    return second


def _find_usual_step(ticks: np.ndarray, groups: np.ndarray) -> float:
    """The median of the steps that lead on inside a group; 0 where there are none."""
    steps = np.diff(ticks)[groups[1:] == groups[:-1]]
    return float(np.median(steps[steps > 0])) if (steps > 0).any() else 0.0


def _refuse(
    wall: pl.Series, row: int, zone: str, places: Places, what: str, why: str
) -> InputError:
    return InputError(
        f"{places.find(row)}, column {wall.name!r}: {wall[row]} is not one time of {zone}: "
        f"{what}{', and ' * bool(why)}{why}; {ADVICE}"
    )
