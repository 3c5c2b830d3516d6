"""What a score means on the shop floor: false alarms a machine-month, failures warned of, lead.

In: one score an hour per machine, and the hour of its failure. Out: counts and hours. An alarm is
two hours running above a threshold; then it is silent for a day. Never: a model.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

SILENT_HOURS = 24
TRUE_WITHIN_HOURS = 48
HOURS_A_MONTH = 24 * 365.25 / 12
CANDIDATES = 200


@dataclass(frozen=True)
class Watch:
    """(hour,) scores of one machine, and hours from the first score to its failure, or None."""

    score: np.ndarray
    failure: int | None


@dataclass(frozen=True)
class AlarmRates:
    """How often a threshold alarms for nothing, and how early it warns of the failures.

    An alarm is false when no failure follows within 48 hours. A failure is warned of when an
    alarm comes in the 48 hours before it; lead is from the first of them.
    """

    false_per_machine_month: float
    failures: int
    warned: int
    median_lead_hours: float | None


def find_alarms(score: np.ndarray, threshold: float) -> list[int]:
    """The hours at which an alarm comes."""
    above = score > threshold
    raised: list[int] = []
    for hour in np.flatnonzero(above[1:] & above[:-1]) + 1:
        if not raised or hour >= raised[-1] + SILENT_HOURS:
            raised.append(int(hour))
    return raised


def measure_alarms(watches: Sequence[Watch], threshold: float) -> AlarmRates:
    """The figures of one threshold over all watched machines."""
    false, leads = 0, []
    for watch in watches:
        ahead = [_hours_ahead(watch, hour) for hour in find_alarms(watch.score, threshold)]
        true = [hours for hours in ahead if hours is not None]
        false += len(ahead) - len(true)
        leads += [max(true)] if true else []
    months = sum(len(watch.score) for watch in watches) / HOURS_A_MONTH
    return AlarmRates(
        false_per_machine_month=false / months,
        failures=sum(watch.failure is not None for watch in watches),
        warned=len(leads),
        median_lead_hours=float(np.median(leads)) if leads else None,
    )


def choose_threshold(watches: Sequence[Watch], false_per_machine_month: float) -> float:
    """The lowest threshold with no more false alarms, going down until there are more.

    Candidates are 200 quantiles of the scores, close together at the top.
    """
    scores = np.concatenate([watch.score for watch in watches])
    kept = float(scores.max())
    for candidate in np.quantile(scores, 1 - np.linspace(0, 1, CANDIDATES) ** 2):
        found = measure_alarms(watches, float(candidate))
        if found.false_per_machine_month > false_per_machine_month:
            break
        kept = float(candidate)
    return kept


def _hours_ahead(watch: Watch, hour: int) -> int | None:
    if watch.failure is None or watch.failure - hour > TRUE_WITHIN_HOURS:
        return None
    return watch.failure - hour
