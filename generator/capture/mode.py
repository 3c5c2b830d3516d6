"""The function mode: sees every attention a model computes and hands its blocks to a reader.

The model's own functions run and their results are returned untouched. In: a trail of running
modules and a reader. Never: a hook on the model, a changed output, a switch to another kernel.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

from generator.capture.calls import AttentionCall, Block, Caught, Product
from generator.capture.consumed import multiplied
from generator.capture.heads import split_heads
from generator.capture.probabilities import scaled_dot_product
from generator.capture.scores import ScoreTracker
from generator.capture.softmax import (
    CHANGE,
    CONSUME,
    LAYOUT,
    SOFTMAX,
    Followed,
    SoftmaxTracker,
    tensors,
)
from generator.capture.trail import ModuleTrail


class Reader(Protocol):
    """Takes each call's product while the model runs."""

    def read(self, call: AttentionCall, product: Product) -> None:
        """Reduce one call; its tensors belong to the model and are never changed."""


class AttentionMode(TorchFunctionMode):
    """While active, every attention of `trail`'s model goes to `reader`.

    `samples` is the batch size of the model's input; it tells heads from batch rows.
    """

    def __init__(self, trail: ModuleTrail, reader: Reader, samples: int) -> None:
        super().__init__()
        self._trail, self._reader, self._samples = trail, reader, samples
        self._softmax, self._scores = SoftmaxTracker(), ScoreTracker()
        self._calls: dict[str, int] = {}
        self._crosses = False

    def __torch_function__(
        self,
        func: Callable[..., Any],
        types: Sequence[type],
        args: Sequence[Any] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """Run `func`; look at it first when it computes or consumes attention."""
        kwargs = kwargs or {}
        if func is F.scaled_dot_product_attention:
            return self._kernel(args, kwargs)
        if func is F.multi_head_attention_forward:
            return self._multi_head(args, kwargs)
        given = (*args, *kwargs.values())
        result = func(*args, **kwargs)
        if func in CONSUME and len(self._softmax):
            self._consume(func, given, kwargs, result)
        if func in SOFTMAX:
            if self._scores.holds(given):
                self._softmax.born(result, args, kwargs)
        elif func in CONSUME:
            self._scores.made(result, given)
        else:
            self._scores.passed(func, result, given)
            if len(self._softmax) and (func in LAYOUT or func in CHANGE):
                self._softmax.passed(func, result, given)
        return result

    def _kernel(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        result = F.scaled_dot_product_attention(*args, **kwargs)
        product = scaled_dot_product(*args, **kwargs).returned(result)
        query = args[0] if args else kwargs["query"]
        if query.dim() <= 3:
            product = product.with_heads(self._heads(product.query.shape[0], ()))
        rows, heads, queries, _ = product.query.shape
        keys = product.key.shape[-2]
        self._read("sdpa", (rows, heads, queries, keys), product, other=queries != keys)
        return result

    def _heads(self, rows: int, shapes: Sequence[tuple[int, ...]]) -> int:
        """How many heads the batch axis of a call without a head axis holds."""
        name, module = self._trail.innermost()
        return split_heads(rows, self._samples, module, shapes, name)

    def _multi_head(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Run the body of the stock function with the mode active, so its inner kernel is seen.

        The body hands itself back to active modes before it computes; with that one question
        answered 'no' it computes at once, and its calls come here.
        """
        body = F.multi_head_attention_forward
        seen = {**body.__globals__, "has_torch_function": lambda _: False}
        inner = types.FunctionType(body.__code__, seen, body.__name__, body.__defaults__)
        inner.__kwdefaults__ = body.__kwdefaults__
        named = dict(zip(("query", "key"), args, strict=False)) | kwargs
        self._crosses = not same_tokens(named["query"], named["key"])
        try:
            with self:
                return inner(*args, **kwargs)
        finally:
            self._crosses = False

    def _consume(
        self,
        func: Callable[..., Any],
        given: Sequence[Any],
        options: dict[str, Any],
        result: torch.Tensor,
    ) -> None:
        followed = self._softmax.consumed(given)
        values = followed.values() if followed else None
        if followed is None or values is None or followed.axis != values.dim() - 1:
            return  # a softmax over another axis than the last is no attention over keys
        values = self._four_axes(values.detach(), followed)
        size = (values.shape[0], values.shape[1], values.shape[2], values.shape[3])
        operand = next(t for t in tensors(given) if self._softmax.of(t) is followed)
        with torch.no_grad():
            found = multiplied(func, given, options, operand, result, values)
        product = ComputedMap(values, *(found or (None, None)))
        self._read("softmax", size, product, sinks=followed.dropped)

    def _four_axes(self, values: torch.Tensor, followed: Followed) -> torch.Tensor:
        """Probabilities as (rows, heads, queries, keys)."""
        if values.dim() > 3:
            return values.flatten(0, -4)
        heads = self._heads(values.shape[0], followed.shapes)
        return values.reshape(-1, heads, *values.shape[1:])

    def _read(
        self,
        caught: Caught,
        size: tuple[int, int, int, int],
        product: Product,
        *,
        sinks: bool = False,
        other: bool = False,
    ) -> None:
        """Hand a call to the reader; `other`: its keys are another sequence's."""
        name, _ = self._trail.innermost()
        repeat = self._calls[name] = self._calls.get(name, -1) + 1
        call = AttentionCall(
            name, repeat, caught, *size, crosses=self._crosses or other, sinks=sinks
        )
        with torch.no_grad(), torch._C.DisableTorchFunction():
            self._reader.read(call, product)


def same_tokens(query: torch.Tensor, key: torch.Tensor) -> bool:
    """Whether queries and keys come from one sequence."""
    return query is key or (query.shape == key.shape and torch.equal(query, key))


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
