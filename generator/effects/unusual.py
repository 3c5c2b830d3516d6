"""Whether windows lie among those a model was trained on, before and after an exchange.

Each window is told by mean and last known reading of every sensor; distance is Mahalanobis' with a
shrunken covariance (Ledoit & Wolf 2004), the limit its 99th percentile over training windows.
In: readings. Out: shares beyond the limit. Never: a verdict.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sklearn.covariance import LedoitWolf

from generator.effects.features import window_features
from generator.effects.part import MOST_BYTES, Part

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

    def outside(self, features: np.ndarray) -> np.ndarray:
        """(windows,) bool of (windows, features)."""
        return np.asarray(self._distance(features) > self.limit)

    def _distance(self, features: np.ndarray) -> np.ndarray:
        scaled = (features - self.centre) / self.scale
        return np.asarray(np.einsum("wi,ij,wj->w", scaled, self.inverse, scaled))


def fit_envelope(features: np.ndarray) -> Envelope:
    """The envelope of (windows, features) told of training windows."""
    centre, scale = features.mean(axis=0), features.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    inverse = LedoitWolf().fit((features - centre) / scale).precision_
    plain = Envelope(centre, scale, inverse, 0.0)
    limit = float(np.percentile(plain._distance(features), PERCENTILE))
    return Envelope(centre, scale, inverse, limit)


def outside_share(
    within: Envelope, values: np.ndarray, pool: np.ndarray, donors: np.ndarray, part: Part
) -> float:
    """Share of windows outside once `part` came from donors.

    Args:
        within: where training windows lie.
        values: (windows, time, sensors) readings.
        pool: (pool, time, sensors) readings of those that may stand in.
        donors: (windows, each) places in it.
        part: what is exchanged.
    """
    each = donors.shape[1]
    step = max(1, MOST_BYTES // (each * values[:1].nbytes))
    outside = [
        within.outside(
            window_features(_mix_donors(values[at : at + step], pool, donors[at : at + step], part))
        )
        for at in range(0, len(values), step)
    ]
    return float(np.concatenate(outside).mean())


def _mix_donors(values: np.ndarray, pool: np.ndarray, donors: np.ndarray, part: Part) -> np.ndarray:
    """(windows * each, time, sensors) the windows with `part` of each of their donors."""
    mixed = np.repeat(values, donors.shape[1], axis=0)
    part.put(mixed, pool[donors.ravel()])
    return mixed
