"""Hand-written attention: follows scores to a softmax and its probabilities to what they multiply.

In: every function a model calls, with its result. Out: each map that was multiplied with values.
Never: a softmax nobody multiplies with (class heads, gates), a softmax of anything but scores.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch

from generator.capture.calls import Caught
from generator.capture.handwritten.contraction import (
    Contraction,
    find_contraction,
    find_sum_contraction,
)
from generator.capture.handwritten.scores import ScoreTracker
from generator.capture.handwritten.softmax import (
    CHANGE,
    CONSUME,
    LAYOUT,
    SOFTMAX,
    SoftmaxTracker,
    TrackedMap,
    find_tensors,
)
from generator.capture.handwritten.weighted_sum import MULTIPLY, SUM, WeightedTracker, find_sum_axis

T = torch.Tensor
ROW_SUM = 1e-3  # how far a row of probabilities may be from 1, in any dtype


@dataclass(frozen=True)
class HandWrittenMap:
    """A map that was multiplied with values; `...` are any leading axes.

    Attributes:
        caught: how it was recognised.
        probabilities: (..., queries, keys).
        value: (..., keys, width), or None where the product's layout is not known.
        output: (..., queries, width), or None as well.
        shapes: the shapes its tensor had on the way, which may tell heads from rows.
        dropped: keys were cut off after the softmax.
        operand: the model's own tensor that was multiplied, and how it becomes `probabilities`.
    """

    caught: Caught
    probabilities: T
    value: T | None
    output: T | None
    shapes: tuple[tuple[int, ...], ...]
    dropped: bool
    operand: tuple[T, Callable[[T], T]] | None = None


class HandWrittenTracker:
    """Follows the tensors of one forward pass."""

    def __init__(self) -> None:
        self._softmax, self._scores, self._weighted = (
            SoftmaxTracker(),
            ScoreTracker(),
            WeightedTracker(),
        )

    def follow(
        self, func: Callable[..., Any], args: Sequence[Any], kwargs: dict[str, Any], result: Any
    ) -> HandWrittenMap | None:
        """A function returned `result`: the map it multiplied, if it did."""
        arguments = (*args, *(value for name, value in kwargs.items() if name != "out"))
        if func in CONSUME:
            own_map = self._match_product(func, arguments, kwargs, result)
            self._scores.follow_product(result, arguments)
            return own_map
        if func in SOFTMAX:
            if self._scores.holds(arguments):
                self._softmax.follow_softmax(result, args, kwargs)
                # mixed with others, only its rows tell what it is
                self._scores.follow_softmax(result)
            return None
        own_map = self._match_sum(args, kwargs, result) if func in SUM else None
        if func in MULTIPLY:
            self._weighted.follow_product(result, arguments)
        self._scores.follow_function(func, result, arguments)
        if len(self._softmax) and (func in LAYOUT or func in CHANGE):
            self._softmax.follow_operation(func, result, arguments)
        return own_map

    def _match_product(
        self, func: Callable[..., Any], arguments: Sequence[Any], kwargs: dict[str, Any], result: T
    ) -> HandWrittenMap | None:
        sides = list(find_tensors(arguments))[-2:]  # baddbmm names its base first
        if len(sides) < 2:
            return None
        if func is T.__rmatmul__:
            sides.reverse()
        for side, operand in enumerate(sides):
            if len(self._softmax) and (tracked_map := self._softmax.consume(operand)):
                with torch.no_grad():
                    contraction = find_contraction(func, arguments, kwargs, side, result)
                return _build_map(tracked_map, operand, contraction)
        return self._match_row_sums(func, arguments, kwargs, sides[0], result)

    def _match_sum(
        self, args: Sequence[Any], kwargs: dict[str, Any], result: Any
    ) -> HandWrittenMap | None:
        """A sum over one axis of a product that broadcast: scores, or a map times values."""
        sides = self._weighted.find_factors(args)
        axis = find_sum_axis(args, kwargs)
        if sides is None or axis is None or not isinstance(result, T):
            return None
        for side, operand in enumerate(sides):
            if tracked_map := self._softmax.consume(operand):
                with torch.no_grad():
                    contraction = find_sum_contraction(*sides, axis, side, result)
                return _build_map(tracked_map, operand, contraction)
        self._scores.follow_product(result, sides)
        return None

    def _match_row_sums(
        self,
        func: Callable[..., Any],
        arguments: Sequence[Any],
        kwargs: dict[str, Any],
        left: T,
        result: T,
    ) -> HandWrittenMap | None:
        """Scores made into rows that sum to 1 by other means than a softmax function."""
        if left.dim() < 3 or not left.is_floating_point() or not self._scores.holds((left,)):
            return None
        with torch.no_grad(), torch._C.DisableTorchFunction():
            if not is_row_stochastic(left):
                return None
            contraction = find_contraction(func, arguments, kwargs, 0, result)
        if contraction is None or contraction.summed != left.dim() - 1:
            return None
        return HandWrittenMap(
            "row sums",
            contraction.probabilities.detach(),
            contraction.value,
            contraction.output,
            (tuple(left.shape),),
            dropped=False,
            operand=(left, contraction.arrange),
        )


def _build_map(
    tracked_map: TrackedMap, operand: T, contraction: Contraction | None
) -> HandWrittenMap | None:
    """None where the product sums over another axis than the softmax: no attention over keys."""
    origin, past = tracked_map.values(), (tracked_map.shapes, tracked_map.dropped)
    if origin is None:
        return None
    lost = (
        tracked_map.axis is None
        and contraction is not None
        and not is_row_substochastic(contraction.probabilities)
    )
    if contraction is None or lost:  # a map, in a layout nobody knows: no proof
        return HandWrittenMap("softmax", origin.detach(), None, None, *past)
    if tracked_map.axis is not None and contraction.summed != tracked_map.axis:
        return None
    probabilities = contraction.probabilities.detach()
    own = (operand, contraction.arrange)
    return HandWrittenMap(
        "softmax", probabilities, contraction.value, contraction.output, *past, operand=own
    )


def is_row_substochastic(probabilities: T) -> bool:
    """Whether no row of (..., queries, keys) sums to more than 1.

    Sums over the queries do, however they are laid out.
    """
    with torch.no_grad(), torch._C.DisableTorchFunction():
        return bool((probabilities.sum(-1) <= 1 + ROW_SUM).all())


def is_row_stochastic(left: T) -> bool:
    """Whether (..., queries, keys) has rows that sum to 1, and that do more than choose one key.

    No entry is negative; a row whose keys are all masked may be zeros.
    """
    if left.shape[-1] < 2 or left.numel() == 0 or bool(left.amin() < 0):
        return False
    sums = left.sum(-1)
    real = sums != 0  # a row whose keys are all masked may be zeros
    near = bool(((sums - 1).abs() < ROW_SUM)[real].all()) and bool(real.any())
    return near and bool(((left > 0) & (left < 1)).any())
