"""Expected gradients: the second opinion on which inputs an answer rests on.

Integrated gradients (Sundararajan et al. 2017, equation 3) from each donor to the window, meaned
over donors (Erion et al. 2021, equation 3); captum integrates. In: windows and donors. Out: shares
of F(window) - F(donor) by sensor and span, and how far their sum is from it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from captum.attr import IntegratedGradients
from torch import Tensor

from generator.effects.exchange import ExplainedWindows
from generator.effects.scalar import ExplainedScalar

PASSES_AT_ONCE = 256
SMALLEST = 0.1  # of sd(F): smaller differences are no measure of the gap


@dataclass(frozen=True)
class Shares:
    """What each sensor and span contributed to F(window) - F(donor), in sd(F).

    Attributes:
        cells: (windows, donors, spans, sensors).
        gap: (windows, donors), |sum of all cells - difference| over the larger of |difference|
            and a tenth of sd(F).
    """

    cells: np.ndarray
    gap: np.ndarray

    def effect(self, columns: tuple[int, ...]) -> np.ndarray:
        """(windows,) mean over donors of |what these sensors contributed together|."""
        return np.asarray(np.abs(self.cells[..., list(columns)].sum(axis=(2, 3))).mean(axis=1))


def expected_gradients(
    scalar: ExplainedScalar,
    windows: ExplainedWindows,
    pool: np.ndarray,
    donors: np.ndarray,
    edges: np.ndarray,
    steps: int,
) -> Shares | None:
    """The shares; None where the model gives no answer that can be derived.

    Args:
        scalar: the number explained.
        windows: the windows.
        pool: (pool, time, sensors) readings of those that may stand in.
        donors: (windows, each) places in the pool.
        edges: (spans,) first row of each span.
        steps: points on the way from donor to window (Gauss-Legendre).
    """
    answering, each = scalar.model.answer, donors.shape[1]
    if answering is None or not _is_time_by_sensor(scalar, windows):
        return None

    def explained(inputs: Tensor, rivals: Tensor) -> Tensor:
        found: Tensor = answering(inputs)
        return _margin(found, rivals) if rivals.shape[1] else found

    way = IntegratedGradients(explained, multiply_by_inputs=True)
    size = max(1, PASSES_AT_ONCE // (steps * each))
    parts = [
        _attribute_batch(way, scalar, windows.take(few), pool[donors[few].ravel()], edges, steps)
        for start in range(0, len(windows), size)
        for few in [np.arange(start, min(start + size, len(windows)))]
    ]
    cells, gaps, whole = (np.concatenate(x) / scalar.sd for x in zip(*parts, strict=True))
    return Shares(
        cells.reshape(len(windows), each, *cells.shape[1:]),
        (np.abs(gaps) / np.maximum(np.abs(whole), SMALLEST)).reshape(len(windows), each),
    )


def _is_time_by_sensor(scalar: ExplainedScalar, windows: ExplainedWindows) -> bool:
    """Whether what the model takes still is time by sensor."""
    one = scalar.model.forward_input(windows.values[:1])
    return isinstance(one, Tensor) and one.shape == windows.values[:1].shape


def _attribute_batch(
    way: IntegratedGradients,
    scalar: ExplainedScalar,
    windows: ExplainedWindows,
    there: np.ndarray,
    edges: np.ndarray,
    steps: int,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of a few windows: shares by span and sensor, their gap, F(window) - F(donor)."""
    each = len(there) // len(windows)
    pair = torch.from_numpy(np.repeat(windows.pair, each, axis=0))
    found, gap = way.attribute(
        scalar.model.forward_input(np.repeat(windows.values, each, axis=0)),
        scalar.model.forward_input(there),
        additional_forward_args=(pair,),
        n_steps=steps,
        return_convergence_delta=True,
    )
    gap = gap.double()
    whole = found.double().sum(dim=(1, 2)) - gap
    return _sum_spans(found, edges), gap.numpy(), whole.numpy()


def _margin(scores: Tensor, pair: Tensor) -> Tensor:
    ahead: Tensor = scores.gather(1, pair).diff(dim=1)[:, 0].neg()
    return ahead


def _sum_spans(found: Tensor, edges: np.ndarray) -> np.ndarray:
    """(windows, spans, sensors) sums over the rows of each span."""
    return np.asarray(np.add.reduceat(found.detach().double().numpy(), edges, axis=1))
