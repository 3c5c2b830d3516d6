"""What each window's own attention says of sensors and of spans, map by map.

In: windows and what the model's tokens hold. Out: scores a ranking can be made from, or None where
this map cannot tell. Never: a score for a sensor that no token stands for.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from generator.capture.extract import Extraction, extract_attention
from generator.capture.gradients import extract_gradients
from generator.capture.inputs import model_input
from generator.claims.explained_module import wrap_model
from generator.effects.exchange import ExplainedWindows
from generator.effects.scalar import ExplainedScalar
from generator.measures.gradient_shares import USED
from generator.measures.lift import LIFT, lift
from generator.measures.measure import Measure
from generator.measures.read_out import MeanOfRows, apply_read_out
from generator.measures.rollout import ROLLOUT, rollout
from generator.measures.visible import find_visible
from generator.records import TokenCoverage
from generator.tokens.spread import spread_to_cells


@dataclass(frozen=True)
class WindowMaps:
    """One map of each window.

    Attributes:
        measure: which; cells: (windows, time, sensors) what it says of each cell, spread over the
            cells of each token.
    """

    measure: Measure
    cells: np.ndarray

    def sensors(self) -> np.ndarray:
        """(windows, sensors)."""
        return np.asarray(self.cells.sum(axis=1))

    def spans(self, edges: np.ndarray) -> np.ndarray:
        """(windows, spans)."""
        return np.asarray(np.add.reduceat(self.cells.sum(axis=2), edges, axis=1))


Maker = Callable[[ExplainedScalar, ExplainedWindows, TokenCoverage], np.ndarray]


def lift_cells(
    scalar: ExplainedScalar, windows: ExplainedWindows, coverage: TokenCoverage
) -> np.ndarray:
    """(windows, time, sensors) attention received, beside an even share.

    Raises:
        ValueError: attention was not read window by window.
    """
    model = scalar.model
    given = model_input(model.module, model.forward_input(windows.values))
    weights = extract_attention(model.module, given, Extraction(prove=False))
    if weights.received_by_sample is None or weights.expected_by_sample is None:
        raise ValueError("attention was not read window by window")
    got = np.asarray(weights.received_by_sample.mean(axis=1), dtype=np.float64)
    even = np.asarray(weights.expected_by_sample.mean(axis=1), dtype=np.float64)
    return _spread(coverage, lift(got, even))


def rollout_cells(
    scalar: ExplainedScalar, windows: ExplainedWindows, coverage: TokenCoverage
) -> np.ndarray:
    """(windows, time, sensors) rollout, read as the mean of all rows."""
    return _spread(
        coverage, np.stack([_rollout(scalar, windows, at) for at in range(len(windows))])
    )


def used_cells(
    scalar: ExplainedScalar, windows: ExplainedWindows, coverage: TokenCoverage
) -> np.ndarray:
    """(windows, time, sensors) how much F uses what each token gave: |sum of A dF/dA| per key.

    Where a model reads its sensors one by one, each has a map of its own.
    """
    return np.stack([_used(scalar, windows, at, coverage) for at in range(len(windows))])


MAKERS: dict[Measure, Maker] = {
    LIFT: lift_cells,
    ROLLOUT: rollout_cells,
    USED: used_cells,
}


def _rollout(scalar: ExplainedScalar, windows: ExplainedWindows, at: int) -> np.ndarray:
    model = scalar.model
    given = model_input(model.module, model.forward_input(windows.values[at : at + 1]))
    weights = extract_attention(model.module, given, Extraction(prove=False))
    mask = find_visible(weights)
    found = apply_read_out(rollout(weights.weights[:, 0], mask), mask, MeanOfRows())
    return np.asarray(np.nan_to_num(found))


def _used(
    scalar: ExplainedScalar, windows: ExplainedWindows, at: int, coverage: TokenCoverage
) -> np.ndarray:
    """(time, sensors) of one window."""
    made = wrap_model(scalar, windows.take(np.array([at])))
    if made is None:
        raise ValueError("the model gives no answer that can be derived")
    maps = extract_gradients(*made, lambda found: found).maps
    rows = np.stack([one.used_by_head.sum(axis=1, dtype=np.float64) for one in maps]).sum(axis=0)
    if len(rows) == len(coverage.sensors):
        series = [spread_to_cells(coverage, row).sum(axis=1) for row in rows]
        return np.stack(series, axis=1)
    return spread_to_cells(coverage, rows.sum(axis=0))


def _spread(coverage: TokenCoverage, scores: np.ndarray) -> np.ndarray:
    return np.stack([spread_to_cells(coverage, row) for row in scores])
