"""The running mean of one call's maps over batch rows, and of what is measured row by row.

Focus and the uniform share are taken from each row's own probabilities and own mask, before
anything is averaged: the mean of focuses is not the focus of a mean.
"""

from __future__ import annotations

import torch

from generator.capture.calls import AttentionCall, Block, LayerMap
from generator.errors import CaptureError


class MeanMap:
    """Adds blocks of one call up; padded queries do not count."""

    def __init__(self, call: AttentionCall, per_sample: int, *, keep_heads: bool) -> None:
        heads = call.heads if keep_heads else 1
        self.call, self._per_sample = call, per_sample
        self._total = torch.zeros(heads, call.queries, call.keys)
        self._focus = torch.zeros(call.heads, call.queries)
        self._counts = torch.zeros(call.queries)
        self._seen = torch.zeros(call.queries, call.keys, dtype=torch.bool)
        self._received: list[torch.Tensor] = []
        self._expected: list[torch.Tensor] = []
        self._real: list[torch.Tensor] = []

    def check_same(self, call: AttentionCall) -> None:
        """Batches of one input make the same calls; CaptureError when they do not."""
        ours, theirs = self.call, call
        mine = (ours.name, ours.heads, ours.queries, ours.keys)
        if mine != (theirs.name, theirs.heads, theirs.queries, theirs.keys):
            raise CaptureError(f"{theirs.name}: another batch ran {ours.name} at this place")

    def add(self, block: Block, stated: torch.Tensor | None) -> None:
        """Add a block; `stated` (rows, queries) says which queries are real, all when None."""
        seen = block.visible.any(1)
        real = seen.any(-1)
        if stated is not None:
            real = real & stated
        values = block.values
        if not bool(real.all()):
            values = values * real[:, None, :, None]
        at = slice(block.query, block.query + values.shape[2])
        kept = values if self._total.shape[0] == values.shape[1] else values.mean(1, keepdim=True)
        self._total[:, at] += kept.sum(0).float().cpu()
        self._focus[:, at] += (_focus(block) * real[:, None]).sum(0).float().cpu()
        self._counts[at] += real.sum(0).cpu()
        self._seen[at] |= (seen & real[..., None]).any(0).cpu()
        self._share(block, values, seen, real)

    def _share(
        self, block: Block, values: torch.Tensor, seen: torch.Tensor, real: torch.Tensor
    ) -> None:
        """Add each row's received attention and what it would be if spread evenly."""
        even = seen / seen.sum(-1, keepdim=True).clamp(min=1) * real[..., None]
        sums = (values.sum(2).mean(1).float().cpu(), even.sum(1).float().cpu(), real.sum(-1).cpu())
        if block.query == 0:
            for held, part in zip((self._received, self._expected, self._real), sums, strict=True):
                held.append(part)
        else:  # the next queries of a row that is already there
            for held, part in zip((self._received, self._expected, self._real), sums, strict=True):
                held[-1] = held[-1] + part

    def finish(self) -> LayerMap:
        """The mean map, and the attention received and expected in each sample; adding ends."""
        if not self._received:
            raise CaptureError(f"{self.call.name}: the chosen sample has no attention rows")
        counts = self._counts.clamp(min=1)
        focus = (self._focus / counts).masked_fill(self._counts == 0, torch.nan)
        return LayerMap(
            self.call,
            self._total.div_(counts[None, :, None]).numpy(),
            focus.numpy(),
            self._seen.numpy(),
            self._by_sample(self._received).numpy(),
            self._by_sample(self._expected).numpy(),
        )

    def _by_sample(self, parts: list[torch.Tensor]) -> torch.Tensor:
        queries = torch.cat(self._real).clamp(min=1)
        rows = torch.cat(parts) / queries[:, None]
        return rows.reshape(-1, self._per_sample, rows.shape[-1]).mean(1)


def _focus(block: Block) -> torch.Tensor:
    """(rows, heads, queries): 1 - entropy / log(visible keys); 0 with fewer than two keys."""
    keys = block.visible.sum(-1).expand(block.entropy.shape)
    found = 1.0 - block.entropy / keys.clamp(min=2).log()
    return torch.where(keys < 2, torch.zeros_like(found), found.clamp(0.0, 1.0))
