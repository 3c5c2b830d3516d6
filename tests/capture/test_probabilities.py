"""Recomputed probabilities equal an explicit float64 softmax; P V equals the kernel's output."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from benchmarks.whole_maps import whole_map
from generator.capture.calls import AttentionCall
from generator.capture.kernels import sdpa as probabilities
from generator.capture.kernels import steps
from generator.capture.kernels.sdpa import build_scaled_dot_product

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
    call = AttentionCall("layer", 0, "sdpa", rows, heads, queries, product.key.shape[-2])
    return whole_map(call, product)


@pytest.mark.parametrize(
    ("kind", "queries", "keys", "groups"),
    list(itertools.product(MASKS, (1, 7), (2, 9), (1, 2))),
)
def test_blocks_are_the_explicit_softmax(kind: str, queries: int, keys: int, groups: int) -> None:
    """Every kind of mask, square or not, grouped queries or not: equal to 1e-6."""
    query = torch.randn(2, 4, queries, 8)
    key, value = torch.randn(2, 4 // groups, keys, 8), torch.randn(2, 4 // groups, keys, 8)
    mask = make_mask(kind, 4, queries, keys)
    got = assembled(build_scaled_dot_product(query, key, value, mask, enable_gqa=groups > 1))
    expected = explicit(query, key, mask, False, None)
    torch.testing.assert_close(got.double(), expected, atol=1e-6, rtol=0)


@pytest.mark.parametrize(("queries", "keys"), [(5, 5), (3, 6), (6, 3)])
def test_causal_masks_start_top_left(queries: int, keys: int) -> None:
    """is_causal on a non-square map is aligned at the top left, as in the kernel."""
    query, key, value = (torch.randn(1, 2, n, 4) for n in (queries, keys, keys))
    got = assembled(build_scaled_dot_product(query, key, value, is_causal=True, scale=0.7))
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
    product = build_scaled_dot_product(query, key, value, is_causal=True)
    found = torch.cat([block.values.clone() for block in product.blocks()])
    work = found.dtype
    torch.testing.assert_close(found @ value.to(work), kernel.to(work), atol=tolerance, rtol=0)


@pytest.mark.parametrize(
    ("elements", "groups", "sizes"),
    [
        (1000, 1, {(1, 1, 6), (1, 1, 0)}),
        (50_000, 2, {(1, 2, 150)}),
        (25_000, 2, {(1, 1, 150)}),
        (10**6, 2, {(2, 4, 150)}),
    ],
)
def test_long_inputs_come_in_blocks(
    monkeypatch: pytest.MonkeyPatch, elements: int, groups: int, sizes: set[tuple[int, ...]]
) -> None:
    """A budget of elements cuts a call into queries, heads or rows that make up the whole."""
    monkeypatch.setattr(steps, "ELEMENTS", elements)
    monkeypatch.setattr(steps, "LONG", elements)
    query = torch.randn(2, 4, 150, 4)
    key, value = (torch.randn(2, 4 // groups, 150, 4) for _ in range(2))
    product = build_scaled_dot_product(query, key, value, enable_gqa=groups > 1)
    assert {tuple(b.values.shape[:3]) for b in product.blocks()} <= sizes
    expected = explicit(query, key, None, False, None)
    torch.testing.assert_close(assembled(product).double(), expected, atol=1e-6, rtol=0)


def test_keys_above_the_diagonal_are_never_computed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Causal by flag or by mask: a block ends at the last key any of its queries sees."""
    monkeypatch.setattr(steps, "ELEMENTS", 400)
    monkeypatch.setattr(steps, "LONG", 400)
    query, key, value = (torch.randn(1, 2, 40, 4) for _ in range(3))
    triangle = torch.ones(40, 40, dtype=torch.bool).tril()
    added = torch.zeros(40, 40).masked_fill(~triangle, torch.finfo(torch.float32).min)
    for options in ({"is_causal": True}, {"attn_mask": triangle}, {"attn_mask": added}):
        product = build_scaled_dot_product(query, key, value, **options)  # type: ignore[arg-type]
        assert all(block.keys == block.queries.stop for block in product.blocks())
        expected = explicit(query, key, None, True, None)
        torch.testing.assert_close(assembled(product).double(), expected, atol=1e-6, rtol=0)


def test_a_mask_that_hides_nothing_costs_nothing() -> None:
    """All-true and all-small masks leave `visible` empty; every key counts."""
    query, key, value = (torch.randn(1, 2, 4, 4) for _ in range(3))
    for mask in (torch.ones(4, 4, dtype=torch.bool), torch.randn(4, 4)):
        product = build_scaled_dot_product(query, key, value, mask)
        assert [block.visible for block in product.blocks()] == [None]


def test_entropy_is_that_of_the_probabilities() -> None:
    """From scores as from values alone: -sum(p log p), 0 for a row that sees nothing."""
    query, key, value = (torch.randn(2, 2, 6, 4) for _ in range(3))
    mask = torch.rand(2, 1, 6, 6) > 0.4
    mask[..., 0] = True
    mask[0, :, 2] = False
    (block,) = build_scaled_dot_product(query * 3, key, value, mask).blocks()
    wanted = -(torch.xlogy(block.values, block.values)).sum(-1)
    torch.testing.assert_close(block.entropy(), wanted, atol=1e-5, rtol=0)
    torch.testing.assert_close(replace(block, scores=None).entropy(), wanted, atol=1e-5, rtol=0)


def test_masks_without_a_head_axis() -> None:
    """A 3-D call (rows, queries, width) takes its mask as (rows, queries, keys)."""
    query, key, value = (torch.randn(3, 4, 8) for _ in range(3))
    mask = torch.randn(3, 4, 4)
    got = assembled(build_scaled_dot_product(query, key, value, mask))
    expected = explicit(query[:, None], key[:, None], mask[:, None], False, None)
    torch.testing.assert_close(got.double(), expected, atol=1e-6, rtol=0)


def test_windows_in_leading_axes_become_rows() -> None:
    """(batch, windows, heads, queries, width): batch and windows are rows, masks with them."""
    query, key, value = (torch.randn(2, 3, 2, 4, 8) for _ in range(3))
    mask = torch.rand(2, 3, 1, 4, 4) > 0.3
    mask[..., 0] = True
    got = assembled(build_scaled_dot_product(query, key, value, mask))
    expected = explicit(query, key, mask, False, None).flatten(0, 1)
    torch.testing.assert_close(got.double(), expected, atol=1e-6, rtol=0)
