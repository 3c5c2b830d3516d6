"""Follows softmax results to the product that consumes them: hand-written attention.

Tensors are recognised by identity and held weakly, so that following keeps nothing alive but a
view's own origin. A softmax nobody multiplies with (class heads, gates, routers) is left out.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
import torch.nn.functional as F

SOFTMAX: frozenset[Callable[..., Any]] = frozenset(
    {F.softmax, torch.softmax, torch.Tensor.softmax, torch.special.softmax}
)
T = torch.Tensor
_PROPERTIES: Any = torch.Tensor  # read on the class, these are what a function mode is handed
# Operations whose result has the same probabilities in another layout.
LAYOUT: frozenset[Callable[..., Any]] = frozenset(
    {
        *(T.view, T.reshape, torch.reshape, T.contiguous, T.transpose, torch.transpose),
        *(T.permute, torch.permute, T.unsqueeze, torch.unsqueeze, T.squeeze, torch.squeeze),
        *(T.flatten, torch.flatten, T.unflatten, T.swapaxes, T.view_as, T.expand),
        *(T.movedim, torch.movedim, T.swapdims, torch.swapaxes, T.adjoint, torch.adjoint),
        *(_PROPERTIES.mT.__get__, _PROPERTIES.T.__get__, _PROPERTIES.mH.__get__),
    }
)
# Operations whose result replaces the probabilities: what is consumed is what counts.
CHANGE: frozenset[Callable[..., Any]] = frozenset(
    {
        *(F.dropout, torch.dropout, T.to, T.type, T.type_as, T.float, T.half, T.bfloat16),
        *(T.masked_fill, torch.masked_fill, T.masked_fill_, T.mul, torch.mul, T.__mul__),
        *(T.__rmul__, T.div, T.__truediv__, T.__getitem__, T.narrow, T.nan_to_num),
        *(torch.nan_to_num, T.clone, T.detach, torch.where, F.pad, torch.cat),
    }
)
CONSUME: frozenset[Callable[..., Any]] = frozenset(
    {
        *(torch.matmul, T.matmul, T.__matmul__, T.__rmatmul__, torch.bmm, T.bmm),
        *(torch.baddbmm, T.baddbmm, torch.einsum),
    }
)


@dataclass(frozen=True)
class TrackedMap:
    """Probabilities under way, as one tensor holds them.

    Attributes:
        values: the tensor they were last computed as; layouts of it come and go.
        axis: the softmax axis in the tensor this is known of; None where it cannot be told.
        shapes: every shape so far.
        dropped: keys were cut off after the softmax.
    """

    values: weakref.ref[torch.Tensor]
    axis: int | None
    shapes: tuple[tuple[int, ...], ...]
    dropped: bool = False


class SoftmaxTracker:
    """Knows for each live tensor whether it holds softmax probabilities."""

    def __init__(self) -> None:
        self._maps: dict[int, tuple[weakref.ref[T], TrackedMap, T | None]] = {}
        self._used: set[int] = set()

    def __len__(self) -> int:
        return len(self._maps)

    def follow_softmax(self, result: Any, args: Sequence[Any], kwargs: dict[str, Any]) -> None:
        """A softmax returned `result`; follow it when it could be an attention map."""
        axis = kwargs.get("dim", args[1] if len(args) > 1 else None)
        if isinstance(result, T) and result.dim() >= 3 and isinstance(axis, int):
            size = tuple(result.shape)
            self._remember(result, TrackedMap(weakref.ref(result), axis % result.dim(), (size,)))

    def follow_operation(self, func: Callable[..., Any], result: Any, args: Sequence[Any]) -> None:
        """An operation of LAYOUT or CHANGE returned `result`; follow it if an input was."""
        if not isinstance(result, T):
            return
        for source in find_tensors(args):
            before = self.find_map(source)
            if before is not None and result is not source:
                self._remember(result, self._build_next(func, before, source, result))
                return

    def _build_next(
        self, func: Callable[..., Any], before: TrackedMap, source: T, result: T
    ) -> TrackedMap:
        shapes = (*before.shapes, tuple(result.shape))
        axis = None if before.axis is None else find_axis(source, before.axis, result)
        if func in LAYOUT:
            return replace(before, axis=axis, shapes=shapes)
        dropped = before.dropped or result.shape[-1] < source.shape[-1]
        if axis is None and result.dim() == source.dim():
            axis = before.axis  # keys cut off or added: the same axis, of another size
        return TrackedMap(weakref.ref(result), axis, shapes, dropped)

    def consume(self, operand: T) -> TrackedMap | None:
        """What is known of a product's operand, of any shape, the first time it is consumed."""
        tracked_map = self.find_map(operand)
        values = tracked_map.values() if tracked_map else None
        if values is None or id(values) in self._used:
            return None
        self._used.add(id(values))
        weakref.finalize(values, self._used.discard, id(values))
        return tracked_map

    def find_map(self, tensor: T) -> TrackedMap | None:
        """What is known of a tensor of any shape."""
        hit = self._maps.get(id(tensor))
        return hit[1] if hit is not None and hit[0]() is tensor else None

    def _remember(self, tensor: T, tracked_map: TrackedMap) -> None:
        key, values = id(tensor), tracked_map.values()

        def forget(_: object) -> None:
            self._maps.pop(key, None)

        alive = None if values is tensor else values
        self._maps[key] = (weakref.ref(tensor, forget), tracked_map, alive)


def find_axis(source: T, axis: int, result: T) -> int | None:
    """Where an axis of `source` is in a tensor computed from it; None where it cannot be told.

    Both are of any shape. A view keeps the axis' size and stride; a copy keeps its place in an
    equal shape, and the last axis where it is as long as before, for rows are copied whole.
    """
    size = source.shape[axis]
    if result.untyped_storage().data_ptr() == source.untyped_storage().data_ptr():
        kind = (size, source.stride(axis))
        like = [at for at in range(result.dim()) if (result.shape[at], result.stride(at)) == kind]
        if len(like) == 1:
            return like[0]
    if result.shape == source.shape:
        return axis
    last = axis == source.dim() - 1 and result.dim() > 0 and result.shape[-1] == size
    return result.dim() - 1 if last else None


def find_tensors(args: Sequence[Any]) -> Iterator[T]:
    """The tensors among arguments, of any shape, those inside lists and tuples too."""
    for argument in args:
        if isinstance(argument, T):
            yield argument
        elif isinstance(argument, list | tuple):
            yield from find_tensors(argument)
