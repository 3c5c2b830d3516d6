"""How much the head-mean map varies from sample to sample."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from generator.capture.calls import Block
from generator.capture.reduce.reduction import (
    Frame,
    Reduction,
    count_real_rows,
    mask_queries,
    to_host,
)


@dataclass(frozen=True)
class WindowStatistics:
    """Mean and spread over samples, entry by entry.

    Attributes:
        mean: (queries, keys) float32, mean over samples of each sample's head-mean map.
        spread: (queries, keys) float32, their standard deviation (n - 1); NaN below two samples.
        counts: (queries,) samples in which the query is real.
    """

    mean: np.ndarray
    spread: np.ndarray
    counts: np.ndarray


class WindowSpread(Reduction[WindowStatistics]):
    """Welford's running mean and squares (Technometrics 4(3), 1962), one sample at a time."""

    def __init__(self, frame: Frame) -> None:
        self._heads, self._per_sample = frame.call.heads, frame.per_sample
        size = (frame.call.queries, frame.call.keys)
        self._mean, self._squares = torch.zeros(size), torch.zeros(size)
        self._counts = torch.zeros(frame.call.queries)
        self._sample = -1
        self._map, self._rows = torch.zeros(size), torch.zeros(frame.call.queries)

    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """Each batch row to its sample's map; `real` is (rows, queries) bool."""
        values = mask_queries(block.values, real)
        for at, row in enumerate(range(block.rows.start, block.rows.stop)):
            if row // self._per_sample != self._sample:
                self.end()
                self._sample = row // self._per_sample
            one = None if real is None else real[at : at + 1]
            self._map[block.queries, : block.keys] += to_host(values[at].sum(0))
            self._rows[block.queries] += count_real_rows(block.values[at : at + 1], one)

    def end(self) -> None:
        """The sample under way is whole."""
        if self._sample < 0:
            return
        real = self._rows > 0
        mean = self._map / self._rows.clamp(min=1)[:, None]
        self._counts += real
        apart = (mean - self._mean) * real[:, None]
        self._mean += apart / self._counts.clamp(min=1)[:, None]
        self._squares += apart * (mean - self._mean)
        self._sample = -1
        self._map.zero_()
        self._rows.zero_()

    def finish(self) -> WindowStatistics:
        """What all samples leave."""
        free = self._counts - 1
        spread = (self._squares / free.clamp(min=1)[:, None]).clamp(min=0).sqrt()
        spread[free < 1] = torch.nan
        return WindowStatistics(self._mean.numpy(), spread.numpy(), self._counts.numpy())
