"""How far a sensor's held-out readings have moved from those of the training part.

In: readings of both parts, sorted. Out: a Drift. The thresholds 0.1 and 0.25 of the population
stability index are a convention of credit scoring (Siddiqi 2006, Credit Risk Scorecards, chapter
10), not a test. Never: a reason given for a shift; a season shifts a sensor too.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import ks_2samp

from generator.records.dataset_profile import Drift, DriftState

SHIFTED, STRONGLY = 0.1, 0.25
DECILES = np.arange(1, 10) / 10
FEWEST = 100
"""Fewer readings in a part than this: ten to a decile, and nothing is compared."""
EMPTY = 1e-4
"""The share an empty decile is given, so that the index stays finite."""
MOST = 20_000
"""Of more readings, so many evenly spaced order statistics are compared: the distance then
differs from the exact one by less than 1 / 10 000."""


def measure_drift(training: np.ndarray, held_out: np.ndarray) -> Drift | None:
    """The drift between two sorted arrays of readings; None where a part has fewer than 100.

    Args:
        training: (n,) readings in the sensor's unit.
        held_out: (m,) readings in the same.
    """
    if min(len(training), len(held_out)) < FEWEST:
        return None
    index = stability_index(training, held_out)
    below = np.searchsorted(held_out, training[0], side="left")
    above = len(held_out) - np.searchsorted(held_out, training[-1], side="right")
    distance = ks_2samp(_thin_out(training), _thin_out(held_out), method="asymp").statistic
    return Drift(
        psi=index,
        ks=float(distance),
        outside=float((below + above) / len(held_out)),
        state=_judge_index(index),
    )


def stability_index(training: np.ndarray, held_out: np.ndarray) -> float:
    """Sum over training deciles of (q - p) ln(q / p), p and q the shares of both parts.

    A decile holds readings above its lower edge up to its upper one. Equal deciles are one; where
    the lowest is the lowest reading, readings below it have a place of their own.

    Args:
        training: (n,) sorted readings in the sensor's unit.
        held_out: (m,) sorted readings in the same.

    Source: Siddiqi 2006, Credit Risk Scorecards, chapter 10.
    """
    edges = np.unique(np.quantile(training, DECILES))
    if edges[0] == training[0]:
        edges = np.concatenate([[np.nextafter(training[0], -np.inf)], edges])
    p, q = (_decile_shares(part, edges) for part in (training, held_out))
    return float(((q - p) * np.log(q / p)).sum())


def _decile_shares(part: np.ndarray, edges: np.ndarray) -> np.ndarray:
    upto = np.searchsorted(part, edges, side="right")
    counts = np.diff([0, *upto, len(part)])
    return np.maximum(counts / len(part), EMPTY)


def _thin_out(part: np.ndarray) -> np.ndarray:
    if len(part) <= MOST:
        return part
    return np.asarray(part[(2 * np.arange(MOST) + 1) * len(part) // (2 * MOST)])


def _judge_index(index: float) -> DriftState:
    if index < SHIFTED:
        return "much the same"
    return "shifted" if index < STRONGLY else "strongly shifted"
