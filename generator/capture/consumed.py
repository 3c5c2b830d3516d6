"""What a hand-written map multiplied: the values and the result, in the axes of the map.

In: the product that ran and the recorded probabilities. Out: value and output, or neither where
the operand is not the recorded map or is not contracted over its keys. Never: a guessed layout.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch

T = torch.Tensor
Pair = tuple[T, T]
"""The operand's other side as (..., keys, width) and the result as (..., queries, width)."""


def multiplied(
    func: Callable[..., Any],
    given: Sequence[Any],
    options: Mapping[str, Any],
    operand: T,
    result: T,
    values: T,
) -> Pair | None:
    """Value (rows, heads, keys, width) and output (rows, heads, queries, width) of a product.

    `operand` is the tensor of `given` that holds the map, `values` the map as it was recorded,
    (rows, heads, queries, keys). None: the product is not the recorded map times values.
    """
    if func is torch.einsum:
        found = _contracted(given, operand, result)
    else:
        sides = _sides(func, given, options, result)
        found = None if sides is None else _ordered(*sides, operand)
    if found is None:
        return None
    probabilities, value, output = found
    if probabilities.numel() != values.numel() or probabilities.shape[-2:] != values.shape[-2:]:
        return None
    if not _same(probabilities.reshape(values.shape), values):
        return None
    lead = probabilities.shape[:-2]
    rows, heads, queries, keys = values.shape
    value = value.expand(*lead, *value.shape[-2:]).reshape(rows, heads, keys, -1)
    return value, output.reshape(rows, heads, queries, -1)


def _sides(
    func: Callable[..., Any], given: Sequence[Any], options: Mapping[str, Any], result: T
) -> tuple[T, T, T] | None:
    """(left, right, their product) of any matrix product."""
    if func is torch.baddbmm:
        beta, alpha = options.get("beta", 1), options.get("alpha", 1)
        if alpha == 0:
            return None
        base = given[0] * beta if beta else 0  # with beta 0 the base is ignored, NaN and all
        return given[1], given[2], (result - base) / alpha
    if func is T.__rmatmul__:
        return given[1], given[0], result
    return given[0], given[1], result


def _ordered(left: T, right: T, result: T, operand: T) -> tuple[T, T, T] | None:
    """(probabilities, value, output): a map on the right is read transposed."""
    if left.dim() < 2 or right.dim() < 2:
        return None
    if left is operand:
        return left, right, result
    return right.mT, left.mT, result.mT


def _contracted(given: Sequence[Any], operand: T, result: T) -> tuple[T, T, T] | None:
    """The same of an einsum of two operands whose subscripts sum over the map's last axis."""
    sides = given[1] if len(given) == 2 and isinstance(given[1], list | tuple) else given[1:]
    text = given[0].replace(" ", "") if isinstance(given[0], str) else ""
    if len(sides) != 2 or text.count("->") != 1 or "." in text:
        return None
    terms, after = text.split("->")
    one, two = terms.split(",")
    if sides[0] is operand:
        ours, theirs, other = one, two, sides[1]
    else:
        ours, theirs, other = two, one, sides[0]
    if len(ours) < 2:
        return None
    lead, query, key = list(ours[:-2]), ours[-2], ours[-1]
    legal = key in theirs and key not in after and query in after and query not in theirs
    if not legal or any(letter not in after for letter in lead) or len(set(ours)) < len(ours):
        return None
    width = [letter for letter in theirs if letter != key and letter not in lead]
    if set(after) != {*lead, query, *width} or len(set(theirs)) < len(theirs):
        return None
    value = _arranged(other, theirs, [*lead, key], width)
    return operand, value, _arranged(result, after, [*lead, query], width)


def _arranged(tensor: T, letters: str, first: Sequence[str], width: Sequence[str]) -> T:
    """Axes in the order `first`, size 1 where absent, and all of `width` as one last axis."""
    kept = [letter for letter in (*first, *width) if letter in letters]
    moved = tensor.permute([letters.index(letter) for letter in kept])
    size = dict(zip(kept, moved.shape, strict=True))
    return moved.reshape(*(size.get(letter, 1) for letter in first), -1)


def _same(one: T, other: T) -> bool:
    """Whether two tensors of one shape hold the same numbers."""
    placed = one.data_ptr() == other.data_ptr() and one.stride() == other.stride()
    return placed or torch.equal(one, other)
