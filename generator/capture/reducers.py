"""Takes blocks of probabilities as they come and keeps only what was asked for.

Padding never counts: queries the caller's attention mask leaves out, and, where queries and keys
are the same tokens, those whose key nobody attends to; their rows still sum to 1 in most kernels.
"""

from __future__ import annotations

from collections.abc import Iterable

import torch

from generator.capture.calls import AttentionCall, Block, LayerMap
from generator.capture.groups import group_of
from generator.capture.inputs import ModelInput
from generator.errors import CaptureError


class MeanReader:
    """A Reader that keeps, per call, the mean map over samples; heads averaged unless kept.

    `chosen` is the one sample to keep (all when None).
    """

    def __init__(self, given: ModelInput, *, keep_heads: bool, chosen: int | None = None) -> None:
        self._given, self._samples = given, given.samples
        self._keep_heads, self._chosen = keep_heads, chosen
        self.maps: list[LayerMap] = []

    def read(self, call: AttentionCall, blocks: Iterable[Block]) -> None:
        """Reduce one call."""
        if call.rows % self._samples:
            raise CaptureError(
                f"{call.name}: {call.rows} attention rows do not divide into {self._samples} "
                f"samples; pass one sample at a time"
            )
        per_sample = call.rows // self._samples
        stated = self._given.real_queries(call.queries, group_of(call) != "encoder")
        if stated is not None:
            stated = stated.repeat_interleave(per_sample, 0)
        mean = _Mean(call, self._keep_heads)
        first = 0 if self._chosen is None else self._chosen * per_sample
        last = call.rows if self._chosen is None else first + per_sample
        for row, maps in whole_maps(call, self._reduced(blocks)):
            inside = slice(max(first - row, 0), max(last - row, 0))
            known = None if stated is None else stated[row : row + len(maps)][inside]
            mean.add(maps[inside], known)
        self.maps.append(mean.result(per_sample))

    def _reduced(self, blocks: Iterable[Block]) -> Iterable[Block]:
        if self._keep_heads:
            return blocks
        return (Block(b.row, b.query, b.values.mean(1, keepdim=True)) for b in blocks)


def whole_maps(call: AttentionCall, blocks: Iterable[Block]) -> Iterable[tuple[int, torch.Tensor]]:
    """(first row, whole maps (rows, heads, queries, keys)); only one long row lives at a time."""
    partial: torch.Tensor | None = None
    for block in blocks:
        rows, heads, queries, keys = block.values.shape
        if queries == call.queries:
            yield block.row, block.values
            continue
        if partial is None or block.query == 0:
            partial = torch.empty(rows, heads, call.queries, keys, device=block.values.device)
        partial[:, :, block.query : block.query + queries] = block.values
        if block.query + queries == call.queries:
            yield block.row, partial


class _Mean:
    """The running mean of one call's maps over batch rows, padding left out."""

    def __init__(self, call: AttentionCall, keep_heads: bool) -> None:
        self._call = call
        self._heads = call.heads if keep_heads else 1
        self._total: torch.Tensor | None = None
        self._counts = torch.zeros(call.queries)
        self._received: list[torch.Tensor] = []

    def add(self, maps: torch.Tensor, stated: torch.Tensor | None) -> None:
        """Add whole maps of some rows: (rows, heads, queries, keys); `stated` real queries."""
        if not maps.shape[0]:
            return
        real = self._real_queries(maps)
        if stated is not None:
            real = real & stated
        if not real.all():
            maps = maps * real[:, None, :, None]
        queries = real.sum(-1, keepdim=True).clamp(min=1)
        self._received.append((maps.sum(2).mean(1) / queries).cpu())
        self._counts += real.sum(0).cpu()
        summed = maps.sum(0) if maps.shape[0] > 1 else maps[0]
        self._total = summed if self._total is None else self._total + summed

    def _real_queries(self, maps: torch.Tensor) -> torch.Tensor:
        """(rows, queries) bool: the query may see a key, and is not itself a padded key."""
        real = maps.amax(dim=(1, 3)) > 0
        if self._call.queries == self._call.keys and not self._call.crosses:
            real = real & (maps.amax(dim=(1, 2)) > 0)
        return real

    def result(self, per_sample: int) -> LayerMap:
        """The mean map and the attention received in each sample."""
        if self._total is None:
            raise CaptureError(f"{self._call.name}: the chosen sample has no attention rows")
        counts = self._counts.clamp(min=1)[None, :, None]
        values = (self._total.cpu() / counts).float().numpy()
        received = torch.cat(self._received)
        received = received.reshape(-1, per_sample, received.shape[-1]).mean(1)
        return LayerMap(self._call, values, received.float().numpy())
