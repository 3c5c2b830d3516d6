"""A model with its weights in disorder, and back again."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from generator.effects.shuffled import shuffle_weights


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Linear(5, 7), nn.LayerNorm(7), nn.Linear(7, 2))


def weights(model: nn.Module) -> list[torch.Tensor]:
    return [weight.detach().clone() for weight in model.parameters()]


def same(a: list[torch.Tensor], b: list[torch.Tensor]) -> bool:
    return all(torch.equal(x, y) for x, y in zip(a, b, strict=True))


def test_every_weight_keeps_its_own_numbers_in_another_order() -> None:
    """Nothing is drawn anew: the spread of each weight stays what it was."""
    model = network()
    before = weights(model)
    with shuffle_weights(model, 11):
        during = weights(model)
    assert not same(before, during)
    for old, new in zip(before, during, strict=True):
        assert torch.equal(old.flatten().sort().values, new.flatten().sort().values)


def test_afterwards_it_is_bit_for_bit_as_before() -> None:
    """Also where what was done with it failed."""
    model = network()
    before = weights(model)
    with shuffle_weights(model, 11):
        pass
    assert same(before, weights(model))
    with pytest.raises(ZeroDivisionError), shuffle_weights(model, 12):
        _ = 1 / 0
    assert same(before, weights(model))


def test_the_disorder_is_by_seed() -> None:
    """The same seed the same disorder, another seed another; the global state is untouched."""
    model, found = network(), []
    state = torch.get_rng_state()
    for seed in (11, 11, 12):
        with shuffle_weights(model, seed):
            found.append(weights(model))
    assert same(found[0], found[1])
    assert not same(found[0], found[2])
    assert torch.equal(state, torch.get_rng_state())
