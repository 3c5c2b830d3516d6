"""torch's flex_attention: its own score and mask functions, evaluated densely block by block.

In: the operator's arguments as torch hands them to a function mode. Out: a Product. Never: the
whole score matrix of a long input at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from generator.capture.calls import EVERY, Block, key_heads
from generator.capture.kernels.steps import choose_steps

OPERATOR: Any = torch.ops.higher_order.flex_attention
T = torch.Tensor
OVER = (0, 1, 2, 3)  # rows, heads, queries, keys


@dataclass(frozen=True)
class FlexAttention:
    """One call: `query` (rows, heads, queries, width), `key` and `value` of as many or fewer heads.

    `score_mod(score, row, head, query, key)` and `mask_mod(row, head, query, key)` are the model's.
    """

    query: T
    key: T
    value: T
    output: T
    scale: float
    score_mod: Callable[..., T]
    mask_mod: Callable[..., T]

    def blocks(self, rows: slice = EVERY) -> Iterator[Block]:
        """Probabilities of some rows; where all keys are masked, zeros, as the operator has it."""
        total, heads, queries, _ = self.query.shape
        shared = heads // self.key.shape[1]
        steps = choose_steps(heads, queries, self.key.shape[-2], shared)
        for row in range(*rows.indices(total)):
            for query in range(0, queries, steps.queries):
                for head in range(0, heads, steps.heads):
                    at = (
                        slice(row, row + 1),
                        slice(head, min(heads, head + steps.heads)),
                        slice(query, min(queries, query + steps.queries)),
                    )
                    yield self._build_block(*at, shared)

    def _build_block(self, rows: slice, heads: slice, queries: slice, shared: int) -> Block:
        work = torch.promote_types(self.query.dtype, torch.float32)
        query = self.query[rows, heads, queries].to(work) * self.scale
        key = self.key[rows, key_heads(heads, shared)].to(work)
        grouped = query.reshape(1, key.shape[1], -1, query.shape[-1])
        scores = (grouped @ key.mT).reshape(*query.shape[:-1], key.shape[-2])
        places = [
            torch.arange(at.start, at.stop, device=scores.device)
            for at in (rows, heads, queries, slice(0, key.shape[-2]))
        ]
        with torch._C._EnableTorchFunction(), enable_tensor_indexing():
            scores = vectorise(self.score_mod, scores)(scores, *places).to(work)
            mask = vectorise(self.mask_mod)(*places).expand(scores.shape)
        scores = scores.masked_fill(~mask, -torch.inf)
        visible = scores > -torch.inf
        dead = ~visible.any(-1, keepdim=True)
        values = scores.softmax(-1).masked_fill(dead, 0.0)
        finite = scores.clamp(min=torch.finfo(work).min)
        some = None if bool(visible.all()) else visible
        return Block(rows.start, heads.start, queries.start, values, some, finite)


def enable_tensor_indexing() -> Any:
    """Lets the model's functions index tensors by places that are tensors, as the operator does.

    Loaded only where the operator ran, which has loaded it: it takes two seconds.
    """
    from torch._dynamo._trace_wrapped_higher_order_op import TransformGetItemToIndex

    return TransformGetItemToIndex()


def build_flex_attention(args: Sequence[Any], result: tuple[T, ...]) -> FlexAttention:
    """The operator's arguments, in its own order, and what it returned.

    The first of `result` is the output, (rows, heads, queries, width).
    """
    query, key, value, score_mod, block_mask, scale = args[:6]
    scored, masked = (*args[7:9], (), ())[:2]  # tensors the two functions take besides
    rows = query.shape[0]
    return FlexAttention(
        query,
        key.expand(rows, *key.shape[1:]),
        value.expand(rows, *value.shape[1:]),
        result[0],
        float(scale),
        lambda *place: score_mod(*place, *scored),
        lambda *place: block_mask[-1](*place, *masked),
    )


def vectorise(function: Callable[..., T], score: T | None = None) -> Callable[..., T]:
    """A function of one score and its place, or of the place alone, as one of whole blocks.

    `score` is (rows, heads, queries, keys), and so is what the new function returns.
    """
    first = () if score is None else (0,)
    for axis in reversed(OVER):
        places = tuple(0 if axis == at else None for at in OVER)
        function = torch.vmap(function, in_dims=(*first, *places))
    return function
