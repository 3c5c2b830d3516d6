"""The function mode: sees every attention a model computes and hands its blocks to a reader.

The model's own functions run and their results are returned untouched. In: a trail of running
modules and a reader. Never: a hook on the model, a changed output, a switch to another kernel.
"""

from __future__ import annotations

import types
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import torch
import torch.nn.functional as F
from torch.overrides import TorchFunctionMode

from generator.capture.calls import AttentionCall, Caught, Product, WatchedTensor
from generator.capture.handwritten.computed_map import ComputedMap
from generator.capture.handwritten.tracker import HandWrittenMap, HandWrittenTracker
from generator.capture.heads import count_heads, find_lead_axes
from generator.capture.kernels.flex import OPERATOR, build_flex_attention
from generator.capture.kernels.sdpa import build_scaled_dot_product
from generator.capture.map_kind import is_pooling
from generator.capture.trail import ModuleTrail


class Reader(Protocol):
    """Takes each call's product while the model runs."""

    def read(self, call: AttentionCall, product: Product) -> None:
        """Reduce one call; its tensors belong to the model and are never changed."""


class Watcher(Protocol):
    """Takes, in a pass with gradients, the tensors whose gradients tell those of the maps."""

    def replace_embedding(self, result: torch.Tensor) -> torch.Tensor:
        """What the model gets for `result` (..., width) of a table, of the same shape.

        A frozen table's gradients may begin there.
        """

    def watch(self, call: AttentionCall, product: Product, watched: WatchedTensor) -> None:
        """A call whose result has a gradient, of the shape of the watched tensor."""


class AttentionMode(TorchFunctionMode):
    """While active, every attention of `trail`'s model goes to `reader`, and to `watcher`.

    `samples` is the batch size of the model's input; it tells heads from batch rows.
    """

    def __init__(
        self, trail: ModuleTrail, reader: Reader, samples: int, watcher: Watcher | None = None
    ) -> None:
        super().__init__()
        self._watcher = watcher
        self._trail, self._reader, self._samples = trail, reader, samples
        self._handwritten = HandWrittenTracker()
        self._by_softmax: set[str] = set()
        self._calls: dict[tuple[int, str], int] = {}
        self._crosses = False
        self._crossed: dict[tuple[str, int], bool] = {}

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
            return self._run_kernel(args, kwargs)
        if func is F.multi_head_attention_forward:
            return self._run_multi_head(args, kwargs)
        if func is OPERATOR:
            return self._run_flex(args, kwargs)
        result = func(*args, **kwargs)
        if self._watcher is not None and func is F.embedding:
            return self._watcher.replace_embedding(result)
        if own_map := self._handwritten.follow(func, args, kwargs, result):
            self._consume(own_map)
        return result

    def _run_kernel(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        result = F.scaled_dot_product_attention(*args, **kwargs)
        product = build_scaled_dot_product(*args, **kwargs).with_output(result)
        query = args[0] if args else kwargs["query"]
        if query.dim() <= 3:
            product = product.with_heads(self._count_heads(product.query.shape[0], ()))
        rows, heads, queries, _ = product.query.shape
        keys = product.key.shape[-2]
        other = queries != keys and not is_pooling(self._trail.find_innermost()[1])
        watched = WatchedTensor(
            result, lambda one: one.reshape(rows, heads, queries, -1), output=True
        )
        self._read("sdpa", (rows, heads, queries, keys), product, watched, other=other)
        return result

    def _run_flex(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        result = OPERATOR(*args, **kwargs)
        product = build_flex_attention(args, result)
        rows, heads, queries, _ = product.query.shape
        keys = product.key.shape[-2]
        watched = WatchedTensor(result[0], lambda one: one, output=True)
        self._read("flex", (rows, heads, queries, keys), product, watched, other=queries != keys)
        return result

    def _count_heads(self, rows: int, shapes: Sequence[tuple[int, ...]]) -> int:
        """How many heads the batch axis of a call without a head axis holds."""
        name, module = self._trail.find_innermost()
        return count_heads(rows, self._samples, module, shapes, name)

    def _run_multi_head(self, args: Sequence[Any], kwargs: dict[str, Any]) -> Any:
        """Run the body of the stock function with the mode active, so its inner kernel is seen.

        The body hands itself back to active modes before it computes; with that one question
        answered 'no' it computes at once, and its calls come here.
        """
        body = F.multi_head_attention_forward
        names = {**body.__globals__, "has_torch_function": lambda _: False}
        inner = types.FunctionType(body.__code__, names, body.__name__, body.__defaults__)
        inner.__kwdefaults__ = body.__kwdefaults__
        operands = dict(zip(("query", "key"), args, strict=False)) | kwargs
        self._crosses = not is_same_sequence(operands["query"], operands["key"])
        try:
            with self:
                return inner(*args, **kwargs)
        finally:
            self._crosses = False

    def _consume(self, own_map: HandWrittenMap) -> None:
        """Hand a hand-written map on, its leading axes as rows and heads."""
        name, module = self._trail.find_innermost()
        if own_map.caught == "row sums" and name in self._by_softmax:
            return  # the module's attention is read; these rows mix something else
        if own_map.caught == "softmax":
            self._by_softmax.add(name)
        lead = own_map.probabilities.shape[:-2]
        axes = find_lead_axes(lead, self._samples, module, own_map.shapes, name)
        probabilities = axes.apply(own_map.probabilities)
        beside = [None if t is None else axes.apply(t) for t in (own_map.value, own_map.output)]
        rows, heads, queries, keys = probabilities.shape
        watched = None
        if own_map.operand is not None:
            tensor, arrange = own_map.operand
            watched = WatchedTensor(tensor, lambda one: axes.apply(arrange(one)), output=False)
        size, product = (rows, heads, queries, keys), ComputedMap(probabilities, *beside)
        self._read(own_map.caught, size, product, watched, sinks=own_map.dropped)

    def _read(
        self,
        caught: Caught,
        size: tuple[int, int, int, int],
        product: Product,
        watched: WatchedTensor | None,
        *,
        sinks: bool = False,
        other: bool = False,
    ) -> None:
        """Hand a call to the reader; `other`: its keys are another sequence's."""
        name, _ = self._trail.find_innermost()
        pass_ = self._trail.passes
        repeat = self._calls[pass_, name] = self._calls.get((pass_, name), -1) + 1
        first = self._crossed.setdefault((name, repeat), self._crosses or other)
        crosses = self._crosses or first  # a cache makes keys more than queries in later passes
        call = AttentionCall(
            name, repeat, caught, *size, crosses=crosses, sinks=sinks, forward=pass_
        )
        with torch.no_grad(), torch._C.DisableTorchFunction():
            self._reader.read(call, product)
            if self._watcher is not None and watched is not None and watched.tensor.requires_grad:
                self._watcher.watch(call, product, watched)


def is_same_sequence(query: torch.Tensor, key: torch.Tensor) -> bool:
    """Whether queries and keys, each of any shape, come from one sequence."""
    return query is key or (query.shape == key.shape and torch.equal(query, key))
