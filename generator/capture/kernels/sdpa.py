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

from generator.capture.calls import EVERY, Block, key_heads
from generator.capture.kernels.steps import choose_steps
from generator.capture.kernels.workspace import Workspace

MASKED_BELOW = -1e4  # an additive mask this low leaves no probability in any float


@dataclass(frozen=True)
class ScaledDotProduct:
    """The arguments of one attention kernel call that decide its probabilities.

    `query` is (rows, heads, queries, width), `key` (rows, heads or fewer, keys, width); `mask` is
    boolean (True = may attend) or additive, (rows, heads or 1, queries, keys). `value` is
    (rows, heads or fewer, keys, any), `output` (rows, heads, queries, any) is the kernel's own;
    `hides` says whether the mask hides any key from any query.
    """

    query: torch.Tensor
    key: torch.Tensor
    mask: torch.Tensor | None
    causal: bool
    scale: float
    value: torch.Tensor | None = None
    output: torch.Tensor | None = None
    hides: bool = False

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

    def with_output(self, output: torch.Tensor) -> ScaledDotProduct:
        """The same call with what the kernel returned for it, (..., queries, width)."""
        rows, heads, queries, _ = self.query.shape
        return replace(self, output=output.reshape(rows, heads, queries, -1))

    def blocks(self, rows: slice = EVERY) -> Iterator[Block]:
        """Probabilities of some rows; where all keys are masked, zeros, as the kernel has it."""
        total, heads, queries, _ = self.query.shape
        steps = choose_steps(heads, queries, self.key.shape[-2], heads // self.key.shape[1])
        work = Workspace(self._work, self.query.device)
        first, last, _ = rows.indices(total)
        for row in range(first, last, steps.rows):
            some = slice(row, min(last, row + steps.rows))
            part = self._prepare_rows(some)
            for query in range(0, queries, steps.queries):
                now = slice(query, min(queries, query + steps.queries))
                visible, keys = self._find_visible(some, now)
                for head in range(0, heads, steps.heads):
                    at = slice(head, min(heads, head + steps.heads))
                    yield part.build_block(work, at, now, keys, visible)

    def _prepare_rows(self, rows: slice) -> _ScaledRows:
        query = self.query[rows].to(self._work) * self.scale
        mask = None if self.mask is None or self.mask.dtype == torch.bool else self.mask[rows]
        return _ScaledRows(
            rows.start, query, self.key[rows].to(self._work).mT, mask, self._additive
        )

    @property
    def _work(self) -> torch.dtype:
        return torch.promote_types(self.query.dtype, torch.float32)

    @property
    def _additive(self) -> bool:
        return self.mask is not None and self.mask.dtype != torch.bool and not self.causal

    def _find_visible(self, rows: slice, queries: slice) -> tuple[torch.Tensor | None, int]:
        """Which keys these queries see, to the last that any of them sees; and how many those are.

        None: each sees all of them.
        """
        keys = self.key.shape[-2]
        most = min(keys, queries.stop) if self.causal else keys
        visible = self._build_causal_mask(queries, most) if self.causal else None
        if visible is not None:
            visible = visible.expand(rows.stop - rows.start, -1, -1, -1)
        if not self.hides or self.mask is None:
            return visible, most
        mask = self.mask[rows, :, queries, :most]
        allowed = mask if mask.dtype == torch.bool else mask > MASKED_BELOW
        visible = allowed if visible is None else visible & allowed
        columns = visible.flatten(0, -2).any(0).nonzero()
        last = most if not len(columns) else int(columns[-1]) + 1
        if last < most and bool(visible.any(-1).all()):
            return visible[..., :last], last
        return visible, most  # a row that sees nothing may be spread over all keys

    def _build_causal_mask(self, queries: slice, keys: int) -> torch.Tensor:
        """(1, 1, queries, keys) True below the diagonal, which starts top-left as in the kernel."""
        device = self.query.device
        column = torch.arange(keys, device=device)
        row = torch.arange(queries.start, queries.stop, device=device)
        return (column[None, :] <= row[:, None])[None, None]


@dataclass(frozen=True)
class _ScaledRows:
    """Some rows of a call, made ready.

    `query` (rows, heads, queries, width) is scaled, `key` is (rows, key heads, width, keys);
    `mask_hides` says that the added mask hides what is hidden.
    """

    row: int
    query: torch.Tensor
    key: torch.Tensor
    mask: torch.Tensor | None
    mask_hides: bool

    def build_block(
        self, work: Workspace, heads: slice, queries: slice, keys: int, visible: torch.Tensor | None
    ) -> Block:
        """The probabilities of some heads and queries over the first `keys`."""
        scores = self._compute_scores(work, heads, queries, keys)
        values = work.take("values", scores.shape)
        if visible is None:
            torch.softmax(scores, -1, out=values)
            return Block(self.row, heads.start, queries.start, values, None, scores, work)
        visible = visible[:, heads if visible.shape[1] > 1 else EVERY]
        if not self.mask_hides:
            scores.masked_fill_(~visible, -torch.inf)
        torch.softmax(scores, -1, out=values)
        values.masked_fill_((scores.amax(-1) == -torch.inf)[..., None], 0.0)
        scores.clamp_(min=torch.finfo(scores.dtype).min)  # 0 * -inf would be NaN
        return Block(self.row, heads.start, queries.start, values, visible, scores, work)

    def _compute_scores(
        self, work: Workspace, heads: slice, queries: slice, keys: int
    ) -> torch.Tensor:
        """(rows, heads, queries, keys), an additive mask added; heads that share keys together."""
        rows, count = self.query.shape[0], heads.stop - heads.start
        size = (rows, count, queries.stop - queries.start, keys)
        shared = self.query.shape[1] // self.key.shape[1]
        scores = work.take("scores", size)
        if rows == count == 1:  # a quarter faster than a batch of one
            query = self.query[0, heads.start, queries]
            key = self.key[0, heads.start // shared]
            torch.mm(query, key if keys == key.shape[1] else key[:, :keys], out=scores[0, 0])
        else:
            key = self.key[:, key_heads(heads, shared), :, :keys].flatten(0, 1)
            query = self.query[:, heads, queries].reshape(len(key), -1, self.query.shape[-1])
            torch.bmm(query, key, out=scores.view(len(key), -1, keys))
        if self.mask is not None:
            across = heads if self.mask.shape[1] > 1 else EVERY
            scores.add_(self.mask[:, across, queries, :keys])
        return scores


def build_scaled_dot_product(
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

    `query` is (..., heads, queries, width), `key` and `value` (..., key heads, keys, width),
    `attn_mask` broadcasts to (..., heads, queries, keys). Leading axes before the heads are
    flattened to rows; three axes mean one head per row.
    """
    del dropout_p  # capture runs in eval mode
    if attn_mask is not None and query.dim() <= 3:
        attn_mask = attn_mask.unsqueeze(-3)  # the call has no head axis, so neither has its mask
    if query.dim() <= 3:
        query, key, value = (t.reshape(-1, 1, *t.shape[-2:]) for t in (query, key, value))
    del enable_gqa  # fewer key heads serve several query heads, or the kernel has raised
    lead = np.broadcast_shapes(query.shape[:-3], key.shape[:-3])
    query, key, value = (t.expand(*lead, *t.shape[-3:]).flatten(0, -4) for t in (query, key, value))
    size = (query.shape[-2], key.shape[-2])
    mask = None if attn_mask is None else _expand_mask(attn_mask, lead, size)
    factor = query.shape[-1] ** -0.5 if scale is None else scale
    return ScaledDotProduct(query, key, mask, is_causal, factor, value, hides=_hides(attn_mask))


def _hides(mask: torch.Tensor | None) -> bool:
    """Whether a mask hides anything; asked of it before it is spread over rows and heads."""
    if mask is None or not mask.numel():
        return False
    if mask.dtype == torch.bool:
        return not bool(mask.all())
    return bool(mask.amin() <= MASKED_BELOW)


def _unfold(tensor: torch.Tensor, heads: int) -> torch.Tensor:
    """(rows * heads, 1, ...) as (rows, heads, ...)."""
    return tensor.reshape(-1, heads, *tensor.shape[2:])


def _expand_mask(mask: torch.Tensor, lead: tuple[int, ...], size: tuple[int, int]) -> torch.Tensor:
    """The mask as a view of (rows, heads or 1, queries, keys); `lead` are the axes before heads."""
    if mask.dim() <= 3:
        heads = mask.shape[0] if mask.dim() == 3 else 1
        return mask.expand(math.prod(lead), heads, *size)
    return mask.expand(*lead, mask.shape[-3], *size).flatten(0, -4)
