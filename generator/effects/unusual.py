"""Whether windows lie among those a model was trained on, before and after an exchange.

Each window is told by mean and last known reading of every sensor; distance is Mahalanobis' with a
shrunken covariance (Ledoit & Wolf 2004), the limit its 99th percentile over training windows.
In: readings. Out: shares beyond the limit. Never: a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.covariance import LedoitWolf

from generator.effects.answers import last_known

PERCENTILE = 99


@dataclass(frozen=True)
class Envelope:
    """Where training windows lie.

    Attributes:
        centre, scale: of each feature; inverse: of the covariance of the scaled features.
        limit: the squared distance that one in a hundred training windows passes.
    """

    centre: np.ndarray
    scale: np.ndarray
    inverse: np.ndarray
    limit: float

    def outside(self, told: np.ndarray) -> np.ndarray:
        """(windows,) bool of (windows, features)."""
        return np.asarray(self._distance(told) > self.limit)

    def _distance(self, told: np.ndarray) -> np.ndarray:
        scaled = (told - self.centre) / self.scale
        return np.asarray(np.einsum("wi,ij,wj->w", scaled, self.inverse, scaled))


def envelope(told: np.ndarray) -> Envelope:
    """The envelope of (windows, features) told of training windows."""
    centre, scale = told.mean(axis=0), told.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    inverse = LedoitWolf().fit((told - centre) / scale).precision_
    plain = Envelope(centre, scale, inverse, 0.0)
    limit = float(np.percentile(plain._distance(told), PERCENTILE))
    return Envelope(centre, scale, inverse, limit)


def told_of(values: np.ndarray) -> np.ndarray:
    """(windows, 2 * sensors): the mean of each sensor's known readings, then its last known one."""
    known = np.isfinite(values)
    total = np.where(known, values, 0.0).sum(axis=1)
    mean = total / np.maximum(known.sum(axis=1), 1)
    last = np.stack([last_known(values[:, :, i]) for i in range(values.shape[2])], axis=1)
    return np.concatenate([mean, last], axis=1)


def outside_exchanged(
    within: Envelope,
    told: np.ndarray,
    donors: np.ndarray,
    columns: tuple[int, ...],
) -> float:
    """Share of windows outside once whole sensors came from donors.

    Args:
        within: where training windows lie.
        told: (windows, features) of the windows.
        donors: (windows, each, features) of the donors.
        columns: places of the sensors that are exchanged.
    """
    sensors = told.shape[1] // 2
    mixed = np.repeat(told[:, None], donors.shape[1], axis=1)
    places = [*columns, *(sensors + c for c in columns)]
    mixed[..., places] = donors[..., places]
    return float(within.outside(mixed.reshape(-1, told.shape[1])).mean())
