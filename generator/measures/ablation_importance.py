"""How much a head, or a layer's attention, matters: the answer with its mean in its place.

In: a model, inputs, a reference set, the number F to explain. Out: mean over samples of
|F(x) - F(x with the head := its mean over the reference set)|. Never: a changed model, a mean
attention value (it is 1/n for every layer). F is the caller's: give it divided by its standard
deviation over the reference set. One forward pass for each head, one for each layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from generator.capture.ablation.ablate import (
    Ablated,
    OneHead,
    WholeCall,
    run_ablated,
    run_plain,
)
from generator.capture.ablation.reference import CallMean, ReferenceMeans, measure_reference_means
from generator.capture.inputs import ModelInput


@dataclass(frozen=True)
class AblationImportance:
    """What each head and each call is worth to F, in units of F.

    Attributes:
        calls: names of the attention calls, in the order they ran.
        heads: one (heads,) array for each call.
        layers: (calls,), all heads of a call replaced at once.
        references: how many samples the means were taken over.
    """

    calls: tuple[str, ...]
    heads: tuple[np.ndarray, ...]
    layers: np.ndarray
    references: int


def measure_ablation_importance(
    model: nn.Module,
    given: ModelInput,
    reference: Sequence[ModelInput],
    scalar: Callable[[Any], torch.Tensor],
    calls: Sequence[str] | None = None,
) -> AblationImportance:
    """Of the named calls, or of all: heads and whole calls, one replaced at a time.

    `scalar(output)` gives one number for each sample of `given`.

    Raises:
        CaptureError: a call that is not there or cannot be replaced, by name.
        ValueError: an empty reference set, or a scalar that is not one number for each sample.
    """
    means = measure_reference_means(model, reference)
    chosen = [means.of(name) for name in calls or [one.call.name for one in means.calls]]
    answers = _AblatedModel(model, given, means, scalar)
    return AblationImportance(
        tuple(mean.call.name for mean in chosen),
        tuple(_measure_heads(answers, mean) for mean in chosen),
        np.array([answers.measure_shift(WholeCall(mean.call.name)) for mean in chosen]),
        sum(one.samples for one in reference),
    )


def _measure_heads(answers: _AblatedModel, mean: CallMean) -> np.ndarray:
    """(heads,) of one call."""
    heads = range(mean.call.heads)
    return np.array([answers.measure_shift(OneHead(mean.call.name, head)) for head in heads])


class _AblatedModel:
    """F of a model as it is, and of the same with something replaced."""

    def __init__(
        self,
        model: nn.Module,
        given: ModelInput,
        means: ReferenceMeans,
        scalar: Callable[[Any], torch.Tensor],
    ) -> None:
        self._model, self._given, self._means, self._scalar = model, given, means, scalar
        self._plain = self._compute_scalar(run_plain(model, given))

    def measure_shift(self, ablated: Ablated) -> float:
        """Mean over samples of |F - F with it replaced|."""
        other = self._compute_scalar(run_ablated(self._model, self._given, self._means, ablated))
        return float((self._plain - other).abs().mean())

    def _compute_scalar(self, output: Any) -> torch.Tensor:
        found = self._scalar(output).detach()
        if tuple(found.shape) != (self._given.samples,):
            raise ValueError(
                f"the number to explain must be one for each of {self._given.samples} samples; "
                f"found shape {tuple(found.shape)}"
            )
        return found.double()
