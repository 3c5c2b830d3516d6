"""Fits a sensor model to standardised windows: AdamW, one rise and fall of the rate, no dropout.

In: an untrained model, windows, targets, a recipe, a seed, a device. Out: the model, fitted.
Never: a second thread, a held-out window.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn

from benchmarks.truth.kinds import Recipe
from generator.models.sensor_model import SensorModel

RISE, WEIGHT_DECAY, LARGEST_GRADIENT = 0.15, 0.01, 1.0


def fit(
    model: SensorModel, inputs: Tensor, targets: Tensor, recipe: Recipe, seed: int, steps: int
) -> SensorModel:
    """The same model after so many steps, in eval mode, on its inputs' device.

    Inputs are (window, time, sensor), targets (window,) 0 or 1, or values, both standardised; the
    seed is that of the order in which windows are seen.
    """
    loss_of = nn.BCEWithLogitsLoss() if model.contract.target.task == "event" else nn.MSELoss()
    disable_dropout(model.to(inputs.device).train())
    optimizer = torch.optim.AdamW(model.parameters(), lr=recipe.rate, weight_decay=WEIGHT_DECAY)
    for step, some in enumerate(draw_batches(len(inputs), recipe.batch, steps, seed)):
        for group in optimizer.param_groups:
            group["lr"] = recipe.rate * rate_share(step, steps)
        chosen = some.to(inputs.device)
        optimizer.zero_grad()
        loss_of(model.answer(inputs[chosen]), targets[chosen]).backward()
        nn.utils.clip_grad_norm_(model.parameters(), LARGEST_GRADIENT)
        optimizer.step()
    return model.eval()


def steps_of(recipe: Recipe, effort: float) -> int:
    """How many steps a recipe takes, at some multiple of its examples; one at least."""
    return max(1, round(effort * recipe.examples / recipe.batch))


def rate_share(step: int, steps: int) -> float:
    """The share of the highest rate: up in a straight line, down along a cosine."""
    rise = max(1, round(RISE * steps))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * (step - rise) / (steps - rise)))


def draw_batches(count: int, size: int, steps: int, seed: int) -> Iterator[Tensor]:
    """So many batches of indices: permutation after permutation, remainders left out."""
    random = torch.Generator().manual_seed(seed)
    given = 0
    while given < steps:
        for some in torch.randperm(count, generator=random).split(size)[: max(1, count // size)]:
            if given == steps:
                return
            given += 1
            yield some


def disable_dropout(model: nn.Module) -> None:
    """Dropout off for good: there are more windows than a model this small can learn by heart."""
    for module in model.modules():
        if isinstance(module, nn.Dropout):
            module.p = 0.0
        if isinstance(module, nn.MultiheadAttention):
            module.dropout = 0.0
