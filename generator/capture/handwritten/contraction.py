"""What a hand-written map multiplied: which axis was summed over, the values and the result.

In: the product that ran and which of its two operands holds the map. Out: map, values and output
with their axes in the order rows, queries, keys, width. Never: a guessed layout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from string import ascii_letters
from typing import Any

import numpy as np
import torch

T = torch.Tensor


@dataclass(frozen=True)
class Contraction:
    """A product seen from the operand that holds the map; `...` are the same leading axes.

    Attributes:
        summed: the axis of the operand, as it was given, that the product sums over.
        probabilities: (..., queries, keys), a view of the operand.
        value: (..., keys, width).
        output: (..., queries, width).
        arrange: brings any tensor of the operand's shape, such as its gradient, to (..., queries,
            keys) as well.
    """

    summed: int
    probabilities: T
    value: T
    output: T
    arrange: Callable[[T], T]


def find_contraction(
    func: Callable[..., Any],
    arguments: Sequence[Any],
    options: Mapping[str, Any],
    side: int,
    result: T,
) -> Contraction | None:
    """The product `result`, with the map on its left (`side` 0) or right (1); None: not known.

    `result` and the tensors among `arguments` are of any shape.
    """
    if func is torch.einsum:
        terms = _parse_einsum(arguments)
        return None if terms is None else _match_letters(*terms, side, result)
    sides = _find_sides(func, arguments, options, result)
    if sides is None or min(sides[0].dim(), sides[1].dim()) < 2:
        return None
    left, right, output = sides
    if side == 0:
        return _build_contraction(left.dim() - 1, left, right, output, lambda one: one)
    return _build_contraction(right.dim() - 2, right, left.mT, output.mT, lambda one: one.mT)


def find_sum_contraction(one: T, other: T, axis: int, side: int, result: T) -> Contraction | None:
    """The same for `(one * other).sum(axis)`, where both broadcast to more than either holds.

    All three tensors are of any shape; `axis` counts in the shape they broadcast to.
    """
    size = np.broadcast_shapes(one.shape, other.shape)
    letters = ascii_letters[: len(size)]
    if result.dim() == len(size):  # keepdim
        result = result.squeeze(axis)
    sides = [_drop_broadcast(tensor, letters, size) for tensor in (one, other)]
    after = letters.replace(letters[axis], "")
    (first, second), terms = zip(*sides, strict=True)
    contraction = _match_letters(terms, (first, second), after, side, result)
    if contraction is None:
        return None
    operand = (one, other)[side]

    def arrange(tensor: T) -> T:
        return contraction.arrange(_drop_broadcast(tensor, letters, size)[0])

    summed = axis - (len(size) - operand.dim())
    return Contraction(
        summed, contraction.probabilities, contraction.value, contraction.output, arrange
    )


def _drop_broadcast(tensor: T, letters: str, size: tuple[int, ...]) -> tuple[T, str]:
    """A tensor without the axes that broadcast, and the letters of those it has."""
    own = letters[len(letters) - tensor.dim() :]
    wide = size[len(size) - tensor.dim() :]
    axes = [at for at in range(tensor.dim()) if tensor.shape[at] == wide[at]]
    index = tuple(slice(None) if at in axes else 0 for at in range(tensor.dim()))
    return tensor[index], "".join(own[at] for at in axes)


def _find_sides(
    func: Callable[..., Any], arguments: Sequence[Any], options: Mapping[str, Any], result: T
) -> tuple[T, T, T] | None:
    """(left, right, their product) of any matrix product."""
    if func in (torch.baddbmm, T.baddbmm):
        beta, alpha = options.get("beta", 1), options.get("alpha", 1)
        if alpha == 0:
            return None
        base = arguments[0] * beta if beta else 0  # with beta 0 the base is ignored, NaN and all
        return arguments[1], arguments[2], (result - base) / alpha
    if func is T.__rmatmul__:
        return arguments[1], arguments[0], result
    return arguments[0], arguments[1], result


def _build_contraction(
    summed: int, operand: T, value: T, output: T, turn: Callable[[T], T]
) -> Contraction:
    """All three with the leading axes of the product; `turn` puts the operand's keys last."""
    lead = output.shape[:-2]

    def arrange(tensor: T) -> T:
        part = turn(tensor)
        return part.expand(*lead, *part.shape[-2:])

    wide = value.expand(*lead, *value.shape[-2:])
    return Contraction(summed, arrange(operand), wide, output, arrange)


def _parse_einsum(arguments: Sequence[Any]) -> tuple[tuple[str, str], tuple[T, T], str] | None:
    """An einsum's two terms, its two operands, its result's letters; no dots left in them."""
    equation, *rest = arguments
    sides = rest[0] if len(rest) == 1 and isinstance(rest[0], list | tuple) else rest
    text = equation.replace(" ", "") if isinstance(equation, str) else ""
    if len(sides) != 2 or text.count("->") != 1:
        return None
    before, after = text.split("->")
    one, two = before.split(",")
    counts = [s.dim() - len(t.replace("...", "")) for s, t in zip(sides, (one, two), strict=True)]
    free = [letter for letter in ascii_letters if letter not in text][: max(counts)]
    terms = [
        t.replace("...", "".join(free[len(free) - count :]))
        for count, t in zip(counts, (one, two), strict=True)
    ]
    return (terms[0], terms[1]), (sides[0], sides[1]), after.replace("...", "".join(free))


def _match_letters(
    terms: Sequence[str], sides: Sequence[T], after: str, side: int, result: T
) -> Contraction | None:
    """The queries are the last of the map's own letters in the result; the keys are summed over.

    Letters before them that only the map has are heads which share their values.
    """
    ours, theirs, operand, other = terms[side], terms[1 - side], sides[side], sides[1 - side]
    keys = [letter for letter in ours if letter in theirs and letter not in after]
    queries = [letter for letter in ours if letter not in theirs and letter in after][-1:]
    lead = [letter for letter in ours if letter in after and letter not in queries]
    width = [letter for letter in theirs if letter not in ours]
    whole = len(set(ours)) == len(ours) and len(set(theirs)) == len(theirs)
    if not whole or len(keys) != 1 or set(after) != {*lead, *queries, *width}:
        return None
    if len(ours) != len(lead) + len(queries) + 1:
        return None  # an axis of the map that is summed by itself

    def arrange(tensor: T) -> T:
        return _arrange_axes(tensor, ours, lead, queries, keys)

    value = _arrange_axes(other, theirs, lead, keys, width)
    output = _arrange_axes(result, after, lead, queries, width)
    probabilities = arrange(operand)
    value = value.expand(*probabilities.shape[:-2], *value.shape[-2:])
    return Contraction(ours.index(keys[0]), probabilities, value, output, arrange)


def _arrange_axes(
    tensor: T, letters: str, lead: Sequence[str], rows: Sequence[str], last: Sequence[str]
) -> T:
    """Axes as (lead..., rows, last), the last ones as one axis; of size 1 where one is absent."""
    there = [letter for letter in (*lead, *rows, *last) if letter in letters]
    ordered = tensor.permute([letters.index(letter) for letter in there])
    lengths = dict(zip(there, ordered.shape, strict=True))
    size = [lengths.get(letter, 1) for letter in lead]
    size += [lengths[letter] for letter in rows] or [1]
    return ordered.reshape(*size, -1 if len(last) != 1 else lengths[last[0]])
