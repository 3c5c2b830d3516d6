"""Independent periods: which windows may count as one observation of the model.

In: windows, how far ahead their target lies, the model's answers. Out: a period per window.
Never: a stretch shorter than what one window reads and predicts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.datasets.windows import SensorWindows
from generator.words import format_duration

FORGOTTEN = float(np.exp(-1))  # autocorrelation below which two answers count as unrelated
NAMING_SEED = 0
APART = 2


@dataclass(frozen=True)
class Periods:
    """The independent period of each window.

    Attributes:
        codes: (windows,) int, counted from 0 in the order of the data.
        word: what one period is, such as 'run' or 'stretch of 6 h'.
    """

    codes: np.ndarray
    word: str

    def __len__(self) -> int:
        return len(np.unique(self.codes))

    def take(self, windows: np.ndarray) -> Periods:
        """The periods of some windows, by (few,) places or (windows,) bool."""
        return Periods(self.codes[windows], self.word)

    def sample_evenly(self, most: int, seed: int) -> np.ndarray:
        """(few,) places of at most so many windows, in order, as many of each period as can be."""
        chance = np.random.default_rng(seed).random((2, len(self.codes)))
        order = np.lexsort((chance[0], self.codes))
        _, first, sizes = np.unique(self.codes[order], return_index=True, return_counts=True)
        turn = np.arange(len(order)) - np.repeat(first, sizes)
        return np.sort(order[np.lexsort((chance[1], turn))[:most]])

    def split_halves(self) -> tuple[np.ndarray, np.ndarray]:
        """(windows,) bool twice: the half that names claims, the half that tests them.

        Whole periods, drawn by a fixed seed; where their number is odd the testing half has one
        more.
        """
        known = np.unique(self.codes)
        drawn = np.random.default_rng(NAMING_SEED).permutation(known)
        names = np.isin(self.codes, drawn[: len(known) // 2])
        return names, ~names


@dataclass(frozen=True)
class PeriodRule:
    """What counts as one independent period of a dataset.

    Attributes:
        rows: of one stretch of time; None where groups of the data are the periods.
        word: what one is called.
    """

    rows: int | None
    word: str

    def of(self, windows: SensorWindows) -> Periods:
        """The period of each of some windows."""
        codes = windows.grouped.codes[windows.last_row]
        stretch = windows.last_row // self.rows if self.rows else codes
        return Periods(np.unique(stretch, return_inverse=True)[1], self.word)


def choose_period_rule(
    windows: SensorWindows, ahead: int, answers: np.ndarray, group_word: str
) -> PeriodRule:
    """Groups where the windows lie in more than one, else stretches of time.

    A stretch is twice as long as a window and its horizon, or as the model's answers take to be
    forgotten (autocorrelation below 1/e), whichever is longer: neighbouring stretches share the
    rows of windows at their border, and once as long that is too much (intervals of 95 % then
    cover 85 to 93 %, twice as long 91 to 95 %).

    Args:
        windows: the held-out ones, in the order of the data.
        ahead: rows to their target.
        answers: (windows,) what the model says of them.
        group_word: the column of groups.
    """
    if len(windows.group_names) > 1:
        return PeriodRule(None, group_word or "group")
    rows = APART * max(windows.length + ahead, memory_rows(windows.last_row, answers))
    return PeriodRule(rows, f"stretch of {_describe_length(windows, rows)}")


def memory_rows(last_row: np.ndarray, answers: np.ndarray) -> int:
    """Rows after which the answers are forgotten: their autocorrelation falls below 1/e.

    `answers` is (windows,) in the order of the data; windows lie a stride apart.
    """
    if len(answers) < 3 or np.ptp(answers) == 0:
        return 1
    stride = int(np.median(np.diff(last_row)))
    centred = answers - answers.mean()
    size = 1 << (2 * len(centred) - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, size)) ** 2
    correlation = np.fft.irfft(power, size)[: len(centred)] / (centred @ centred)
    below = np.flatnonzero(correlation < FORGOTTEN)
    return stride * int(below[0] if len(below) else len(centred))


def _describe_length(windows: SensorWindows, rows: int) -> str:
    clock = windows.clock
    return format_duration(rows * clock.step) if clock.is_real else f"{rows} rows"
