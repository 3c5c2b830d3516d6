"""Keeps every map of a small model whole, for comparing with somebody else's."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch

from generator.capture.calls import AttentionCall, Product


@dataclass
class WholeMaps:
    """A Reader; `maps` are (rows, heads, queries, keys), one for each of `calls`."""

    calls: list[AttentionCall] = field(default_factory=list)
    maps: list[torch.Tensor] = field(default_factory=list)

    def read(self, call: AttentionCall, product: Product) -> None:
        """Keep one call."""
        self.calls.append(call)
        self.maps.append(whole_map(call, product))


def whole_map(call: AttentionCall, product: Product) -> torch.Tensor:
    """(rows, heads, queries, keys); keys a block leaves out are 0, what no block fills is NaN."""
    whole: torch.Tensor | None = None
    for block in product.blocks():
        if whole is None:
            size = (call.rows, call.heads, call.queries, call.keys)
            whole = torch.full(size, torch.nan, dtype=block.values.dtype)
        held = whole[block.rows, block.heads, block.queries]
        held[...] = 0.0
        held[..., : block.keys] = block.values
    if whole is None:
        raise ValueError(f"{call.name}: no blocks")
    return whole
