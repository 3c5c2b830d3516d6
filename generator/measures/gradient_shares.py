"""Who gathered, who was used, which head mattered: splits of A dF/dA, the attention's part in F.

For each head sum_ij A dF/dA = o dF/do, with o the head's output: capture checks it call by call.
Its row, column and head splits add up exactly. In: the gradient maps of one group of calls of one
shape. Never: another unit than F's; give F divided by its standard deviation over a reference set.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from generator.capture.gradients import GradientMap
from generator.measures.visible import real_queries


def gather(maps: Sequence[GradientMap], mask: np.ndarray) -> np.ndarray:
    """(queries,): sum over layers of |sum over heads and keys of A dF/dA|; NaN for padding.

    How much F uses what a position collected, in units of F, mean over samples.

    Raises:
        ValueError: no map, or maps or a mask of other shapes.
    """
    _check_shapes(maps, mask)
    found = np.sum([one.gathered for one in maps], axis=0, dtype=np.float64)
    return np.where(real_queries(mask), found, np.nan)


def usage(maps: Sequence[GradientMap], mask: np.ndarray) -> np.ndarray:
    """(keys,): sum over layers and heads of |sum over queries of A dF/dA|, brought to sum 1.

    How much F uses what a position gave. NaN for keys that no query may see; all 0 where F uses
    none. Where a sample has several batch rows (channels), each counts by itself.

    Raises:
        ValueError: no map, or maps or a mask of other shapes.
    """
    _check_shapes(maps, mask)
    found = np.sum([one.used_by_head.sum(axis=(0, 1), dtype=np.float64) for one in maps], axis=0)
    return np.where(mask.any(axis=0), _to_shares(np.where(mask.any(axis=0), found, 0.0)), np.nan)


def usage_by_series(maps: Sequence[GradientMap]) -> np.ndarray:
    """(rows,): the same for each batch row of a sample, such as its channels, over all keys.

    Raises:
        ValueError: no map, or maps of other shapes.
    """
    _check_shapes(maps)
    found = np.sum([one.used_by_head.sum(axis=(1, 2), dtype=np.float64) for one in maps], axis=0)
    return _to_shares(found)


def head_importance(maps: Sequence[GradientMap]) -> np.ndarray:
    """(layers, heads): mean over samples of |sum_ij A dF/dA| = |o dF/do|, in units of F.

    Michel et al. 2019, equation 4.

    Raises:
        ValueError: no map, or maps of other shapes.
    """
    _check_shapes(maps)
    return np.stack([one.heads for one in maps]).astype(np.float64)


def _to_shares(found: np.ndarray) -> np.ndarray:
    total = found.sum()
    return np.asarray(found / total if total > 0 else found)


def _check_shapes(maps: Sequence[GradientMap], mask: np.ndarray | None = None) -> None:
    shapes = {(one.call.heads, *one.signed.shape, len(one.used_by_head)) for one in maps}
    if len(shapes) != 1:
        listed = ", ".join(map(str, sorted(shapes))) or "none"
        raise ValueError(
            f"gradient maps must be of one (heads, queries, keys, rows per sample); found {listed}"
        )
    if mask is not None and mask.shape != maps[0].signed.shape:
        raise ValueError(f"the mask is {mask.shape}, the gradient maps are {maps[0].signed.shape}")
