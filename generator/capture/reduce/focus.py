"""How focused each head is at each query: 1 - entropy / log(visible keys)."""

from __future__ import annotations

import math

import numpy as np
import torch

from generator.capture.calls import Block
from generator.capture.reduce.reduction import Frame, Reduction


class Focus(Reduction[np.ndarray]):
    """(heads, queries): mean over batch rows of each row's own focus; NaN where all is padding.

    It is measured before anything is averaged: the mean of focuses is no focus of a mean. A query
    with fewer than two keys in sight has none: 0.
    """

    def __init__(self, frame: Frame) -> None:
        self._keys = frame.call.keys
        self._total = torch.zeros(frame.call.heads, frame.call.queries)
        self._counts = torch.zeros(frame.call.heads, frame.call.queries)

    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """Add its rows up."""
        found = self._focus(block)
        if real is not None:
            found = found * real[:, None]
        rows = block.values.shape[0]
        self._total[block.heads, block.queries] += found.sum(0).float().cpu()
        self._counts[block.heads, block.queries] += rows if real is None else real.sum(0).cpu()

    def _focus(self, block: Block) -> torch.Tensor:
        entropy = block.entropy()
        if block.visible is None:
            if self._keys < 2:
                return torch.zeros_like(entropy)
            return (1.0 - entropy / math.log(self._keys)).clamp_(0.0, 1.0)
        keys = block.visible.sum(-1).expand(entropy.shape)
        found = (1.0 - entropy / keys.clamp(min=2).log()).clamp_(0.0, 1.0)
        return torch.where(keys < 2, torch.zeros_like(found), found)

    def finish(self) -> np.ndarray:
        """Mean over the rows that counted."""
        mean = self._total / self._counts.clamp(min=1)
        return mean.masked_fill_(self._counts == 0, torch.nan).numpy()
