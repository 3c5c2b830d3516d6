"""The mean map over samples, of every head or of their mean; and which keys were visible."""

from __future__ import annotations

from collections.abc import Sequence

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


class HeadMean(Reduction[np.ndarray]):
    """(1, queries, keys) float32: mean over heads, batch rows and real queries."""

    def __init__(self, frame: Frame) -> None:
        self._total = torch.zeros(frame.call.queries, frame.call.keys)
        self._counts = torch.zeros(frame.call.queries)

    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """Add its heads and rows up; `real` is (rows, queries) bool."""
        part = mask_queries(block.values, real)
        part = part[0, 0] if part.shape[:2] == (1, 1) else part.sum((0, 1))
        self._total[block.queries, : block.keys] += to_host(part)
        self._counts[block.queries] += count_real_rows(block.values, real)

    def finish(self) -> np.ndarray:
        """(1, queries, keys) probabilities; rows of zeros where a query is padding everywhere."""
        return self._total.div_(self._counts.clamp(min=1)[:, None]).numpy()[None]


class HeadMaps(Reduction[np.ndarray]):
    """(heads, queries, keys) float32: mean over batch rows, of all heads or of the chosen ones."""

    def __init__(self, frame: Frame, heads: Sequence[int] | None = None) -> None:
        call = frame.call
        self._heads = list(range(call.heads) if heads is None else heads)
        self._total = torch.zeros(len(self._heads), call.queries, call.keys)
        self._counts = torch.zeros(call.queries)

    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """Add those of its heads that are wanted; `real` is (rows, queries) bool."""
        here = [
            (at, h) for at, h in enumerate(self._heads) if block.heads.start <= h < block.heads.stop
        ]
        if block.head == 0:
            rows = block.values.shape[0]
            self._counts[block.queries] += rows if real is None else real.sum(0).cpu()
        for at, head in here:
            part = mask_queries(block.values[:, head - block.head][:, None], real)[:, 0].sum(0)
            self._total[at, block.queries, : block.keys] += to_host(part)

    def finish(self) -> np.ndarray:
        """(heads, queries, keys) probabilities, in the order the heads were chosen."""
        return self._total.div_(self._counts.clamp(min=1)[None, :, None]).numpy()


class VisibleKeys(Reduction[np.ndarray]):
    """(queries, keys) bool: True where a real query may see the key in some sample."""

    def __init__(self, frame: Frame) -> None:
        self._visible = torch.zeros(frame.call.queries, frame.call.keys, dtype=torch.bool)

    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """Add what its queries may see; `real` is (rows, queries) bool."""
        at = self._visible[block.queries, : block.keys]
        if block.visible is None:
            at |= torch.ones(1, dtype=torch.bool) if real is None else real.any(0).cpu()[:, None]
            return
        visible = block.visible.any(1)
        at |= (visible if real is None else visible & real[..., None]).any(0).cpu()

    def finish(self) -> np.ndarray:
        """(queries, keys) bool."""
        return self._visible.numpy()
