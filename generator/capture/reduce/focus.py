"""How focused each head is at each query: 1 - entropy / log(visible keys)."""

from __future__ import annotations

import math

import numpy as np
import torch

from generator.capture.calls import Block
from generator.capture.reduce.reduction import Frame, Reduction, to_host


class Focus(Reduction[np.ndarray]):
    """(heads, queries): mean over batch rows of each row's own focus; NaN where all is padding.

    It is measured before anything is averaged: the mean of focuses is no focus of a mean. A query
    with fewer than two keys in sight has none: 0.
    """

    def __init__(self, frame: Frame) -> None:
        self._keys = frame.call.keys
        self._spread = torch.zeros(frame.call.heads, frame.call.queries)
        self._counts = torch.zeros(frame.call.heads, frame.call.queries)

    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """Add up how spread its rows are: 1 where attention is even over what is visible.

        `real` is (rows, queries) bool.
        """
        spread = self._measure_spread(block)
        if real is not None:
            spread = spread * real[:, None]
        rows = block.values.shape[0]
        self._spread[block.heads, block.queries] += to_host(
            spread[0] if rows == 1 else spread.sum(0)
        )
        self._counts[block.heads, block.queries] += rows if real is None else real.sum(0).cpu()

    def _measure_spread(self, block: Block) -> torch.Tensor:
        entropy = block.entropy()
        if block.visible is None:
            return entropy / math.log(self._keys) if self._keys > 1 else torch.ones_like(entropy)
        keys = block.visible.sum(-1).expand(entropy.shape)
        spread = (entropy / keys.clamp(min=2).log()).clamp_(0.0, 1.0)
        return torch.where(keys < 2, torch.ones_like(spread), spread)

    def finish(self) -> np.ndarray:
        """(heads, queries) in 0 to 1: mean over the rows that counted."""
        mean = 1.0 - self._spread / self._counts.clamp(min=1)
        return mean.clamp_(0.0, 1.0).masked_fill_(self._counts == 0, torch.nan).numpy()
