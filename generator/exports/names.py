"""The names, uniform value and notice that go with a summary's numbers.

In: a summary, also a hand-made or empty one. Out: exactly one name for each number.
Never: a name dropped or made to fit.
"""

from __future__ import annotations

import math

import numpy as np

from generator.attention import AttentionSummary
from generator.tokens.axes import number_positions


def key_names(summary: AttentionSummary) -> list[str]:
    """One name per key; `position_0`, ... where the summary has none.

    Raises:
        ValueError: more or fewer names than keys.
    """
    return fit_names(summary.names, count_keys(summary))


def query_names(summary: AttentionSummary) -> list[str]:
    """One name per query; the keys' names where the map is square and queries have none."""
    shape = summary.aggregated_weights.shape
    count = len(summary.focus) or (shape[-2] if summary.aggregated_weights.ndim == 3 else 0)
    square = count == count_keys(summary)
    return fit_names(summary.query_names or (summary.names if square else []), count)


def count_keys(summary: AttentionSummary) -> int:
    """How many keys the summary is about; 0 for an empty one."""
    if len(summary.feature_importance):
        return len(summary.feature_importance)
    return summary.aggregated_weights.shape[-1] if summary.aggregated_weights.ndim == 3 else 0


def fit_names(names: list[str], count: int) -> list[str]:
    """The names, if there is one each; made-up positions for none.

    Raises:
        ValueError: more or fewer names than positions.
    """
    if names and len(names) != count:
        raise ValueError(f"{len(names)} names for {count} positions: give one name per position")
    return list(names) if names else number_positions(count)


def ranks(values: np.ndarray) -> list[int | None]:
    """Rank from 1 of (positions,) values, highest first, ties by position; None for no value."""
    places: list[int | None] = [None] * len(values)
    order = np.argsort(-np.asarray(values, dtype=np.float64), kind="stable")
    for rank, index in enumerate((i for i in order if np.isfinite(values[i])), start=1):
        places[int(index)] = rank
    return places


def to_number(value: float) -> float | None:
    """A Python float; None for NaN and infinities."""
    return float(value) if math.isfinite(value) else None


def compose_description(notice: str, banner: str) -> str:
    """Notice and banner as one text, for file metadata."""
    return f"{notice} {banner}".strip()
