"""Runs a model once in the state a truthful reading needs, and restores it after."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import torch
from torch import nn

from generator.capture.inputs import ModelInput
from generator.capture.mode import AttentionMode, Reader
from generator.capture.trail import ModuleTrail

SEED = 0  # for models that sample while they attend; the caller's generator is left as it was


def run(model: nn.Module, given: ModelInput, reader: Reader) -> ModuleTrail:
    """One forward pass in eval mode without gradients, every attention handed to `reader`.

    Returns the trail, which knows the modules that ran. The model's training flags, the random
    state and the fast-path setting are as before, also when the model raises.
    """
    trail = ModuleTrail(model)
    mode = AttentionMode(trail, reader, given.samples)
    with _evaluating(model), _seeded(model), _slow_path(), torch.no_grad(), trail, mode:
        model(**given.arguments)
    return trail


@contextlib.contextmanager
def _evaluating(model: nn.Module) -> Iterator[None]:
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        yield
    finally:
        for module in training:
            module.training = True


@contextlib.contextmanager
def _seeded(model: nn.Module) -> Iterator[None]:
    devices = {p.device for p in model.parameters() if p.device.type == "cuda"}
    with torch.random.fork_rng(devices=list(devices)):
        torch.manual_seed(SEED)
        yield


@contextlib.contextmanager
def _slow_path() -> Iterator[None]:
    """The fused encoder kernel returns no attention; the ordinary one computes the same."""
    enabled = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(enabled)
