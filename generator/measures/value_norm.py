"""Value norms: attention weighed by how long the vectors are that it moves.

In: explicit attention, values and output matrices of one layer. Never: the bias of the output
matrix, the residual path or the layer norm, which belong to no key.
"""

from __future__ import annotations

import numpy as np

from generator.measures.evidence import Evidence, MeasureValues, Missing, describe_means
from generator.measures.measure import Measure
from generator.measures.visible import nan_mean, real_queries


def value_norm(attention: np.ndarray, values: np.ndarray, output: np.ndarray) -> np.ndarray:
    """(queries, keys): |sum_h A_ij^h v_j^h W_O^h|, the length of what key j adds to query i.

    In the model's own units. `attention` (heads, queries, keys), `values` (heads, keys, width),
    `output` (heads, width, model), the rows of the output matrix that belong to each head.
    Kobayashi et al. 2020, section 2.2.

    Raises:
        ValueError: shapes that do not fit.
    """
    moved = transform_values(values, output)
    if attention.ndim != 3 or attention.shape[::2] != moved.shape[:2]:
        raise ValueError(
            f"attention must be (heads, queries, keys) over {moved.shape[:2]} heads and keys; "
            f"found {attention.shape}"
        )
    rows = (np.einsum("hk,hkm->km", row, moved) for row in attention.swapaxes(0, 1))
    return np.stack([np.linalg.norm(row, axis=-1) for row in rows])


def vector_norms(values: np.ndarray, output: np.ndarray) -> np.ndarray:
    """(heads, keys): |v_j^h W_O^h|, how long a key's vector is before attention weighs it.

    In the model's own units; `values` (heads, keys, width), `output` (heads, width, model).
    Kobayashi et al. 2020, section 2.2.

    Raises:
        ValueError: shapes that do not fit.
    """
    norms: np.ndarray = np.linalg.norm(transform_values(values, output), axis=-1)
    return norms


def transform_values(values: np.ndarray, output: np.ndarray) -> np.ndarray:
    """(heads, keys, model): v_j^h W_O^h, in the model's own units.

    `values` (heads, keys, width), `output` (heads, width, model). Kobayashi et al. 2020,
    section 2.2.

    Raises:
        ValueError: shapes that do not fit.
    """
    if values.ndim != 3 or output.ndim != 3 or values.shape[::2] != output.shape[:2]:
        raise ValueError(
            f"values must be (heads, keys, width) and output (heads, width, model); "
            f"found {values.shape} and {output.shape}"
        )
    moved: np.ndarray = values.astype(np.float64) @ output.astype(np.float64)
    return moved


def mean_value_norm(norms: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(keys,): mean over real queries of `norms` (queries, keys), in their unit.

    `mask` (queries, keys) bool; NaN for keys nobody may see. Own definition: (1/|Q|) sum over real
    queries i of the norm of Kobayashi et al. 2020, section 2.2.
    """
    rows = real_queries(mask)
    means = norms[rows].sum(axis=0) / max(int(rows.sum()), 1)
    return np.where(mask.any(axis=0), means, np.nan)


def _take_value_norm(evidence: Evidence) -> MeasureValues | Missing:
    """(keys,) mean over layers and real queries."""
    if evidence.values is None:
        return Missing("It needs the model's values and output matrices, which maps do not hold.")
    arrays = evidence.values
    layers = zip(evidence.weights.weights, arrays.values, arrays.output, strict=True)
    norms = [mean_value_norm(value_norm(*layer), evidence.mask) for layer in layers]
    note = describe_means(evidence.weights)
    return MeasureValues(nan_mean(np.stack(norms), axis=0), "keys", note)


VALUE_NORM = Measure(
    name="value_norm",
    title="Value norm",
    meaning="Mean length of what a position adds to the others: attention times the length of its "
    "vector, in the model's own units.",
    granularity="position",
    family="vectors",
    formula="mean over layers and real queries i of |sum_h A_ij^h v_j^h W_O^h|",
    source="Kobayashi et al. 2020, section 2.2; the mean over queries is our own",
    take=_take_value_norm,
)
