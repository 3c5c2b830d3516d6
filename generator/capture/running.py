"""Runs a model once in the state a truthful reading needs, and restores it after."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

import torch
from torch import nn

from generator.capture.inputs import ModelInput
from generator.capture.mode import AttentionMode, Reader, Watcher
from generator.capture.refusals import check_visible
from generator.capture.trail import ModuleTrail

SEED = 0  # for models that sample while they attend; the caller's generator is left as it was


def run(model: nn.Module, inputs: ModelInput, reader: Reader) -> ModuleTrail:
    """One forward pass in eval mode without gradients, every attention handed to `reader`.

    Returns the trail, which knows the modules that ran. The model's training flags, the random
    state and the fast-path setting are as before, also when the model raises.
    """
    return observe(model, inputs.samples, reader, lambda: model(**inputs.arguments))


def observe(
    model: nn.Module,
    samples: int,
    reader: Reader,
    call: Callable[[], object],
    watcher: Watcher | None = None,
) -> ModuleTrail:
    """The same for any call that runs the model, once or many times; with gradients if watched.

    Raises:
        CaptureError: the model is scripted or exported, and what it computes cannot be seen.
    """
    check_visible(model)
    trail = ModuleTrail(model)
    mode = AttentionMode(trail, reader, samples, watcher)
    with set_truthful_state(model), torch.set_grad_enabled(watcher is not None), trail, mode:
        call()
    return trail


@contextlib.contextmanager
def set_truthful_state(model: nn.Module) -> Iterator[None]:
    """The state a truthful reading needs: eval mode, a fixed seed, the plain kernels, uncompiled.

    All of it is as before afterwards, also when the model raises.
    """
    with contextlib.ExitStack() as state:
        for one in (
            _set_eval_mode(model),
            _fix_seed(model),
            _disable_fast_path(),
            _disable_compile(model),
        ):
            state.enter_context(one)
        yield


@contextlib.contextmanager
def _set_eval_mode(model: nn.Module) -> Iterator[None]:
    training = [module for module in model.modules() if module.training]
    model.eval()
    try:
        yield
    finally:
        for module in training:
            module.training = True


@contextlib.contextmanager
def _fix_seed(model: nn.Module) -> Iterator[None]:
    """Only the generator in use: torch keeps a call stack for each device it has yet to start."""
    types = {p.device.type for p in model.parameters()}
    devices = {p.device for p in model.parameters() if p.device.type == "cuda"}
    with torch.random.fork_rng(devices=list(devices)):
        seed = torch.default_generator.manual_seed if types <= {"cpu"} else torch.manual_seed
        seed(SEED)
        yield


@contextlib.contextmanager
def _disable_fast_path() -> Iterator[None]:
    """The fused encoder kernel returns no attention; the ordinary one computes the same."""
    enabled = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(enabled)


@contextlib.contextmanager
def _disable_compile(model: nn.Module) -> Iterator[None]:
    """Compiled models and kernels run as they were written; the compiled code stays theirs.

    Nothing is imported for a program that never compiled anything.
    """
    if "torch._dynamo" not in sys.modules and not _uses_flex_attention(model):
        yield
        return
    with torch.compiler.set_stance("force_eager"):
        yield


def _uses_flex_attention(model: nn.Module) -> bool:
    """Whether a Hugging Face model will compile torch's flex_attention when it runs."""
    config = getattr(model, "config", None)
    return getattr(config, "_attn_implementation", None) == "flex_attention"
