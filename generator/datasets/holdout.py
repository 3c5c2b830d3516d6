"""Which windows are held out from training: the last groups, or the last stretch of time.

In: what the manifest says, and each row's group. Out: masks over windows. Never: a window with
readings on both sides of a cut in time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from generator.datasets.groups import Groups
from generator.errors import InputError
from generator.spec.datasets import HoldoutSpec


def choose_held_out_groups(names: Sequence[str], fraction: float, blocks: int = 1) -> set[str]:
    """The last groups of each block of consecutive groups, in file order.

    Of a block's n groups ceil((1 - fraction) n) are left for training. Blocks differ by at most
    one group; the first ones are the larger.

    Raises:
        InputError: a block would have nothing to train on, or nothing held out.
    """
    held: set[str] = set()
    for block in np.array_split(np.arange(len(names)), blocks):
        kept = math.ceil(round((1 - fraction) * len(block), 9))
        if not 0 < kept < len(block):
            raise InputError(_describe_shortage(len(names), fraction, blocks, len(block)))
        held |= {names[index] for index in block[kept:]}
    return held


def _describe_shortage(groups: int, fraction: float, blocks: int, size: int) -> str:
    if blocks == 1:
        return f"a hold-out of {fraction:g} by group needs at least two groups (found {groups})"
    return (
        f"a hold-out of {fraction:g} by group in {blocks} blocks leaves a block of {size} groups "
        f"without one side: {groups} groups are too few for so many blocks; say fewer"
    )


def mark_held_out_windows(
    holdout: HoldoutSpec, groups: Groups, last_rows: np.ndarray
) -> np.ndarray:
    """(windows,) bool; `groups` are those of all rows, `last_rows` each window's newest row."""
    if holdout.by == "group":
        out = choose_held_out_groups(groups.names, holdout.fraction, holdout.blocks)
        is_out = np.array([name in out for name in groups.names])
        return np.asarray(is_out[groups.codes[last_rows]])
    return np.asarray(last_rows >= first_held_out_row(holdout, len(groups.codes)))


def mark_straddling_windows(
    holdout: HoldoutSpec, rows: int, oldest: np.ndarray, furthest: np.ndarray
) -> np.ndarray:
    """(windows,) bool: over a cut in time, with a reading or the target; on neither side.

    `oldest` is each window's first row, `furthest` the row of its target.
    """
    if holdout.by == "group":
        return np.zeros(len(oldest), dtype=bool)
    first = first_held_out_row(holdout, rows)
    return np.asarray((oldest < first) & (furthest >= first))


def first_held_out_row(holdout: HoldoutSpec, rows: int) -> int:
    """The first row of the held-out stretch of time."""
    return math.ceil((1 - holdout.fraction) * rows)
