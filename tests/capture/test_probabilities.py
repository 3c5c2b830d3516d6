"""Recomputed probabilities equal an explicit float64 softmax; P V equals the kernel's output."""

from __future__ import annotations

import itertools

import pytest
import torch
import torch.nn.functional as F

from generator.capture import probabilities
from generator.capture.probabilities import scaled_dot_product

MASKS = ("none", "bool", "float", "per head", "dead row", "keys only")


def explicit(
    query: torch.Tensor,
    key: torch.Tensor,
    mask: torch.Tensor | None,
    causal: bool,
    scale: float | None,
) -> torch.Tensor:
    """softmax(Q K^T * scale + mask) in float64, written out; wholly masked rows are zeros."""
    if key.shape[-3] != query.shape[-3]:
        key = key.repeat_interleave(query.shape[-3] // key.shape[-3], -3)
    factor = query.shape[-1] ** -0.5 if scale is None else scale
    scores = query.double() @ key.double().transpose(-1, -2) * factor
    if causal:
        allowed = torch.ones(scores.shape[-2:], dtype=torch.bool).tril()
        scores = scores.masked_fill(~allowed, -torch.inf)
    if mask is not None:
        extra = mask.double()
        if mask.dtype == torch.bool:
            extra = torch.zeros(mask.shape, dtype=torch.double).masked_fill(~mask, -torch.inf)
        scores = scores + extra
    top = scores.amax(-1, keepdim=True).clamp(min=-1e300)
    raised = torch.exp(scores - top)
    return torch.nan_to_num(raised / raised.sum(-1, keepdim=True))


def make_mask(kind: str, heads: int, queries: int, keys: int) -> torch.Tensor | None:
    if kind == "none":
        return None
    if kind == "float":
        return torch.randn(queries, keys)
    if kind == "per head":
        return torch.randn(1, heads, queries, keys)
    mask = torch.rand(2, 1, queries, keys) > 0.3
    mask[..., 0] = True
    if kind == "dead row":
        mask[0, :, -1] = False
    return mask[:, :, :1] if kind == "keys only" else mask


def assembled(product: probabilities.ScaledDotProduct) -> torch.Tensor:
    rows, heads, queries, _ = product.query.shape
    whole = torch.full((rows, heads, queries, product.key.shape[-2]), torch.nan)
    for block in product.blocks():
        n, _, count, _ = block.values.shape
        whole[block.row : block.row + n, :, block.query : block.query + count] = block.values
    return whole


@pytest.mark.parametrize(
    ("kind", "queries", "keys", "groups"),
    list(itertools.product(MASKS, (1, 7), (2, 9), (1, 2))),
)
def test_blocks_are_the_explicit_softmax(kind: str, queries: int, keys: int, groups: int) -> None:
    """Every kind of mask, square or not, grouped queries or not: equal to 1e-6."""
    query = torch.randn(2, 4, queries, 8)
    key, value = torch.randn(2, 4 // groups, keys, 8), torch.randn(2, 4 // groups, keys, 8)
    mask = make_mask(kind, 4, queries, keys)
    got = assembled(scaled_dot_product(query, key, value, mask, enable_gqa=groups > 1))
    expected = explicit(query, key, mask, False, None)
    torch.testing.assert_close(got.double(), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize(("queries", "keys"), [(5, 5), (3, 6), (6, 3)])
def test_causal_masks_start_top_left(queries: int, keys: int) -> None:
    """is_causal on a non-square map is aligned at the top left, as in the kernel."""
    query, key, value = (torch.randn(1, 2, n, 4) for n in (queries, keys, keys))
    got = assembled(scaled_dot_product(query, key, value, is_causal=True, scale=0.7))
    expected = explicit(query, key, None, True, 0.7)
    torch.testing.assert_close(got.double(), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [(torch.float64, 1e-12), (torch.float32, 2e-6), (torch.bfloat16, 2e-2), (torch.float16, 2e-3)],
)
def test_probabilities_times_values_is_the_kernels_output(
    dtype: torch.dtype, tolerance: float
) -> None:
    """P V is what the kernel returned, within the precision of its dtype."""
    query, key, value = (torch.randn(2, 3, 6, 8, dtype=dtype) for _ in range(3))
    kernel = F.scaled_dot_product_attention(query, key, value, is_causal=True)
    product = scaled_dot_product(query, key, value, is_causal=True)
    found = torch.cat([block.values for block in product.blocks()])
    work = found.dtype
    torch.testing.assert_close(found @ value.to(work), kernel.to(work), atol=tolerance, rtol=0)


def test_long_inputs_come_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the block budget a map comes in pieces of 64 queries that make up the whole."""
    monkeypatch.setattr(probabilities, "BLOCK_ELEMENTS", 1000)
    query, key, value = (torch.randn(2, 2, 150, 4) for _ in range(3))
    product = scaled_dot_product(query, key, value)
    assert [b.values.shape[2] for b in product.blocks()] == [64, 64, 22] * 2
    expected = explicit(query, key, None, False, None)
    torch.testing.assert_close(assembled(product).double(), expected, atol=1e-6, rtol=0)


def test_masks_without_a_head_axis() -> None:
    """A 3-D call (rows, queries, width) takes its mask as (rows, queries, keys)."""
    query, key, value = (torch.randn(3, 4, 8) for _ in range(3))
    mask = torch.randn(3, 4, 4)
    got = assembled(scaled_dot_product(query, key, value, mask))
    expected = explicit(query[:, None], key[:, None], mask[:, None], False, None)
    torch.testing.assert_close(got.double(), expected, atol=1e-6, rtol=0)


def test_windows_in_leading_axes_become_rows() -> None:
    """(batch, windows, heads, queries, width): batch and windows are rows, masks with them."""
    query, key, value = (torch.randn(2, 3, 2, 4, 8) for _ in range(3))
    mask = torch.rand(2, 3, 1, 4, 4) > 0.3
    mask[..., 0] = True
    got = assembled(scaled_dot_product(query, key, value, mask))
    expected = explicit(query, key, mask, False, None).flatten(0, 1)
    torch.testing.assert_close(got.double(), expected, atol=1e-6, rtol=0)
