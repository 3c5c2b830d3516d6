"""How well a score tells events from non-events: three figures, in plain numpy.

In: (window,) scores, higher = more likely, and (window,) bool answers. Out: floats.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import rankdata


def roc_auc(score: np.ndarray, event: np.ndarray) -> float:
    """Share of (event, non-event) pairs the score orders rightly; ties count half."""
    events, others = int(event.sum()), int((~event).sum())
    rank_sum = float(rankdata(score)[event].sum())
    return (rank_sum - events * (events + 1) / 2) / (events * others)


def average_precision(score: np.ndarray, event: np.ndarray) -> float:
    """Precision averaged over the recall steps, highest score first; ties share one step."""
    values, inverse = np.unique(-score, return_inverse=True)
    found = np.cumsum(np.bincount(inverse, weights=event, minlength=len(values)))
    seen = np.cumsum(np.bincount(inverse, minlength=len(values)))
    return float(np.sum(np.diff(found, prepend=0.0) * found / seen) / event.sum())


def balanced_accuracy(score: np.ndarray, event: np.ndarray, threshold: float) -> float:
    """Mean of the shares of events and of non-events called rightly; an event is > threshold."""
    called = score > threshold
    return float((called[event].mean() + (~called[~event]).mean()) / 2)


def best_threshold(score: np.ndarray, event: np.ndarray) -> float:
    """The threshold with the highest balanced accuracy; the lowest such score."""
    values, inverse = np.unique(score, return_inverse=True)
    missed = np.cumsum(np.bincount(inverse, weights=event, minlength=len(values)))
    spared = np.cumsum(np.bincount(inverse, weights=~event, minlength=len(values)))
    gain = spared / (~event).sum() - missed / event.sum()
    return float(values[int(np.argmax(gain))])
