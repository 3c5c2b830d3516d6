"""What a model's answer does when a part of its input is exchanged for that of donors.

Grouped occlusion with donors: in plant units, before the model scales or normalises anything, so
whatever the model does with level and spread of its input is part of the effect.
In: windows, donors, a part. Out: how far F moved. Never: a value that no window ever held.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.effects.answers import AT_ONCE, ExplainedScalar, ScalarValues, evaluate_scalar

MOST_BYTES = 128_000_000


@dataclass(frozen=True)
class Part:
    """Some sensors over some rows of the window, both ends included."""

    columns: tuple[int, ...]
    first: int
    last: int

    def put(self, values: np.ndarray, donors: np.ndarray) -> None:
        """Write the donors' readings over those of `values`, both (windows, time, sensors)."""
        rows = slice(self.first, self.last + 1)
        columns = list(self.columns)
        values[:, rows, columns] = donors[:, rows, columns]


@dataclass(frozen=True)
class ExplainedWindows:
    """The windows explained, and what the model said of them untouched."""

    values: np.ndarray
    pair: np.ndarray
    before: ScalarValues

    def take(self, kept: np.ndarray) -> ExplainedWindows:
        """Some of the windows."""
        before = ScalarValues(self.before.f[kept], self.before.shown[kept])
        return ExplainedWindows(self.values[kept], self.pair[kept], before)

    def __len__(self) -> int:
        return len(self.values)


@dataclass(frozen=True)
class Change:
    """(windows, donors) answers before less after an exchange: F in sd(F), and as shown."""

    f: np.ndarray
    shown: np.ndarray

    @property
    def effect(self) -> np.ndarray:
        """(windows,) mean |change| of F over the donors, in sd(F)."""
        return np.asarray(np.abs(self.f).mean(axis=1))

    @property
    def effect_shown(self) -> np.ndarray:
        """(windows,) the same in the unit people read."""
        return np.asarray(np.abs(self.shown).mean(axis=1))


def exchange_part(
    answer: ExplainedScalar,
    asked: ExplainedWindows,
    pool: np.ndarray,
    donors: np.ndarray,
    part: Part,
) -> Change:
    """How far the answer moves when `part` comes from each donor.

    Args:
        answer: the number explained.
        asked: the windows.
        pool: (pool, time, sensors) readings of those that may stand in.
        donors: (windows, each) places in it.
        part: what is exchanged.
    """
    each, size = donors.shape[1], asked.values[:1].nbytes
    step = max(1, min(AT_ONCE, MOST_BYTES // size) // each)
    parts = [
        _exchange_batch(
            answer, asked.take(np.arange(at, min(at + step, len(asked)))), pool, some, part
        )
        for at in range(0, len(asked), step)
        for some in [donors[at : at + step]]
    ]
    return Change(np.concatenate([p.f for p in parts]), np.concatenate([p.shown for p in parts]))


def _exchange_batch(
    answer: ExplainedScalar,
    asked: ExplainedWindows,
    pool: np.ndarray,
    donors: np.ndarray,
    part: Part,
) -> Change:
    each = donors.shape[1]
    values = np.repeat(asked.values, each, axis=0)
    part.put(values, pool[donors.ravel()])
    after = evaluate_scalar(answer, values, np.repeat(asked.pair, each, axis=0))
    f = asked.before.f[:, None] - after.f.reshape(-1, each)
    shown = asked.before.shown[:, None] - after.shown.reshape(-1, each)
    return Change(f / answer.sd, shown)
