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
    given: Sequence[Any],
    options: Mapping[str, Any],
    side: int,
    result: T,
) -> Contraction | None:
    """The product `result`, with the map on its left (`side` 0) or right (1); None: not known."""
    if func is torch.einsum:
        terms = _parse_einsum(given)
        return None if terms is None else _match_letters(*terms, side, result)
    sides = _find_sides(func, given, options, result)
    if sides is None or min(sides[0].dim(), sides[1].dim()) < 2:
        return None
    left, right, output = sides
    if side == 0:
        return _build_contraction(left.dim() - 1, left, right, output, lambda one: one)
    return _build_contraction(right.dim() - 2, right, left.mT, output.mT, lambda one: one.mT)


def find_sum_contraction(one: T, other: T, axis: int, side: int, result: T) -> Contraction | None:
    """The same for `(one * other).sum(axis)`, where both broadcast to more than either holds."""
    size = np.broadcast_shapes(one.shape, other.shape)
    letters = ascii_letters[: len(size)]
    if result.dim() == len(size):  # keepdim
        result = result.squeeze(axis)
    named = [_drop_broadcast(tensor, letters, size) for tensor in (one, other)]
    after = letters.replace(letters[axis], "")
    (first, second), terms = zip(*named, strict=True)
    found = _match_letters(terms, (first, second), after, side, result)
    if found is None:
        return None
    operand = (one, other)[side]

    def arrange(tensor: T) -> T:
        return found.arrange(_drop_broadcast(tensor, letters, size)[0])

    summed = axis - (len(size) - operand.dim())
    return Contraction(summed, found.probabilities, found.value, found.output, arrange)


def _drop_broadcast(tensor: T, letters: str, size: tuple[int, ...]) -> tuple[T, str]:
    """A tensor without the axes that broadcast, and the letters of those it has."""
    own = letters[len(letters) - tensor.dim() :]
    wide = size[len(size) - tensor.dim() :]
    kept = [at for at in range(tensor.dim()) if tensor.shape[at] == wide[at]]
    index = tuple(slice(None) if at in kept else 0 for at in range(tensor.dim()))
    return tensor[index], "".join(own[at] for at in kept)


def _find_sides(
    func: Callable[..., Any], given: Sequence[Any], options: Mapping[str, Any], result: T
) -> tuple[T, T, T] | None:
    """(left, right, their product) of any matrix product."""
    if func in (torch.baddbmm, T.baddbmm):
        beta, alpha = options.get("beta", 1), options.get("alpha", 1)
        if alpha == 0:
            return None
        base = given[0] * beta if beta else 0  # with beta 0 the base is ignored, NaN and all
        return given[1], given[2], (result - base) / alpha
    if func is T.__rmatmul__:
        return given[1], given[0], result
    return given[0], given[1], result


def _build_contraction(
    summed: int, operand: T, value: T, output: T, turn: Callable[[T], T]
) -> Contraction:
    """All three with the leading axes of the product; `turn` puts the operand's keys last."""
    lead = output.shape[:-2]

    def arrange(tensor: T) -> T:
        turned = turn(tensor)
        return turned.expand(*lead, *turned.shape[-2:])

    wide = value.expand(*lead, *value.shape[-2:])
    return Contraction(summed, arrange(operand), wide, output, arrange)


def _parse_einsum(given: Sequence[Any]) -> tuple[tuple[str, str], tuple[T, T], str] | None:
    """An einsum's two terms, its two operands, its result's letters; no dots left in them."""
    sides = given[1] if len(given) == 2 and isinstance(given[1], list | tuple) else given[1:]
    text = given[0].replace(" ", "") if isinstance(given[0], str) else ""
    if len(sides) != 2 or text.count("->") != 1:
        return None
    before, after = text.split("->")
    one, two = before.split(",")
    counts = [s.dim() - len(t.replace("...", "")) for s, t in zip(sides, (one, two), strict=True)]
    free = [letter for letter in ascii_letters if letter not in text][: max(counts)]
    named = [
        t.replace("...", "".join(free[len(free) - count :]))
        for count, t in zip(counts, (one, two), strict=True)
    ]
    return (named[0], named[1]), (sides[0], sides[1]), after.replace("...", "".join(free))


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
    moved = tensor.permute([letters.index(letter) for letter in there])
    known = dict(zip(there, moved.shape, strict=True))
    size = [known.get(letter, 1) for letter in lead]
    size += [known[letter] for letter in rows] or [1]
    return moved.reshape(*size, -1 if len(last) != 1 else known[last[0]])
