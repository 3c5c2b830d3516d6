"""One half of the independent periods: its windows, and the donors that only this half uses.

In: a part of the input. Out: how far F moves when it is exchanged. Never: a donor of the other
half, a window whose part has too many missing readings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from generator.claims.effect import Effect
from generator.claims.question import Question
from generator.effects.donors import DonorChoice, DonorPool
from generator.effects.exchange import (
    Change,
    ExplainedWindows,
    exchange_part,
    explain_windows,
)
from generator.effects.intervals import mean_interval, p_value_above, period_means
from generator.effects.part import Part
from generator.effects.periods import Periods
from generator.effects.scalar import ExplainedScalar, define_scalar
from generator.effects.unusual import Envelope, outside_share
from generator.records import Interval


@dataclass(frozen=True)
class Half:
    """Windows of one half of the periods, and what their parts are exchanged for.

    Attributes:
        scalar: the number explained; floor: the smallest effect that counts, in sd(F).
        windows, periods: the windows and the independent period of each.
        pool: what may stand in; donors: what chooses it for these windows.
        regime: places of the sensors donors are matched on.
        each: donors of one window.
        missing: the largest share of missing readings a part may have.
    """

    scalar: ExplainedScalar
    floor: float
    windows: ExplainedWindows
    periods: Periods
    pool: DonorPool
    donors: DonorChoice
    regime: tuple[int, ...]
    each: int
    missing: float

    def match(self, part: Part) -> tuple[int, ...]:
        """Places of the sensors donors are matched on: the regime, less what is exchanged."""
        return tuple(at for at in self.regime if at not in part.columns)

    def choose_donors(self, regime: tuple[int, ...], each: int | None = None) -> np.ndarray:
        """(windows, each) places in the pool."""
        return self.donors.choose(regime, each or self.each)

    def measure_change(self, part: Part) -> tuple[Change, float]:
        """The changes, NaN in windows with too little of the part; and the share of those."""
        donors = self.choose_donors(self.match(part))
        change = exchange_part(self.scalar, self.windows, self.pool.values, donors, part)
        readings = self.windows.values[:, part.first : part.last + 1, list(part.columns)]
        left_out = (~np.isfinite(readings)).mean(axis=(1, 2)) > self.missing
        gone = left_out[:, None]
        known = Change(np.where(gone, np.nan, change.f), np.where(gone, np.nan, change.shown))
        return known, float(left_out.mean())

    def mean_effect(self, part: Part) -> float:
        """Mean effect of an exchange over the windows, in sd(F); 0 where it was not taken."""
        sizes = self.measure_change(part)[0].effect
        known = sizes[np.isfinite(sizes)]
        return float(known.mean()) if len(known) else 0.0

    def unusual_share(self, envelope: Envelope, part: Part) -> float:
        """Share of the exchanged windows that are unlike those of training."""
        donors = self.choose_donors(self.match(part))
        return outside_share(envelope, self.windows.values, self.pool.values, donors, part)


def measure_effect(naming: Half, testing: Half, part: Part) -> Effect:
    """Exchange `part` in both halves; windows with too many missing readings are left out."""
    change, missing = testing.measure_change(part)
    other, _ = naming.measure_change(part)
    named = mean_interval(other.effect, naming.periods.codes)
    effect = summarise_change(
        change, testing.periods.codes, named, testing.floor, testing.scalar.most
    )
    every = np.concatenate([other.effect_shown, change.effect_shown])
    known = every[np.isfinite(every)]
    overall = float(known.mean()) if len(known) else None
    return replace(effect, missing=missing, overall=overall)


def summarise_change(
    change: Change, codes: np.ndarray, named: Interval | None, floor: float, most: float = np.inf
) -> Effect:
    """The figures of changes in the testing half, beside the naming half's.

    Args:
        change: (windows, donors) of F.
        codes: (windows,) the period of each.
        named: the effect in the naming half, in sd(F).
        floor: the smallest effect that counts, in sd(F).
        most: the largest shown effect there can be.
    """
    means = period_means(change.effect, codes)
    known = np.isfinite(change.effect)
    return Effect(
        effect=_bound(mean_interval(change.effect_shown, codes), most),
        effect_sd=_bound(mean_interval(change.effect, codes), np.inf),
        named_sd=named.estimate if named else None,
        p=p_value_above(change.effect, codes, floor),
        share=float((means > floor).mean()) if len(means) else 0.0,
        raised=float((change.f[known] > 0).mean()) if known.any() else None,
        windows=int(known.sum()),
        periods=len(means),
    )


def _bound(interval: Interval | None, most: float) -> Interval | None:
    """Limits where an effect can lie: never below 0."""
    if interval is None or interval.low is None or interval.high is None:
        return interval
    low, high = max(0.0, interval.low), min(most, interval.high)
    return interval.model_copy(update={"low": low, "high": high})


def list_sibling_halves(question: Question, testing: Half) -> tuple[Half, ...]:
    """The testing half as each sibling reads it that is clearly better than a simple rule."""
    halves = []
    for sibling in question.siblings:
        if not sibling.adequacy.passed:
            continue
        scalar = define_scalar(sibling.model, question.train)
        windows = explain_windows(scalar, testing.windows.values)
        floor = question.smallest_effect(sibling.rmse, scalar.sd)
        halves.append(replace(testing, scalar=scalar, floor=floor, windows=windows))
    return tuple(halves)
