"""Probabilities the model computed itself, as a Product of blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from generator.capture.calls import EVERY, Block
from generator.capture.kernels.steps import choose_steps


@dataclass(frozen=True)
class ComputedMap:
    """Probabilities (rows, heads, queries, keys) the model computed itself and multiplied."""

    probabilities: torch.Tensor
    value: torch.Tensor | None = None
    output: torch.Tensor | None = None

    def blocks(self, rows: slice = EVERY) -> Iterator[Block]:
        """At most `ELEMENTS` of one batch row at a time; what is exactly 0 is masked."""
        total, heads, queries, keys = self.probabilities.shape
        steps = choose_steps(heads, queries, keys)
        for row in range(*rows.indices(total)):
            for query in range(0, queries, steps.queries):
                for head in range(0, heads, steps.heads):
                    yield self._build_block(
                        row, slice(query, query + steps.queries), head, steps.heads
                    )

    def _build_block(self, row: int, queries: slice, head: int, heads: int) -> Block:
        part = self.probabilities[row : row + 1, head : head + heads, queries]
        part = part.to(torch.promote_types(part.dtype, torch.float32))
        visible = part > 0
        return Block(row, head, queries.start, part, None if bool(visible.all()) else visible)
