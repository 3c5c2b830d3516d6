"""Value norms: attention weighed by how long the vectors are that it moves.

In: explicit attention, values and output matrices of one layer. Never: the bias of the output
matrix, the residual path or the layer norm, which belong to no key.
"""

from __future__ import annotations

import numpy as np

from generator.measures.visible import real_queries


def value_norm(attention: np.ndarray, values: np.ndarray, output: np.ndarray) -> np.ndarray:
    """(queries, keys): |sum_h A_ij^h v_j^h W_O^h|, the length of what key j adds to query i.

    `attention` (heads, queries, keys), `values` (heads, keys, width), `output` (heads, width,
    model), the rows of the output matrix that belong to each head. Kobayashi et al. 2020,
    section 2.2.

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
    """(heads, keys): |v_j^h W_O^h|, how long a key's vector is before attention weighs it."""
    found: np.ndarray = np.linalg.norm(transform_values(values, output), axis=-1)
    return found


def transform_values(values: np.ndarray, output: np.ndarray) -> np.ndarray:
    """(heads, keys, model): v_j^h W_O^h."""
    if values.ndim != 3 or output.ndim != 3 or values.shape[::2] != output.shape[:2]:
        raise ValueError(
            f"values must be (heads, keys, width) and output (heads, width, model); "
            f"found {values.shape} and {output.shape}"
        )
    found: np.ndarray = values.astype(np.float64) @ output.astype(np.float64)
    return found


def mean_value_norm(norms: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(keys,): mean of (queries, keys) norms over real queries; NaN for keys nobody may see."""
    rows = real_queries(mask)
    found = norms[rows].sum(axis=0) / max(int(rows.sum()), 1)
    return np.where(mask.any(axis=0), found, np.nan)
