"""Attention while a model generates: one record a token, however the cache grows.

In: a model that generates, its prompt. Out: the maps of every forward pass, each with its proof.
Never: two passes in one map; several beams, whose rows are no samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import nn

from generator.capture.calls import AttentionCall, LayerMap, Product
from generator.capture.groups import Group, group_of
from generator.capture.inputs import ModelInput
from generator.capture.proof import Proof, Prover
from generator.capture.reduce.layer_map import MeanReader
from generator.capture.running import observe
from generator.errors import CaptureError


@dataclass(frozen=True)
class StepLayer:
    """One layer in one forward pass.

    Attributes:
        name: the module.
        group: 'encoder' (or the only self-attention), 'decoder' or 'cross'.
        values: (heads or 1, queries, keys) float32, mean over samples. The first pass has a query
            for each token of the prompt, every later one the token made last.
        proof: how far the map times its values is from the model's own output.
    """

    name: str
    group: Group
    values: np.ndarray
    proof: Proof


@dataclass(frozen=True)
class GenerationStep:
    """One forward pass: the first reads the prompt, each later one the token before."""

    step: int
    layers: tuple[StepLayer, ...]


@dataclass(frozen=True)
class Generation:
    """What a model looked at while it generated.

    Attributes:
        tokens: (samples, tokens) ids, as `generate` returned them.
        steps: one for each forward pass.
    """

    tokens: np.ndarray
    steps: tuple[GenerationStep, ...]


class StepReader:
    """A Reader with a reduction of its own for every forward pass."""

    def __init__(self, prompt: ModelInput, *, keep_heads: bool) -> None:
        self._prompt, self._keep_heads = prompt, keep_heads
        self._passes: list[tuple[MeanReader, Prover]] = []

    def read(self, call: AttentionCall, product: Product) -> None:
        """Reduce a call beside the others of its pass."""
        while len(self._passes) <= call.forward:
            reader = MeanReader(keep_heads=self._keep_heads)
            reader.begin(self._prompt)
            self._passes.append((reader, Prover(reader)))
        self._passes[call.forward][1].read(call, product)

    def finish(self) -> tuple[GenerationStep, ...]:
        """The steps, in order.

        Raises:
            CaptureError: a map is not what multiplied the values.
        """
        passes = [_collect_proved_maps(reader, prover) for reader, prover in self._passes]
        encoder = any(group_of(item.call) == "encoder" for one in passes for item, _ in one)
        return tuple(
            GenerationStep(step, tuple(_build_layer(*layer, encoder=encoder) for layer in one))
            for step, one in enumerate(passes)
        )


def extract_generation(
    model: nn.Module,
    inputs: Mapping[str, torch.Tensor],
    *,
    all_heads: bool = False,
    **options: Any,
) -> Generation:
    """Run `model.generate(**inputs, **options)` and read every pass it makes.

    The first of `inputs` holds the prompt, (samples, tokens) ids or (samples, positions, width).

    Raises:
        CaptureError: the model does not generate, several beams are asked for, nothing was read,
            or a map fails its proof.
    """
    generate = getattr(model, "generate", None)
    if generate is None:
        raise CaptureError(f"{type(model).__name__} has no generate(); pass a model that has")
    defaults = getattr(model, "generation_config", None)
    for name in ("num_beams", "num_return_sequences"):
        if (options.get(name) or getattr(defaults, name, None) or 1) != 1:
            raise CaptureError(f"with several beams rows are no samples; generate with {name}=1")
    main = next(iter(inputs))
    prompt = ModelInput(dict(inputs), main, not inputs[main].is_floating_point())
    reader = StepReader(prompt, keep_heads=all_heads)
    outputs: list[torch.Tensor] = []

    def call() -> None:
        outputs.append(generate(**inputs, **options))

    observe(model, prompt.samples, reader, call)
    steps = reader.finish()
    if not steps:
        raise CaptureError(f"{type(model).__name__}: no attention was read while it generated")
    return Generation(outputs[0].cpu().numpy(), steps)


def _collect_proved_maps(reader: MeanReader, prover: Prover) -> list[tuple[LayerMap, Proof]]:
    """The maps of one pass, if each is what multiplied the values."""
    maps = [
        (item.result, proof)
        for item, proof in zip(reader.finish(), prover.proofs, strict=True)
        if item.result is not None and proof is not None
    ]
    wrong = [f"{one.call.name}: {proof.reason()}" for one, proof in maps if not proof.holds]
    if wrong:
        raise CaptureError(f"maps that do not reproduce the model's own output: {'; '.join(wrong)}")
    return maps


def _build_layer(item: LayerMap, proof: Proof, *, encoder: bool) -> StepLayer:
    """A model without an encoder has its only self-attention in 'encoder'."""
    group = group_of(item.call)
    own: Group = "encoder" if group == "decoder" and not encoder else group
    return StepLayer(item.call.name, own, item.values, proof)
