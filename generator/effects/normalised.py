"""Exchanges behind a model's own normalisation of each window, beside those before it.

Where a model takes level and spread out of each window, an exchange in one span changes how all
others are seen. In: a model with a scaler of its own (Hugging Face's time-series models). Out: how
far F moves when level and spread stay those of the untouched window. Never: a changed model.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from generator.effects.exchange import ExplainedWindows
from generator.effects.part import Part
from generator.effects.scalar import AT_ONCE, ExplainedScalar

SCALERS = ("StdScaler", "MeanScaler")
Scaled = tuple[Tensor, Tensor, Tensor]
"""What a scaler gives: the scaled window, its level, its spread."""


def find_scaler(module: nn.Module) -> nn.Module | None:
    """The module that normalises each window; None where there is none."""
    named = (one for one in module.modules() if type(one).__name__.endswith(SCALERS))
    return next(named, None)


def measure_inner_change(
    scalar: ExplainedScalar,
    windows: ExplainedWindows,
    pool: np.ndarray,
    donors: np.ndarray,
    part: Part,
) -> np.ndarray | None:
    """(windows,) mean |change| of F in sd(F) behind the normalisation; None where there is none.

    Args:
        scalar: the number explained.
        windows: the windows.
        pool: (pool, time, sensors) readings of those that may stand in.
        donors: (windows, each) places in it.
        part: what is exchanged.
    """
    scaler = find_scaler(scalar.model.module)
    if scaler is None or scalar.model.answer is None or scalar.model.task == "class":
        return None
    each = donors.shape[1]
    step = max(1, AT_ONCE // each)
    parts = [
        _measure_batch(scalar, scaler, windows.take(few), pool[donors[few].ravel()], part)
        for at in range(0, len(windows), step)
        for few in [np.arange(at, min(at + step, len(windows)))]
    ]
    return np.concatenate(parts)


def _measure_batch(
    scalar: ExplainedScalar,
    scaler: nn.Module,
    windows: ExplainedWindows,
    there: np.ndarray,
    part: Part,
) -> np.ndarray:
    each = len(there) // len(windows)
    values = np.repeat(windows.values, each, axis=0)
    before, (own, level, spread) = _record_scaler(scalar, scaler, values)
    _, (other, _, _) = _record_scaler(scalar, scaler, there)
    mixed, rows = own.clone(), slice(part.first, part.last + 1)
    mixed[:, rows, list(part.columns)] = other[:, rows, list(part.columns)]
    with _override_scaler(scaler, (mixed, level, spread)):
        after = _run_model(scalar, values)
    apart = (before - after).abs().double().reshape(len(windows), each)
    return np.asarray(apart.mean(dim=1) / scalar.sd)


def _run_model(scalar: ExplainedScalar, values: np.ndarray) -> Tensor:
    if scalar.model.answer is None:
        raise ValueError("this model gives no answer that can be derived")
    with torch.no_grad():
        return scalar.model.answer(scalar.model.forward_input(values))


def _record_scaler(
    scalar: ExplainedScalar, scaler: nn.Module, values: np.ndarray
) -> tuple[Tensor, Scaled]:
    """What the model answers, and what its scaler gave on the way."""
    seen: list[Scaled] = []
    handle = scaler.register_forward_hook(lambda _m, _in, out: seen.append(out))
    try:
        found = _run_model(scalar, values)
    finally:
        handle.remove()
    return found, seen[-1]


@contextmanager
def _override_scaler(scaler: nn.Module, scaled: Scaled) -> Iterator[None]:
    """The scaler giving this, whatever it is asked."""

    def instead(_module: nn.Module, _given: Any, _found: Any) -> Scaled:
        return scaled

    handle = scaler.register_forward_hook(instead)
    try:
        yield
    finally:
        handle.remove()
