"""Tells heads from batch rows where a map has no axis of its own for them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from generator.errors import CaptureError

HEAD_ATTRIBUTES = (
    *("num_heads", "num_attention_heads", "n_heads", "n_head", "nhead", "heads"),
    *("num_attn_heads", "nheads"),
)


def count_heads(
    rows: int,
    samples: int,
    module: nn.Module | None,
    shapes: Sequence[tuple[int, ...]],
    name: str,
) -> int:
    """How many heads `rows` = batch x heads holds.

    The tensor's own past shapes know best, then the module's attribute, then the batch size.

    Raises:
        CaptureError: none of them says; a guess would show batch rows as heads.
    """
    for shape in shapes:
        if len(shape) == 4 and shape[0] * shape[1] == rows:
            return shape[1]
    count = read_head_count(module)
    if rows == samples and count in (None, 1):
        return 1
    if count and rows % count == 0:
        return count
    if rows == samples:
        return 1
    raise CaptureError(
        f"{name or 'the model'}: attention over {rows} batch rows for {samples} samples, and "
        f"nothing says how many are heads; give the module an attribute `num_heads`"
    )


def read_head_count(module: nn.Module | None) -> int | None:
    """The head count a module states in one of the usual attributes."""
    values = (getattr(module, attribute, None) for attribute in HEAD_ATTRIBUTES)
    return next((v for v in values if isinstance(v, int) and v > 0 and v is not True), None)


@dataclass(frozen=True)
class LeadAxes:
    """How the axes before (queries, keys) become rows and heads: split, then ordered."""

    sizes: tuple[int, ...]
    order: tuple[int, ...]
    heads: int

    def apply(self, tensor: torch.Tensor) -> torch.Tensor:
        """(leading axes..., one, two) as (rows, heads, one, two)."""
        last = tensor.shape[-2:]
        split = tensor.reshape(*self.sizes, *last)
        ordered = split.permute(*self.order, split.dim() - 2, split.dim() - 1)
        return ordered.reshape(-1, self.heads, *last)


def find_lead_axes(
    lead: Sequence[int],
    samples: int,
    module: nn.Module | None,
    shapes: Sequence[tuple[int, ...]],
    name: str,
) -> LeadAxes:
    """Rows and heads among the leading axes of a map that a model multiplied itself.

    Usual is (rows, heads). Where the module states its heads, windows or chunks after the heads
    become rows of their own, and heads that are split over two axes (shared keys) become one.

    Raises:
        CaptureError: one leading axis, and nothing says how many of it are heads.
    """
    if len(lead) < 2:
        rows = math.prod(lead)
        heads = count_heads(rows, samples, module, shapes, name) if lead else 1
        return LeadAxes((rows,), (0,), heads)
    count, plain = read_head_count(module), tuple(range(len(lead)))
    if count and lead[-1] != count:
        if lead[0] == samples and math.prod(lead[1:]) == count:
            return LeadAxes(tuple(lead), plain, count)
        if lead[0] == samples * count:
            sizes = (samples, count, *lead[1:])
            return LeadAxes(sizes, (0, *range(2, len(sizes)), 1), count)
        if lead[1] == count:
            return LeadAxes(tuple(lead), (0, *plain[2:], 1), count)
    return LeadAxes(tuple(lead), plain, lead[-1])
