"""The head-mean map at several zooms, each half as fine as the one before."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from generator.capture.calls import Block
from generator.capture.reduce.reduction import Frame, Reduction, mask_queries
from generator.capture.reduce.thumbnail import pool_max

COARSEST, FINEST = 256, 2048


@dataclass(frozen=True)
class Zooms:
    """Levels of one map, finest first.

    Attributes:
        levels: (rows, columns) float16 each: mean over samples of the largest head mean in a cell.
        factors: queries and keys in each cell, by level.
    """

    levels: tuple[np.ndarray, ...]
    factors: tuple[int, ...]


class Pyramid(Reduction[Zooms]):
    """Never holds the whole map: only its finest level, of at most `finest` on the longer side."""

    def __init__(self, frame: Frame, finest: int = FINEST, coarsest: int = COARSEST) -> None:
        self._call, self._coarsest = frame.call, coarsest
        longer = max(frame.call.queries, frame.call.keys)
        self._factor = 1
        while -(-longer // self._factor) > finest:
            self._factor *= 2
        rows, columns = (-(-n // self._factor) for n in (frame.call.queries, frame.call.keys))
        self._total = torch.zeros(rows, columns)
        self._count = 0
        self._sum: torch.Tensor | None = None
        self._cells = torch.zeros(0, rows, columns)

    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """Heads of the same rows and queries come one after the other and are added first.

        `real` is (rows, queries) bool.
        """
        if block.query == 0 and block.head == 0:
            self.end()
            self._cells = torch.zeros(block.values.shape[0], *self._total.shape)
        part = mask_queries(block.values, real).sum(1)
        self._sum = part if self._sum is None else self._sum + part
        if block.heads.stop == self._call.heads:
            self._pool(block, self._sum / self._call.heads)
            self._sum = None

    def _pool(self, block: Block, mean: torch.Tensor) -> None:
        before = block.query % self._factor
        pooled = pool_max(pool_max(mean, -2, self._factor, before), -1, self._factor).cpu()
        first = block.query // self._factor
        cells = self._cells[:, first : first + pooled.shape[-2], : pooled.shape[-1]]
        torch.maximum(cells, pooled.float(), out=cells)

    def end(self) -> None:
        """The rows under way are whole."""
        self._total += self._cells.sum(0)
        self._count += self._cells.shape[0]
        self._cells = self._cells[:0]

    def finish(self) -> Zooms:
        """Halved until the longer side is at most the coarsest."""
        levels, factors = [self._total / max(1, self._count)], [self._factor]
        while max(levels[-1].shape) > self._coarsest:
            finer = levels[-1]
            levels.append(pool_max(pool_max(finer, -2, 2), -1, 2))
            factors.append(2 * factors[-1])
        return Zooms(tuple(level.half().numpy() for level in levels), tuple(factors))
