"""How much attention each key received, and what it would be if attention were spread evenly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from generator.capture.calls import Block
from generator.capture.reduce.reduction import Frame, Reduction, counted
from generator.errors import CaptureError


@dataclass(frozen=True)
class ReceivedAttention:
    """Attention received, by sample.

    Attributes:
        received: (samples, keys), mean over heads and real queries of each sample.
        expected: (samples, keys), the same if each query spread its attention over what it sees.
    """

    received: np.ndarray
    expected: np.ndarray

    def lift(self) -> np.ndarray:
        """(keys,) received over expected, both means over samples; NaN where nothing could be."""
        received, expected = self.received.mean(0), self.expected.mean(0)
        found: np.ndarray = np.full_like(received, np.nan)
        np.divide(received, expected, out=found, where=expected > 0)
        return found


class Received(Reduction[ReceivedAttention]):
    """Column sums, row by row."""

    def __init__(self, frame: Frame) -> None:
        self._call, self._per_sample = frame.call, frame.per_sample
        self._parts: list[torch.Tensor] = []
        self._rows: dict[int, torch.Tensor] = {}

    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """Add the columns of its maps, of an even map, and its queries, to their rows."""
        sums = counted(block.values, real).sum(2).sum(1).float().cpu()
        even, queries = _even(block, real, self._call.keys)
        for at, row in enumerate(range(block.rows.start, block.rows.stop)):
            if row not in self._rows:
                self._rows[row] = torch.zeros(3, self._call.keys)
            held = self._rows[row]
            held[0, : block.keys] += sums[at]
            held[1] += even[at]
            held[2] += queries[at]

    def end(self) -> None:
        """Rows become samples; the next pass starts with row 0 again."""
        if self._rows:
            rows = torch.stack([self._rows[row] for row in sorted(self._rows)])
            self._parts.append(rows)
            self._rows = {}

    def finish(self) -> ReceivedAttention:
        """Mean over the rows of each sample."""
        if not self._parts:
            raise CaptureError(f"{self._call.name}: the chosen sample has no attention rows")
        rows = torch.cat(self._parts)
        means = rows[:, :2] / rows[:, 2:].clamp(min=1)
        found = means.reshape(-1, self._per_sample, 2, means.shape[-1]).mean(1)
        return ReceivedAttention(found[:, 0].numpy(), found[:, 1].numpy())


def _even(block: Block, real: torch.Tensor | None, keys: int) -> tuple[torch.Tensor, torch.Tensor]:
    """(rows, keys) column sums of even maps over its heads; (rows, 1) queries times heads."""
    rows, heads, queries, _ = block.values.shape
    count = torch.full((rows,), queries) if real is None else real.sum(-1).cpu()
    if block.visible is None:
        return (count * heads / keys)[:, None].expand(rows, keys), count[:, None] * heads
    seen = block.visible if real is None else block.visible & real[:, None, :, None]
    even = (seen / seen.sum(-1, keepdim=True).clamp(min=1)).sum((1, 2)).float().cpu()
    times = heads // seen.shape[1]
    wide = torch.zeros(rows, keys)
    wide[:, : block.keys] = even * times
    return wide, count[:, None] * heads
