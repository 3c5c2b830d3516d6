"""One part of the input, tested: its effect in the naming half and in the testing half.

In: windows, periods, donors. Out: figures of one claim, before any verdict.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from generator.effects.answers import ExplainedScalar
from generator.effects.donors import DonorPool, choose_donors
from generator.effects.exchange import Change, ExplainedWindows, Part, exchange_part
from generator.effects.intervals import mean_interval, p_value_above, period_means
from generator.effects.periods import Periods
from generator.records import Interval

SEEDS = (3, 4)  # of marginal donors: for naming, for testing


@dataclass(frozen=True)
class Half:
    """Windows of one half of the periods, and the donors that only this half uses.

    `chosen` holds the donors by regime and count: most parts are exchanged for those of one.
    """

    asked: ExplainedWindows
    periods: Periods
    pool: DonorPool
    seed: int
    chosen: dict[tuple[tuple[int, ...], int], np.ndarray] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def donors(self, regime: tuple[int, ...], each: int) -> np.ndarray:
        """(windows, each) places in the pool."""
        if (regime, each) not in self.chosen:
            matched = np.array(regime, int)
            self.chosen[regime, each] = choose_donors(
                self.pool, self.asked.values, matched, each, self.seed
            )
        return self.chosen[regime, each]


@dataclass(frozen=True)
class Tested:
    """What an exchange did.

    Attributes:
        effect, shown: over the testing half, in sd(F) and in the unit people read.
        named: mean effect in the naming half, in sd(F); None where it was not taken.
        p: one-sided, of no more than the floor, not corrected.
        share: of the testing periods, those whose own effect is above the floor.
        raised: share of exchanged windows whose answer was higher before.
        missing: share of windows left out for want of readings.
        matched: places of the sensors in which the donors were alike.
        columns: places of the sensors that were exchanged.
        overall: mean over the windows of both halves, as shown; None where there are none.
    """

    effect: Interval | None
    shown: Interval | None
    named: float | None
    p: float
    share: float
    raised: float | None
    windows: int
    periods: int
    missing: float
    matched: tuple[int, ...]
    columns: tuple[int, ...] = ()
    overall: float | None = None


def tested(
    answer: ExplainedScalar,
    naming: Half,
    testing: Half,
    part: Part,
    regime: tuple[int, ...],
    each: int,
    floor: float,
    missing: float,
) -> Tested:
    """Exchange `part` in both halves; windows with too many missing readings are left out."""
    moved, left_out = moved_in(answer, testing, part, regime, each, missing)
    other, _ = moved_in(answer, naming, part, regime, each, missing)
    named = mean_interval(other.effect, naming.periods.codes)
    matched = tuple(at for at in regime if at not in part.columns)
    found = summed(
        moved, testing.periods.codes, named, floor, float(left_out.mean()), matched, answer.most
    )
    every = np.concatenate([other.effect_shown, moved.effect_shown])
    known = np.isfinite(every)
    overall = float(every[known].mean()) if known.any() else None
    return replace(found, columns=part.columns, overall=overall)


def summed(
    moved: Change,
    codes: np.ndarray,
    named: Interval | None,
    floor: float,
    missing: float = 0.0,
    matched: tuple[int, ...] = (),
    most: float = np.inf,
) -> Tested:
    """The figures of changes in the testing half, (windows, donors), beside the naming half's.

    `most` is the largest shown effect there can be.
    """
    means = period_means(moved.effect, codes)
    known = np.isfinite(moved.effect)
    return Tested(
        effect=_within(mean_interval(moved.effect, codes), np.inf),
        shown=_within(mean_interval(moved.effect_shown, codes), most),
        named=named.estimate if named else None,
        p=p_value_above(moved.effect, codes, floor),
        share=float((means > floor).mean()) if len(means) else 0.0,
        raised=float((moved.f[known] > 0).mean()) if known.any() else None,
        windows=int(known.sum()),
        periods=len(means),
        missing=missing,
        matched=matched,
    )


def _within(found: Interval | None, most: float) -> Interval | None:
    """Limits where an effect can lie: never below 0."""
    if found is None or found.low is None or found.high is None:
        return found
    return found.model_copy(update={"low": max(0.0, found.low), "high": min(most, found.high)})


def moved_in(
    answer: ExplainedScalar,
    half: Half,
    part: Part,
    regime: tuple[int, ...],
    each: int,
    missing: float,
) -> tuple[Change, np.ndarray]:
    """The changes, NaN in windows whose part has too many missing readings; and which those are."""
    matched = tuple(at for at in regime if at not in part.columns)
    moved = exchange_part(answer, half.asked, half.pool.values, half.donors(matched, each), part)
    shown = half.asked.values[:, part.first : part.last + 1, list(part.columns)]
    left_out = (~np.isfinite(shown)).mean(axis=(1, 2)) > missing
    gone = left_out[:, None]
    return Change(np.where(gone, np.nan, moved.f), np.where(gone, np.nan, moved.shown)), left_out
