"""How alike two rankings are, beside what reshuffled rankings of the same length give.

In: two importance vectors over the same positions. Out: RankAgreement. Rank correlations and the
distance are scipy's. Never: a p-value, a test of many things at once.
"""

from __future__ import annotations

from functools import cache
from itertools import permutations
from typing import Literal

import numpy as np
from scipy.spatial.distance import jensenshannon
from scipy.stats import kendalltau, norm, spearmanr

from generator.measures.ranking import order
from generator.records.comparison import RankAgreement
from generator.records.ranks import Alikeness, Overlap

TOPS = (3, 5)
MOST_EXACT = 8  # 8! = 40,320 orders are all tried; more positions are reshuffled
MOST_DRAWN = 256  # of more than so many, rho is taken as normal with variance 1 / (n - 1)
DRAWS, AT_ONCE, SEED = 20_000, 1_000, 0
WITHIN = 0.95


def compare_rankings(names: tuple[str, ...], a: np.ndarray, b: np.ndarray) -> RankAgreement:
    """Spearman's rho, Kendall's tau-b, top-k overlap and Jensen-Shannon distance.

    Args:
        names: (n,), n at least 2.
        a: (n,) importance in one model, not negative; higher ranks first.
        b: (n,) the same in the other.
    """
    rho = spearman(a, b)
    return RankAgreement(
        n=len(names),
        spearman=rho,
        kendall=None if rho is None else float(kendalltau(a, b, variant="b").statistic),
        chance=chance_range(len(names)),
        chance_from=chance_source(len(names)),
        alikeness=judge_alikeness(rho, chance_range(len(names))),
        overlaps=tuple(find_overlap(names, a, b, k) for k in TOPS if k < len(names)),
        js_distance=js_distance(a, b),
    )


def spearman(a: np.ndarray, b: np.ndarray) -> float | None:
    """Rank correlation rho of (n,) and (n,); None where one of the two is level."""
    level = len(np.unique(a)) < 2 or len(np.unique(b)) < 2
    return None if level else float(spearmanr(a, b).statistic)


def judge_alikeness(rho: float | None, chance: float) -> Alikeness:
    """Beyond the range of chance on either side, within it, or not known."""
    if rho is None:
        return Alikeness.UNKNOWN
    if abs(rho) <= chance + 1e-9:  # attainable values coincide with the bound
        return Alikeness.CHANCE
    return Alikeness.MORE if rho > 0 else Alikeness.OPPOSITE


def chance_source(n: int) -> Literal["all orders", "seeded orders", "normal limit"]:
    """Whether the range of chance comes from all orders, from seeded reshuffles, or the limit."""
    if n > MOST_DRAWN:
        return "normal limit"
    return "all orders" if n <= MOST_EXACT else "seeded orders"


@cache
def chance_range(n: int) -> float:
    """The 95th percentile of |rho| between a ranking of n and a reshuffled one (no ties).

    The next larger attainable |rho| is the two-sided 5 % critical value of Spearman's rank
    correlation (Ramsey 1989, J. Educational Statistics 14:245, table 1).
    """
    if n > MOST_DRAWN:
        return float(norm.ppf((1 + WITHIN) / 2) / np.sqrt(n - 1))
    correlations = np.abs(1 - 6 * _sum_squares(n) / (n * (n * n - 1)))
    return float(np.quantile(correlations, WITHIN, method="inverted_cdf"))


def _sum_squares(n: int) -> np.ndarray:
    """Sums of squared rank differences, one per order."""
    first = np.arange(n, dtype=np.float64)
    if n <= MOST_EXACT:
        orders = np.array(list(permutations(range(n))), dtype=np.float64)
        return np.asarray(((orders - first) ** 2).sum(axis=1))
    rng = np.random.default_rng(SEED)
    parts = [
        rng.permuted(np.tile(first, (AT_ONCE, 1)), axis=1) @ first for _ in range(DRAWS // AT_ONCE)
    ]
    return np.asarray(2 * (first @ first) - 2 * np.concatenate(parts))


def find_overlap(names: tuple[str, ...], a: np.ndarray, b: np.ndarray, k: int) -> Overlap:
    """Which of the first k of a, (n,), are among the first k of b, (n,), in the order of a."""
    second = set(order(b)[:k].tolist())
    shared = tuple(names[i] for i in order(a)[:k].tolist() if i in second)
    return Overlap(k=k, shared=shared, by_chance=k * k / len(names))


def js_distance(a: np.ndarray, b: np.ndarray) -> float | None:
    """Jensen-Shannon distance, base 2, of (n,) and (n,) as shares; None where one sums to 0."""
    if a.sum() <= 0 or b.sum() <= 0:
        return None
    return float(np.clip(jensenshannon(a, b, base=2), 0.0, 1.0))
