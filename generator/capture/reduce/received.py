"""How much attention each key received, and what it would be if attention were spread evenly."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from generator.capture.calls import Block
from generator.capture.reduce.reduction import Frame, Reduction, mask_queries, to_host
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
        times: np.ndarray = np.full_like(received, np.nan)
        np.divide(received, expected, out=times, where=expected > 0)
        return times


@dataclass
class _RowSums:
    """One batch row: column sums of its maps and of even ones, and its queries times heads.

    `open_` counts the queries that see every key, whose even share needs no sum.
    """

    sums: torch.Tensor
    even: torch.Tensor
    queries: float = 0.0
    open_: float = 0.0

    def means(self) -> torch.Tensor:
        """(2, keys): received, and received if attention were even."""
        even = self.even + self.open_ / len(self.even)
        return torch.stack([self.sums, even]) / max(1.0, self.queries)


class ReceivedSums(Reduction[ReceivedAttention]):
    """Column sums, row by row."""

    def __init__(self, frame: Frame) -> None:
        self._call, self._per_sample = frame.call, frame.per_sample
        self._parts: list[torch.Tensor] = []
        self._rows: dict[int, _RowSums] = {}

    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """Add the columns of its maps, of an even map, and its queries, to their rows.

        `real` is (rows, queries) bool.
        """
        sums = to_host(mask_queries(block.values, real).sum((1, 2)))
        even = None if block.visible is None else _sum_even_maps(block, real)
        counts = None if real is None else real.sum(-1).tolist()
        _, heads, queries, keys = block.values.shape
        for at, row in enumerate(range(block.rows.start, block.rows.stop)):
            totals = self._get_row(row)
            count = (queries if counts is None else counts[at]) * heads
            totals.sums[:keys] += sums[at]
            totals.queries += count
            if even is None:
                totals.open_ += count
            else:
                totals.even[:keys] += even[at]

    def _get_row(self, row: int) -> _RowSums:
        if row not in self._rows:
            self._rows[row] = _RowSums(torch.zeros(self._call.keys), torch.zeros(self._call.keys))
        return self._rows[row]

    def end(self) -> None:
        """Rows become samples; the next pass starts with row 0 again."""
        if self._rows:
            self._parts.append(torch.stack([self._rows[row].means() for row in sorted(self._rows)]))
            self._rows = {}

    def finish(self) -> ReceivedAttention:
        """Mean over the rows of each sample.

        Raises:
            CaptureError: no row came, for the chosen sample has none.
        """
        if not self._parts:
            raise CaptureError(f"{self._call.name}: the chosen sample has no attention rows")
        means = torch.cat(self._parts)
        shares = means.reshape(-1, self._per_sample, 2, means.shape[-1]).mean(1)
        return ReceivedAttention(shares[:, 0].numpy(), shares[:, 1].numpy())


def _sum_even_maps(block: Block, real: torch.Tensor | None) -> torch.Tensor:
    """(rows, keys) column sums of even maps over the block's heads."""
    visible = block.visible
    if visible is None:
        raise ValueError("a block that hides nothing needs no even map")
    pairs = visible if real is None else visible & real[:, None, :, None]
    even = (pairs / pairs.sum(-1, keepdim=True).clamp(min=1)).sum((1, 2))
    return to_host(even) * (block.values.shape[1] // pairs.shape[1])
