"""Tells heads from batch rows where a map has no axis of its own for them."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from generator.errors import CaptureError

HEAD_ATTRIBUTES = (
    *("num_heads", "num_attention_heads", "n_heads", "n_head", "nhead", "heads"),
    *("num_attn_heads", "nheads"),
)


def split_heads(
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
    stated = stated_heads(module)
    if rows == samples and stated in (None, 1):
        return 1
    if stated and rows % stated == 0:
        return stated
    if rows == samples:
        return 1
    raise CaptureError(
        f"{name or 'the model'}: attention over {rows} batch rows for {samples} samples, and "
        f"nothing says how many are heads; give the module an attribute `num_heads`"
    )


def stated_heads(module: nn.Module | None) -> int | None:
    """The head count a module states in one of the usual attributes."""
    values = (getattr(module, attribute, None) for attribute in HEAD_ATTRIBUTES)
    return next((v for v in values if isinstance(v, int) and v > 0 and v is not True), None)
