"""Small attention maps whose numbers are known, for the tests of figures and exports."""

from __future__ import annotations

from typing import Any

import numpy as np

from generator.attention import AttentionWeights
from generator.kinds import TokenKind

SENSORS = ["fuel_flow", "air_flow", "oxygen_ppm", "co_ppm"]
# (queries, keys); rows sum to 1
MAP = np.array(
    [
        [0.10, 0.20, 0.30, 0.40],
        [0.25, 0.25, 0.25, 0.25],
        [0.00, 0.50, 0.00, 0.50],
        [0.70, 0.10, 0.10, 0.10],
    ]
)


def make_weights(**changes: Any) -> AttentionWeights:
    """Two layers of two heads: MAP, and three maps made from it by turning its columns."""
    maps = np.stack([np.stack([np.roll(MAP, 2 * i + j, axis=1) for j in (0, 1)]) for i in (0, 1)])
    given: dict[str, Any] = {
        "weights": maps.astype(np.float32),
        "feature_names": SENSORS,
        "tokens": TokenKind.SENSORS,
        "model_name": "combustion",
        "mask": np.ones((4, 4), dtype=bool),
    }
    return AttentionWeights(**(given | changes))


def make_uniform(count: int, **changes: Any) -> AttentionWeights:
    """One layer, one head, attention spread evenly."""
    return AttentionWeights(np.full((1, 1, count, count), 1 / count, np.float32), **changes)


def draw_weights(queries: int, keys: int, **changes: Any) -> AttentionWeights:
    """Two layers of three heads of seeded maps."""
    raw = np.exp(np.random.default_rng(0).normal(size=(2, 3, queries, keys)))
    maps = raw / raw.sum(axis=-1, keepdims=True)
    return AttentionWeights(maps.astype(np.float32), **changes)
