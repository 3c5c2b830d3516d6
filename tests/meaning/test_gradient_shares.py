"""Splits of A dF/dA against explicit maps whose gradient torch keeps itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from generator.capture.gradients import GradientMaps, extract_gradients
from generator.capture.inputs import model_input
from generator.measures.gradient_shares import gather, head_importance, usage, usage_by_series

T = torch.Tensor
FULL = np.ones((5, 5), dtype=bool)
X = torch.randn(2, 3, 5, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)


class Series(nn.Module):
    """(samples, series, positions, 6) → two layers, each series by itself as a batch row."""

    def forward(self, x: T) -> T:
        x = x.flatten(0, 1).unflatten(-1, (2, 3)).transpose(1, 2)
        for _ in range(2):
            x = x + F.scaled_dot_product_attention(x, x, x, is_causal=True)
        return x


def number(out: T) -> T:
    """F of each of two samples."""
    return out.pow(3).unflatten(0, (2, -1)).flatten(1).sum(1)


def found() -> GradientMaps:
    return extract_gradients(Series(), model_input(Series(), X), number)


def products() -> tuple[T, list[T]]:
    """A dF/dA (layers, samples, series, heads, queries, keys) and o dF/do of each layer."""
    x = X.flatten(0, 1).unflatten(-1, (2, 3)).transpose(1, 2)
    maps, outs = [], []
    hidden = torch.full((5, 5), -torch.inf).triu(1)
    for _ in range(2):
        scores = x @ x.mT / 3**0.5 + hidden
        maps.append(scores.softmax(-1).requires_grad_())
        outs.append(maps[-1] @ x)
        x = x + outs[-1]
    slopes = torch.autograd.grad(number(x).sum(), [*maps, *outs])
    whole = [(a * g).detach() for a, g in zip([*maps, *outs], slopes, strict=True)]
    return torch.stack(whole[:2]).unflatten(1, (2, 3)), [one.sum((-2, -1)) for one in whole[2:]]


def test_gather_is_the_row_split() -> None:
    """Sum over layers of the mean over samples of |sum over series, heads and keys|."""
    product, _ = products()
    expected = product.sum((2, 3, 5)).abs().mean(1).sum(0)
    np.testing.assert_allclose(gather(found().maps, FULL), expected, rtol=1e-5)


def test_used_is_the_column_split() -> None:
    """Mean over samples of |sum over queries|, over layers, series and heads, brought to 1."""
    product, _ = products()
    whole = product.sum(4).abs().mean(1)
    expected = whole.sum((0, 1, 2)) / whole.sum()
    np.testing.assert_allclose(usage(found().maps, FULL), expected, rtol=1e-5)


def test_series_are_told_apart_by_what_was_used_of_each() -> None:
    """The same without adding series; what no output reads stays 0."""
    product, _ = products()
    whole = product.sum(4).abs().mean(1)
    expected = whole.sum((0, 2, 3)) / whole.sum()
    np.testing.assert_allclose(usage_by_series(found().maps), expected, rtol=1e-5)
    first = extract_gradients(
        Series(), model_input(Series(), X), lambda out: number(out.unflatten(0, (2, 3))[:, 0])
    )
    np.testing.assert_allclose(usage_by_series(first.maps), [1, 0, 0], atol=1e-12)


def test_a_head_is_worth_what_its_output_is() -> None:
    """|sum A dF/dA| = |o dF/do|: Michel et al.'s score of an output that torch kept itself."""
    product, outputs = products()
    by_output = torch.stack(outputs).unflatten(1, (2, 3)).sum(2).abs().mean(1)
    by_map = product.sum((2, 4, 5)).abs().mean(1)
    np.testing.assert_allclose(by_map, by_output, rtol=1e-9)
    np.testing.assert_allclose(head_importance(found().maps), by_output, rtol=1e-5)


def test_padding_is_not_known() -> None:
    """A padded query gathers NaN, a key nobody sees is used NaN; the others still sum to 1."""
    mask = FULL.copy()
    mask[4], mask[:, 4] = False, False
    maps = found().maps
    assert np.isnan(gather(maps, mask)).tolist() == [False] * 4 + [True]
    assert np.isnan(usage(maps, mask)).tolist() == [False] * 4 + [True]
    assert np.nansum(usage(maps, mask)) == pytest.approx(1)


def test_what_is_not_one_group_is_refused() -> None:
    """No map, other shapes, another mask."""
    maps = found().maps
    with pytest.raises(ValueError, match="found none"):
        head_importance(())
    shorter = extract_gradients(Series(), model_input(Series(), X[:, :, :4]), number).maps
    with pytest.raises(ValueError, match=r"found \(2, 4, 4, 3\), \(2, 5, 5, 3\)"):
        head_importance((*maps, *shorter))
    with pytest.raises(ValueError, match=r"the mask is \(4, 4\), the gradient maps are \(5, 5\)"):
        gather(maps, FULL[:4, :4])
