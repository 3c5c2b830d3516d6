"""Probabilities the model computed itself, as a Product of blocks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import torch

from generator.capture.calls import Block


@dataclass(frozen=True)
class ComputedMap:
    """Probabilities (rows, heads, queries, keys) the model computed itself and multiplied."""

    probabilities: torch.Tensor
    value: torch.Tensor | None = None
    output: torch.Tensor | None = None

    def blocks(self) -> Iterator[Block]:
        """One batch row at a time; what is exactly 0 is masked."""
        for row in range(self.probabilities.shape[0]):
            one = self.probabilities[row : row + 1]
            one = one.to(torch.promote_types(one.dtype, torch.float32))
            share = one / one.sum(-1, keepdim=True).clamp(min=torch.finfo(one.dtype).tiny)
            yield Block(row, 0, one, torch.special.entr(share).sum(-1), one > 0)
