"""What a head is worth, against forwards written by hand with its mean in its place."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from torch import nn

from generator.capture.inputs import ModelInput, model_input
from generator.errors import CaptureError
from generator.measures.ablation_importance import measure_ablation_importance

T = torch.Tensor


def drawn(samples: int, seed: int) -> T:
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(samples, 2, 5, 3, generator=generator)


class Layer(nn.Module):
    """Two heads that add what they see to what there is."""

    def forward(self, x: T) -> T:
        return x + F.scaled_dot_product_attention(x, x, x)


class Model(nn.Module):
    """Two layers; the answer reads head 0 only, three times as much of it."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = Layer(), Layer()

    def forward(self, x: T) -> T:
        y: T = 3 * self.second(self.first(x))[:, 0]
        return y


def number(out: T) -> T:
    return out.sin().flatten(1).sum(1)


def given(x: T) -> ModelInput:
    return model_input(Model(), x)


def attended(x: T) -> T:
    return (x @ x.mT / 3**0.5).softmax(-1) @ x


def test_importance_is_how_far_the_answer_moves() -> None:
    """Both layers, each head and both at once, written out; the reference set comes in batches."""
    x, reference = drawn(4, 0), drawn(6, 1)
    found = measure_ablation_importance(
        Model(), given(x), [given(r) for r in reference.split(3)], number
    )
    middle = reference + attended(reference)
    means = [attended(reference).mean(0), attended(middle).mean(0)]
    plain = number(3 * (x + attended(x) + attended(x + attended(x)))[:, 0])

    def moved(layer: int, heads: list[int]) -> float:
        state = x
        for at in range(2):
            out = attended(state)
            if at == layer:
                out[:, heads] = means[at][heads]
            state = state + out
        return float((plain - number(3 * state[:, 0])).abs().mean())

    assert found.calls == ("first", "second")
    assert found.references == 6
    heads = [[moved(layer, [head]) for head in (0, 1)] for layer in (0, 1)]
    np.testing.assert_allclose(np.stack(found.heads), heads, atol=1e-5)
    np.testing.assert_allclose(found.layers, [moved(0, [0, 1]), moved(1, [0, 1])], atol=1e-5)


def test_a_head_nobody_reads_is_worth_nothing() -> None:
    """Head 1 never reaches the answer."""
    found = measure_ablation_importance(Model(), given(drawn(4, 0)), [given(drawn(6, 1))], number)
    assert all(heads[0] > 0.01 and heads[1] == 0 for heads in found.heads)


def test_only_the_calls_that_are_named_are_measured() -> None:
    """In the order they are named; another name is refused."""
    x = given(drawn(2, 0))
    found = measure_ablation_importance(Model(), x, [x], number, ["second", "first"])
    assert found.calls == ("second", "first")
    with pytest.raises(CaptureError, match="'third'; this model has: first, second"):
        measure_ablation_importance(Model(), x, [x], number, ["third"])


def test_one_number_for_each_sample_is_asked_for() -> None:
    """A sum over samples hides that they move against each other."""
    x = given(drawn(2, 0))
    with pytest.raises(ValueError, match=r"one for each of 2 samples; found shape \(\)"):
        measure_ablation_importance(Model(), x, [x], lambda out: out.sum())
