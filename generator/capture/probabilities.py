"""The probabilities behind one scaled_dot_product_attention call, in blocks.

In: query, key and the call's own mask, scale and flags. Out: blocks of softmax(QK/sqrt d).
Never: all heads of a long input at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import torch

from generator.capture.calls import Block

QUERIES_PER_BLOCK = 64  # fits the cache: 256 measured 15 % slower
BLOCK_ELEMENTS = 2**19
MASKED_BELOW = -1e4  # an additive mask this low leaves no probability in any float


@dataclass(frozen=True)
class ScaledDotProduct:
    """The arguments of one attention kernel call that decide its probabilities.

    `query` is (rows, heads, queries, width), `key` (rows, heads, keys, width); `mask` is boolean
    (True = may attend) or additive and broadcasts to (rows, heads, queries, keys). `value` is
    (rows, heads or fewer, keys, any), `output` (rows, heads, queries, any) is the kernel's own.
    """

    query: torch.Tensor
    key: torch.Tensor
    mask: torch.Tensor | None
    causal: bool
    scale: float
    value: torch.Tensor | None = None
    output: torch.Tensor | None = None

    def with_heads(self, heads: int) -> ScaledDotProduct:
        """The same call, its rows taken as (rows, heads) where it had no head axis."""
        return replace(
            self,
            query=_unfold(self.query, heads),
            key=_unfold(self.key, heads),
            mask=None if self.mask is None else _unfold(self.mask, heads),
            value=None if self.value is None else _unfold(self.value, heads),
            output=None if self.output is None else _unfold(self.output, heads),
        )

    def returned(self, output: torch.Tensor) -> ScaledDotProduct:
        """The same call with what the kernel returned for it, any leading axes."""
        rows, heads, queries, _ = self.query.shape
        return replace(self, output=output.reshape(rows, heads, queries, -1))

    def blocks(self) -> Iterator[Block]:
        """All probabilities; a row whose keys are all masked is zeros, as the kernel has it."""
        rows, heads, queries, _ = self.query.shape
        whole = heads * queries * self.key.shape[-2]
        if whole <= BLOCK_ELEMENTS:
            step = max(1, BLOCK_ELEMENTS // whole)
            for row in range(0, rows, step):
                yield self._block(slice(row, min(rows, row + step)), slice(0, queries))
            return
        for row in range(rows):
            for start in range(0, queries, QUERIES_PER_BLOCK):
                stop = min(queries, start + QUERIES_PER_BLOCK)
                yield self._block(slice(row, row + 1), slice(start, stop))

    def _block(self, rows: slice, queries: slice) -> Block:
        scores = self._scores(rows, queries)
        top = scores.amax(-1)
        values = scores.softmax(-1)
        dead = top == -torch.inf
        if dead.any():
            values = values.masked_fill(dead[..., None], 0.0)
        entropy = _entropy(scores, top, values).masked_fill_(dead, 0.0)
        return Block(rows.start, queries.start, values, entropy, self._visible(rows, queries))

    def _scores(self, rows: slice, queries: slice) -> torch.Tensor:
        work = torch.promote_types(self.query.dtype, torch.float32)
        query = self.query[rows, :, queries].to(work) * self.scale
        scores = torch.matmul(query, self.key[rows].to(work).transpose(-1, -2))
        if self.causal:
            scores.masked_fill_(self._future(queries), -torch.inf)
        if self.mask is None:
            return scores
        mask = self.mask[rows, :, queries]
        if mask.dtype == torch.bool:
            return scores.masked_fill_(~mask, -torch.inf)
        return scores.add_(mask.to(work))

    def _visible(self, rows: slice, queries: slice) -> torch.Tensor:
        size = (rows.stop - rows.start, 1, queries.stop - queries.start, self.key.shape[-2])
        seen = torch.ones((), dtype=torch.bool, device=self.query.device).expand(size)
        if self.causal:
            seen = ~self._future(queries).expand(size)
        if self.mask is None:
            return seen
        mask = self.mask[rows, :, queries]
        return seen & (mask if mask.dtype == torch.bool else mask > MASKED_BELOW)

    def _future(self, queries: slice) -> torch.Tensor:
        """(queries, keys) True above the diagonal, which starts top-left as in the kernel."""
        device = self.query.device
        keys = torch.arange(self.key.shape[-2], device=device)
        return keys[None, :] > torch.arange(queries.start, queries.stop, device=device)[:, None]


def _entropy(scores: torch.Tensor, top: torch.Tensor, values: torch.Tensor) -> torch.Tensor:
    """Row entropies as logsumexp - sum(p s): one product where p log p needs a logarithm."""
    finite = scores.clamp_(min=torch.finfo(scores.dtype).min)  # 0 * -inf would be NaN
    spread = torch.einsum("...k,...k->...", values, finite)
    return top - values.amax(-1).log() - spread


def scaled_dot_product(
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attn_mask: torch.Tensor | None = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    enable_gqa: bool = False,
) -> ScaledDotProduct:
    """The kernel's arguments (its own names and order) as a ScaledDotProduct.

    Leading axes before the heads are flattened to rows; three axes mean one head per row.
    """
    del dropout_p  # capture runs in eval mode
    if attn_mask is not None and query.dim() <= 3:
        attn_mask = attn_mask.unsqueeze(-3)  # the call has no head axis, so neither has its mask
    if query.dim() <= 3:
        query, key, value = (t.reshape(-1, 1, *t.shape[-2:]) for t in (query, key, value))
    if enable_gqa and key.shape[-3] != query.shape[-3]:
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], -3)
    lead = np.broadcast_shapes(query.shape[:-3], key.shape[:-3])
    query, key, value = (t.expand(*lead, *t.shape[-3:]).flatten(0, -4) for t in (query, key, value))
    size = (query.shape[-2], key.shape[-2])
    mask = None if attn_mask is None else _mask_rows(attn_mask, lead, size)
    factor = query.shape[-1] ** -0.5 if scale is None else scale
    return ScaledDotProduct(query, key, mask, is_causal, factor, value)


def _unfold(tensor: torch.Tensor, heads: int) -> torch.Tensor:
    """(rows * heads, 1, ...) as (rows, heads, ...)."""
    return tensor.reshape(-1, heads, *tensor.shape[2:])


def _mask_rows(mask: torch.Tensor, lead: tuple[int, ...], size: tuple[int, int]) -> torch.Tensor:
    """The mask as a view of (rows, heads or 1, queries, keys); `lead` are the axes before heads."""
    if mask.dim() <= 3:
        heads = mask.shape[0] if mask.dim() == 3 else 1
        return mask.expand(math.prod(lead), heads, *size)
    return mask.expand(*lead, mask.shape[-3], *size).flatten(0, -4)
