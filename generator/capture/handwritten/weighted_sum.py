"""Products that broadcast and are then summed over one axis: a matrix product written out.

Tensors are recognised by identity and held weakly; a product keeps its two factors while it
lives. In: multiplications. Out: the two factors of what is summed.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

from generator.capture.handwritten.softmax import find_tensors

T = torch.Tensor
MULTIPLY: frozenset[Callable[..., Any]] = frozenset({T.mul, torch.mul, T.__mul__, T.__rmul__})
SUM: frozenset[Callable[..., Any]] = frozenset({T.sum, torch.sum})


class WeightedTracker:
    """Remembers the factors of products larger than either factor."""

    def __init__(self) -> None:
        self._factors: dict[int, tuple[weakref.ref[T], tuple[T, T]]] = {}

    def follow_product(self, result: Any, arguments: Sequence[Any]) -> None:
        """A multiplication returned `result`."""
        sides = list(find_tensors(arguments))
        if len(sides) != 2 or not isinstance(result, T) or result.dim() < 3:
            return
        if result.numel() <= max(sides[0].numel(), sides[1].numel()):
            weights = next((s for s in sides if s.dim() and s.shape[-1] == 1), None)
            if weights is None or result.shape[-1] == 1:
                return  # as large as its larger factor, and no column of weights beside it
        key = id(result)

        def forget(_: object) -> None:
            self._factors.pop(key, None)

        self._factors[key] = (weakref.ref(result, forget), (sides[0], sides[1]))

    def find_factors(self, arguments: Sequence[Any]) -> tuple[T, T] | None:
        """The factors, of any shape, of the first argument, where it is such a product."""
        hit = self._factors.get(id(arguments[0])) if arguments else None
        return hit[1] if hit is not None and hit[0]() is arguments[0] else None


def find_sum_axis(args: Sequence[Any], kwargs: Mapping[str, Any]) -> int | None:
    """The one axis a sum goes over, counted from the front; None for any other sum."""
    axis = kwargs.get("dim", args[1] if len(args) > 1 else None)
    if isinstance(axis, list | tuple) and len(axis) == 1:
        axis = axis[0]
    dims = args[0].dim()
    return axis % dims if isinstance(axis, int) and not isinstance(axis, bool) else None
