"""What each row of a dataset is called, and each step of a window.

In: wall times, or none. Out: words. Never: one label for two rows of a group, one for two steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import numpy as np
import polars as pl

from generator.words import count_noun, format_duration

LABEL = "%Y-%m-%d %H:%M:%S"
OFFSET = " %:z"
_FRACTIONS = (("", 1_000_000), ("%.3f", 1000), ("%.6f", 1))
"""What shows the fraction of a second, and the microseconds it leaves nothing of."""


@dataclass(frozen=True)
class RowLabels:
    """What each row is called: `labels[row]`, or `labels.at(rows)` for many.

    Attributes:
        local: the wall time of each row; None where there is no clock.
    """

    local: pl.Series | None = None

    def __getitem__(self, row: int) -> str:
        """The label of one row."""
        return self.at(np.array([row]))[0]

    def at(self, rows: np.ndarray) -> tuple[str, ...]:
        """The labels of (n,) row numbers, in their order.

        Fractions of a second are shown where the data has them, and the offset from UTC in an hour
        that the wall clock shows twice.
        """
        if self.local is None:
            return tuple(f"row {row}" for row in rows.tolist())
        moments = self.local.gather(rows)
        plain, full = (moments.dt.strftime(self._form + end) for end in ("", OFFSET))
        return tuple(full.zip_with(_mark_twice(moments), plain).to_list())

    @cached_property
    def _form(self) -> str:
        ticks = pl.Series([0]) if self.local is None else self.local.dt.epoch("us")
        return LABEL + next(form for form, unit in _FRACTIONS if not (ticks % unit != 0).any())


def _mark_twice(moments: pl.Series) -> pl.Series:
    """Whether the wall clock shows each moment's time twice."""
    wall = moments.dt.replace_time_zone(None)
    zone = moments.dtype.time_zone  # type: ignore[attr-defined]
    early, late = (
        wall.dt.replace_time_zone(zone, ambiguous=fold) for fold in ("earliest", "latest")
    )
    return early != late


def format_moment(moment: datetime) -> str:
    """'2026-01-05 13:00:00', with the fraction of its second where it has one."""
    fraction = f".{moment.microsecond:06}".rstrip("0") if moment.microsecond else ""
    return moment.strftime(LABEL) + fraction


def label_steps(length: int, clock_step: float | None) -> list[str]:
    """What each step of a window is called, from oldest to newest (the newest is 'now')."""
    ago = range(length - 1, -1, -1)
    if clock_step is None:
        return ["last row" if n == 0 else f"{count_noun(n, 'row')} before" for n in ago]
    shown = next(n for n in (2, 3, 4) if n == 4 or _tells_steps_apart(length, clock_step, n))
    return ["now" if n == 0 else f"-{format_duration(n * clock_step, shown)}" for n in ago]


def _tells_steps_apart(length: int, clock_step: float, parts_shown: int) -> bool:
    """Whether so many units tell all steps of a window apart."""
    return (
        len({format_duration(n * clock_step, parts_shown) for n in range(1, length)}) == length - 1
    )
