"""A model with its weights in disorder: a map that does not change then shows no model.

Each parameter's own numbers are put in a seeded random order (a randomised model as in Adebayo et
al. 2018, whatever its architecture). Never: a model left so: every number is put back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import nn


@contextmanager
def shuffle_weights(model: nn.Module, seed: int) -> Iterator[None]:
    """The model in disorder; afterwards bit for bit as it was."""
    chance = torch.Generator().manual_seed(seed)
    kept = [(weight, weight.detach().clone()) for weight in model.parameters()]
    try:
        with torch.no_grad():
            for weight, before in kept:
                order = torch.randperm(before.numel(), generator=chance).to(before.device)
                weight.copy_(before.flatten()[order].view_as(before))
        yield
    finally:
        with torch.no_grad():
            for weight, before in kept:
                weight.copy_(before)
