"""Who gathered, who was used, which head mattered: splits of A dF/dA, the attention's part in F.

For each head sum_ij A dF/dA = o dF/do, with o the head's output: capture checks it call by call.
Its row, column and head splits add up exactly. In: the gradient maps of one group of calls of one
shape. Never: another unit than F's; give F divided by its standard deviation over a reference set.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from generator.capture.gradients import GradientMap
from generator.measures.evidence import (
    Evidence,
    MeasureValues,
    Missing,
)
from generator.measures.gradient_layers import select_gradient_layers
from generator.measures.measure import Measure
from generator.measures.visible import real_queries


def gather(maps: Sequence[GradientMap], mask: np.ndarray) -> np.ndarray:
    """(queries,): sum over layers of |sum over heads and keys of A dF/dA|; NaN for padding.

    How much F uses what a position collected, in units of F, mean over samples; `mask` (queries,
    keys) bool. Own definition: the row split of the identity that `head_importance` rests on.

    Raises:
        ValueError: no map, or maps or a mask of other shapes.
    """
    _check_shapes(maps, mask)
    sums = np.sum([one.gathered for one in maps], axis=0, dtype=np.float64)
    return np.where(real_queries(mask), sums, np.nan)


def usage(maps: Sequence[GradientMap], mask: np.ndarray) -> np.ndarray:
    """(keys,): sum over layers and heads of |sum over queries of A dF/dA|, brought to sum 1.

    How much F uses what a position gave, as shares of 1; `mask` (queries, keys) bool. NaN for keys
    that no query may see; all 0 where F uses none. Where a sample has several batch rows
    (channels), each counts by itself. Own definition: the column split of the identity that
    `head_importance` rests on.

    Raises:
        ValueError: no map, or maps or a mask of other shapes.
    """
    _check_shapes(maps, mask)
    seen = mask.any(axis=0)
    sums = np.sum([one.used_by_head.sum(axis=(0, 1), dtype=np.float64) for one in maps], axis=0)
    return np.where(seen, _to_shares(np.where(seen, sums, 0.0)), np.nan)


def usage_by_series(maps: Sequence[GradientMap]) -> np.ndarray:
    """(rows,): the same for each batch row of a sample, such as its channels, over all keys.

    Shares of 1. Own definition: sum over layers, heads and keys of |sum over queries of A dF/dA|.

    Raises:
        ValueError: no map, or maps of other shapes.
    """
    _check_shapes(maps)
    sums = np.sum([one.used_by_head.sum(axis=(1, 2), dtype=np.float64) for one in maps], axis=0)
    return _to_shares(sums)


def head_importance(maps: Sequence[GradientMap]) -> np.ndarray:
    """(layers, heads): mean over samples of |sum_ij A dF/dA| = |o dF/do|, in units of F.

    Michel et al. 2019, equation 4.

    Raises:
        ValueError: no map, or maps of other shapes.
    """
    _check_shapes(maps)
    return np.stack([one.heads for one in maps]).astype(np.float64)


def _to_shares(sums: np.ndarray) -> np.ndarray:
    total = sums.sum()
    return np.asarray(sums / total if total > 0 else sums)


def _check_shapes(maps: Sequence[GradientMap], mask: np.ndarray | None = None) -> None:
    shapes = {(one.call.heads, *one.signed.shape, len(one.used_by_head)) for one in maps}
    if len(shapes) != 1:
        listed = ", ".join(map(str, sorted(shapes))) or "none"
        raise ValueError(
            f"gradient maps must be of one (heads, queries, keys, rows per sample); found {listed}"
        )
    if mask is not None and mask.shape != maps[0].signed.shape:
        raise ValueError(f"the mask is {mask.shape}, the gradient maps are {maps[0].signed.shape}")


def _take_gather(evidence: Evidence) -> MeasureValues | Missing:
    """(queries,) in units of F, over the layers shown."""
    mask = evidence.mask
    return _take_layers(evidence, lambda maps: MeasureValues(gather(maps, mask), "queries"))


def _take_used(evidence: Evidence) -> MeasureValues | Missing:
    """(keys,) shares, over the layers shown."""
    mask = evidence.mask
    return _take_layers(evidence, lambda maps: MeasureValues(usage(maps, mask), "keys"))


def _take_used_by_series(evidence: Evidence) -> MeasureValues | Missing:
    """(series,) shares, over the layers shown."""
    if evidence.weights.rows_per_sample == 1:
        return Missing("The model makes one map of a sample, not one of each series.")
    if not all("mean over channels" in kind for kind in evidence.weights.kinds or ("",)):
        return Missing("What the several rows of a sample stand for is not known to be series.")
    return _take_layers(evidence, lambda maps: MeasureValues(usage_by_series(maps)))


def _take_head_importance(evidence: Evidence) -> MeasureValues | Missing:
    """(layers, heads) in units of F."""
    return _take_layers(evidence, lambda maps: MeasureValues(head_importance(maps)))


def _take_layers(
    evidence: Evidence, take: Callable[[Sequence[GradientMap]], MeasureValues]
) -> MeasureValues | Missing:
    """Of the layers shown, where each has a gradient map of one shape."""
    layers = select_gradient_layers(evidence)
    return layers if isinstance(layers, Missing) else take(layers)


GATHER = Measure(
    name="gather",
    title="Gathered",
    meaning="How much the explained number uses of what a position collected, in that number's "
    "units.",
    granularity="position",
    family="gradients",
    formula="gather_i = sum over layers of |sum over heads and keys j of A_ij dF/dA_ij|",
    source="own definition: the row split of the identity behind Michel et al. 2019, equation 4",
    take=_take_gather,
)
USED = Measure(
    name="used",
    title="Used",
    meaning="Share of the attention's part in the explained number that came from a position; the "
    "shares add up to 1.",
    granularity="position",
    family="gradients",
    formula="used_j = sum over layers and heads of |sum over queries i of A_ij dF/dA_ij|, over "
    "its sum",
    source="own definition: the column split of the identity behind Michel et al. 2019, equation 4",
    take=_take_used,
)
USED_BY_SERIES = Measure(
    name="used_by_series",
    title="Used, by series",
    meaning="Share of the attention's part in the explained number that came from each series the "
    "model reads by itself; the shares add up to 1.",
    granularity="series",
    family="series",
    formula="used_j of each series by itself, summed over its keys j, over the sum of all series",
    source="own definition: the column split of the identity behind Michel et al. 2019, equation 4",
    take=_take_used_by_series,
)
HEAD_IMPORTANCE = Measure(
    name="head_importance",
    title="Head importance, by gradient",
    meaning="How much of the explained number goes through a head, in that number's units.",
    granularity="head",
    family="whole",
    formula="mean over samples of |sum_ij A_ij dF/dA_ij| = |o dF/do|, o the head's output",
    source="Michel et al. 2019, equation 4",
    take=_take_head_importance,
)
