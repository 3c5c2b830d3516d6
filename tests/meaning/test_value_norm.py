"""Value norms: the published formula typed as loops, and what torch's own layer computes."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from generator.measures.value_norm import mean_value_norm, value_norm, vector_norms
from tests.meaning.masks import PADDED

DRAW = np.random.default_rng(0)
VALUES, OUTPUT = DRAW.normal(size=(3, 4, 2)), DRAW.normal(size=(3, 2, 6))


def test_value_norm_is_the_length_of_the_sum_over_heads() -> None:
    """Kobayashi et al. 2020, section 2.2: alpha_ij f(x_j), all heads added before the norm."""
    attention = DRAW.dirichlet(np.ones(4), size=(3, 5))
    expected = np.zeros((5, 4))
    for i in range(5):
        for j in range(4):
            moved = sum(attention[h, i, j] * (VALUES[h, j] @ OUTPUT[h]) for h in range(3))
            expected[i, j] = np.sqrt((moved**2).sum())
    np.testing.assert_allclose(value_norm(attention, VALUES, OUTPUT), expected, atol=1e-12)


def test_a_single_key_is_all_that_the_layer_puts_out() -> None:
    """Where a query sees one key, the norm is that of torch's own output less its bias."""
    torch.manual_seed(0)
    layer = nn.MultiheadAttention(6, 3, batch_first=True).double().eval()
    x = torch.randn(1, 1, 6, dtype=torch.float64)
    with torch.no_grad():
        out = (layer(x, x, x)[0] - layer.out_proj.bias)[0, 0]
        value = (x @ layer.in_proj_weight[12:].T + layer.in_proj_bias[12:])[0]
        heads = layer.out_proj.weight.T.reshape(3, 2, 6).numpy()
    values = value.reshape(1, 3, 2).permute(1, 0, 2).numpy()
    found = value_norm(np.ones((3, 1, 1)), values, heads)
    np.testing.assert_allclose(found, [[float(out.norm())]], atol=1e-12)


def test_transformed_norms_are_of_each_head_alone() -> None:
    """|v_j^h W_O^h| before attention."""
    expected = [[np.linalg.norm(VALUES[h, j] @ OUTPUT[h]) for j in range(4)] for h in range(3)]
    np.testing.assert_allclose(vector_norms(VALUES, OUTPUT), expected, atol=1e-12)


def test_the_mean_is_over_real_queries() -> None:
    """The padded query does not count, the padded key is not known."""
    norms = np.ones((4, 4)) * np.array([1.0, 2.0, 3.0, 100.0])[:, None]
    np.testing.assert_array_equal(mean_value_norm(norms, PADDED), [2.0, 2.0, 2.0, np.nan])


def test_arrays_that_do_not_fit_are_refused() -> None:
    """Heads and keys must agree."""
    with pytest.raises(ValueError, match=r"over \(3, 4\) heads and keys; found \(3, 5, 5\)"):
        value_norm(np.ones((3, 5, 5)), VALUES, OUTPUT)
    with pytest.raises(ValueError, match=r"found \(3, 4, 2\) and \(2, 2, 6\)"):
        vector_norms(VALUES, OUTPUT[:2])
