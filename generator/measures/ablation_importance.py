"""How much a head, or a layer's attention, matters: the answer with its mean in its place.

In: a model, inputs, a reference set, the number F to explain. Out: mean over samples of
|F(x) - F(x with the head := its mean over the reference set)|. Never: a changed model, a mean
attention value (it is 1/n for every layer). F is the caller's: give it divided by its standard
deviation over the reference set. One forward pass for each head, one for each layer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
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
from generator.measures.evidence import AblationImportance, Evidence, MeasureValues, Missing
from generator.measures.measure import Measure


def measure_ablation_importance(
    model: nn.Module,
    given: ModelInput,
    reference: Sequence[ModelInput],
    scalar: Callable[[Any], torch.Tensor],
    calls: Sequence[str] | None = None,
) -> AblationImportance:
    """Of the named calls, or of all: heads and whole calls, one replaced at a time.

    `scalar(output)` gives one number for each sample of `given`. Mean over samples of |F(x) -
    F(x with the head := its mean over the reference set)|, in units of F: own definition.

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
        numbers = self._scalar(output).detach()
        if tuple(numbers.shape) != (self._given.samples,):
            raise ValueError(
                f"the number to explain must be one for each of {self._given.samples} samples; "
                f"found shape {tuple(numbers.shape)}"
            )
        return numbers.double()


def _take_heads(evidence: Evidence) -> MeasureValues | Missing:
    """(layers, heads) in units of F."""
    ablation = _select_layers(evidence)
    if isinstance(ablation, Missing):
        return ablation
    return MeasureValues(np.stack(ablation.heads), note=_describe_references(ablation))


def _take_layers(evidence: Evidence) -> MeasureValues | Missing:
    """(layers,) in units of F."""
    ablation = _select_layers(evidence)
    if isinstance(ablation, Missing):
        return ablation
    return MeasureValues(ablation.layers, note=_describe_references(ablation))


def _select_layers(evidence: Evidence) -> AblationImportance | Missing:
    """The layers shown, in their order."""
    ablation, names = evidence.ablation, evidence.weights.layer_names
    if ablation is None:
        return Missing(
            "Not among these figures: where heads and layers were replaced, each has its own claim."
        )
    lacking = [name for name in names if name not in ablation.calls]
    if lacking or not names:
        return Missing(
            f"It was not measured of the layers shown: {', '.join(lacking) or 'unnamed'}."
        )
    at = [ablation.calls.index(name) for name in names]
    heads = tuple(ablation.heads[i] for i in at)
    return replace(ablation, calls=names, heads=heads, layers=ablation.layers[at])


def _describe_references(ablation: AblationImportance) -> str:
    return f"Replaced by the mean over {ablation.references} reference samples."


HEAD_ABLATION = Measure(
    name="head_ablation",
    title="Head importance, by replacement",
    meaning="How far the explained number moves when a head's output is replaced by its mean over "
    "reference samples, in that number's units.",
    granularity="head",
    family="whole",
    formula="mean over samples x of |F(x) - F(x, the head := its mean over the reference set)|",
    source="own definition",
    take=_take_heads,
)
LAYER_ABLATION = Measure(
    name="layer_ablation",
    title="Layer importance, by replacement",
    meaning="How far the explained number moves when all heads of a layer are replaced by their "
    "mean over reference samples, in that number's units.",
    granularity="layer",
    family="whole",
    formula="mean over samples x of |F(x) - F(x, all heads of the layer := their means)|",
    source="own definition",
    take=_take_layers,
)
