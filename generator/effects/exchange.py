"""What a model's answer does when a part of its input is exchanged for that of donors.

Grouped occlusion with donors: in plant units, before the model scales or normalises anything, so
whatever the model does with level and spread of its input is part of the effect.
In: windows, donors, a part. Out: how far F moved. Never: a value that no window ever held.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from generator.effects.part import MOST_BYTES, Part
from generator.effects.scalar import (
    AT_ONCE,
    ExplainedScalar,
    ScalarValues,
    evaluate_scalar,
    find_rivals,
)


@dataclass(frozen=True)
class ExplainedWindows:
    """The windows explained, and what the model said of them untouched."""

    values: np.ndarray
    pair: np.ndarray
    before: ScalarValues

    def take(self, kept: np.ndarray) -> ExplainedWindows:
        """Some of the windows, by (few,) places or (windows,) bool."""
        before = ScalarValues(self.before.f[kept], self.before.shown[kept])
        return ExplainedWindows(self.values[kept], self.pair[kept], before)

    def __len__(self) -> int:
        return len(self.values)


def explain_windows(scalar: ExplainedScalar, values: np.ndarray) -> ExplainedWindows:
    """(windows, time, sensors) readings with F of each, untouched."""
    pair = find_rivals(scalar, values)
    return ExplainedWindows(values, pair, evaluate_scalar(scalar, values, pair))


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
    scalar: ExplainedScalar,
    windows: ExplainedWindows,
    pool: np.ndarray,
    donors: np.ndarray,
    part: Part,
) -> Change:
    """How far the answer moves when `part` comes from each donor.

    Args:
        scalar: the number explained.
        windows: the windows.
        pool: (pool, time, sensors) readings of those that may stand in.
        donors: (windows, each) places in it.
        part: what is exchanged.
    """
    each, size = donors.shape[1], windows.values[:1].nbytes
    step = max(1, min(AT_ONCE, MOST_BYTES // size) // each)
    parts = [
        _exchange_batch(
            scalar, windows.take(np.arange(at, min(at + step, len(windows)))), pool, some, part
        )
        for at in range(0, len(windows), step)
        for some in [donors[at : at + step]]
    ]
    return Change(np.concatenate([p.f for p in parts]), np.concatenate([p.shown for p in parts]))


def _exchange_batch(
    scalar: ExplainedScalar,
    windows: ExplainedWindows,
    pool: np.ndarray,
    donors: np.ndarray,
    part: Part,
) -> Change:
    each = donors.shape[1]
    values = np.repeat(windows.values, each, axis=0)
    part.put(values, pool[donors.ravel()])
    after = evaluate_scalar(scalar, values, np.repeat(windows.pair, each, axis=0))
    f = windows.before.f[:, None] - after.f.reshape(-1, each)
    shown = windows.before.shown[:, None] - after.shown.reshape(-1, each)
    return Change(f / scalar.sd, shown)
