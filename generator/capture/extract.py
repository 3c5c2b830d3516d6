"""The door of capture: a model and its input in, AttentionWeights out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from torch import nn

from generator.attention import AttentionWeights
from generator.capture.calls import LayerMap
from generator.capture.digests import model_digest
from generator.capture.groups import GROUPS, HasCall, group_calls
from generator.capture.inputs import ModelInput
from generator.capture.map_kind import classify_maps
from generator.capture.proof import Prover
from generator.capture.reduce.layer_map import MeanReader
from generator.capture.refusals import find_refusal
from generator.capture.running import run
from generator.capture.selection import CallSelection
from generator.capture.streaming import ReducedCall
from generator.capture.trail import ModuleTrail
from generator.errors import CaptureError
from generator.hashing import sha256_json

HIDDEN = (
    "a model without attention has none to show, and a custom kernel hides its own: "
    "pass the plain PyTorch model"
)


@dataclass(frozen=True)
class Extraction:
    """What to read.

    Attributes:
        all_layers: every layer of the group, else the last.
        all_heads: every head, else the mean over heads, taken while the model runs.
        group: 'encoder', 'decoder' or 'cross'.
        sample: one sample of the batch; None = the mean over all.
        layers: indices into the group's layers, where their shapes differ.
        prove: compare each map times its values with the model's own output, and show no map
            that fails; costs one more matrix product per call.
    """

    all_layers: bool = True
    all_heads: bool = False
    group: str = "encoder"
    sample: int | None = None
    layers: tuple[int, ...] | None = None
    prove: bool = True

    def make_selection(self) -> CallSelection:
        """The calls that are worth reducing."""
        return CallSelection(
            self.group, self.layers, last=self.layers is None and not self.all_layers
        )

    def settings(self) -> dict[str, Any]:
        """What was asked for, as JSON."""
        layers = None if self.layers is None else list(self.layers)
        return {
            "return_all_layers": self.all_layers,
            "return_all_heads": self.all_heads,
            "group": self.group,
            "sample": self.sample,
            "layers": layers,
        }


def extract_attention(
    model: nn.Module,
    inputs: ModelInput | Sequence[ModelInput],
    request: Extraction,
    digest: str = "",
) -> AttentionWeights:
    """Read attention while `model` runs on `inputs`, or on several batches one after the other.

    `digest` is the model's, where the caller has it already.

    Raises:
        CaptureError: no attention was seen (with the cause and what to do), heads unknown, or
            modules that say attention ran unread or a map fails its proof and no layers were
            chosen; a chosen layer fails its proof.
        ValueError: group, layer or sample that is not there; layers of unequal shape.
    """
    batches = [inputs] if isinstance(inputs, ModelInput) else list(inputs)
    _check_request(request, batches[0])
    reader = MeanReader(
        keep_heads=request.all_heads, sample=request.sample, selection=request.make_selection()
    )
    prover = Prover(reader)
    for batch in batches:
        reader.begin(batch)
        prover.begin()
        trail = run(model, batch, prover if request.prove else reader)
    calls = reader.finish()
    if not calls:
        raise CaptureError(_describe_no_attention(model, trail))
    gaps = trail.find_unread(item.call.module for item in calls)
    if gaps and request.layers is None:
        raise CaptureError(_describe_gaps(model, gaps, calls))
    groups = group_calls(calls)
    if request.group not in groups:
        raise ValueError(f"no {request.group} attention here; this model has: {', '.join(groups)}")
    proofs = dict(zip((item.call for item in calls), prover.proofs, strict=False))
    faults = {
        call.name: proof.reason() for call, proof in proofs.items() if proof and not proof.holds
    }
    layers = select_layers(groups[request.group], request)
    names = faults if request.layers is None else {item.call.name for item in layers}
    if wrong := {name: reason for name, reason in faults.items() if name in names}:
        raise CaptureError(_describe_unproved(wrong, calls))
    maps = check_same_shape(_collect_maps(layers))
    weights = _build_weights(model, batches, request, maps, digest or model_digest(model))
    proof = tuple(one.error for one in (proofs.get(item.call) for item in layers) if one)
    return replace(weights, gaps=(*gaps, *faults), proof=proof)


def _collect_maps(layers: Sequence[ReducedCall[LayerMap]]) -> list[LayerMap]:
    """The maps of the chosen layers.

    Raises:
        CaptureError: one was not reduced: a decoder ran before the encoder, so that the model's
            order of layers was only known afterwards.
    """
    missing = [item.call.name for item in layers if item.result is None]
    if missing:
        raise CaptureError(
            f"{', '.join(missing)}: a decoder ran before the encoder here; ask for all layers"
        )
    return [item.result for item in layers if item.result is not None]


def _check_request(request: Extraction, inputs: ModelInput) -> None:
    if request.group not in GROUPS:
        raise ValueError(f"group must be one of {', '.join(GROUPS)} (found {request.group!r})")
    if request.sample is not None and not 0 <= request.sample < inputs.samples:
        raise ValueError(f"sample must be 0..{inputs.samples - 1} (found {request.sample})")


def _describe_no_attention(model: nn.Module, trail: ModuleTrail) -> str:
    modules = trail.list_attention_like()
    evidence = (
        f"modules named like attention ran ({', '.join(modules[:5])})"
        if modules
        else ("no module named like attention ran")
    )
    refusal = find_refusal(model)
    why = f"{refusal.reason}; {refusal.instead}" if refusal else HIDDEN
    return (
        f"{type(model).__name__}: no attention matrix was computed in this forward pass; "
        f"{evidence}. "
        f"{why[0].upper()}{why[1:]}."
    )


def _describe_gaps(model: nn.Module, gaps: Sequence[str], maps: Sequence[HasCall]) -> str:
    layers = "; ".join(f"{i}: {item.call.name}" for i, item in enumerate(maps))
    refusal = find_refusal(dict(model.named_modules()).get(gaps[0], model))
    return (
        f"attention-like modules ran and no attention matrix was seen in them: "
        f"{', '.join(gaps[:5])}{' and more' if len(gaps) > 5 else ''}"
        f"{f' ({refusal.reason})' if refusal else ''}. "
        f"Layers that were read can be chosen with layers=[...]: {layers}"
    )


def _describe_unproved(faults: Mapping[str, str], maps: Sequence[HasCall]) -> str:
    reasons = "; ".join(f"{name}: {reason}" for name, reason in faults.items())
    names = enumerate(item.call.name for item in maps)
    layers = "; ".join(f"{at}: {name}" for at, name in names if name not in faults)
    return (
        f"maps that do not reproduce the model's own output are not shown: {reasons}. "
        f"Layers that do can be chosen with layers=[...]: {layers or 'none'}"
    )


def select_layers(
    maps: Sequence[ReducedCall[LayerMap]], request: Extraction
) -> list[ReducedCall[LayerMap]]:
    """The layers that were asked for.

    Raises:
        ValueError: an index that is not there, or none at all.
    """
    if request.layers is None:
        return list(maps) if request.all_layers else [maps[-1]]
    wrong = [layer for layer in request.layers if not 0 <= layer < len(maps)]
    if wrong or not request.layers:
        raise ValueError(f"layers must be among 0..{len(maps) - 1} (found {list(request.layers)})")
    return [maps[layer] for layer in request.layers]


def check_same_shape(maps: Sequence[LayerMap]) -> list[LayerMap]:
    """The maps, if they can be stacked.

    Raises:
        ValueError: (heads, queries, keys) are not the same in all of them.
    """
    shapes = [(item.call.heads, *item.values.shape[1:]) for item in maps]
    if len(set(shapes)) > 1:
        names = "; ".join(f"{i}: {shape}" for i, shape in enumerate(shapes))
        raise ValueError(
            f"layers have different (heads, queries, keys): {names}. "
            f"Choose layers of one shape with layers=[...]"
        )
    return list(maps)


def _build_weights(
    model: nn.Module,
    batches: Sequence[ModelInput],
    request: Extraction,
    maps: Sequence[LayerMap],
    digest: str,
) -> AttentionWeights:
    calls, samples = [item.call for item in maps], sum(batch.samples for batch in batches)
    values = np.stack([item.values for item in maps])
    first = batches[0]
    whole = tuple(
        samples if axis == first.batch_axis else size for axis, size in enumerate(first.shape)
    )
    digests = [batch.digest() for batch in batches]
    return AttentionWeights(
        weights=values,
        model_name=type(getattr(model, "_orig_mod", model)).__name__,
        input_shape=whole,
        mask=np.logical_or.reduce([item.mask for item in maps]),
        missing_mass=_missing_mass(values, maps),
        group=request.group,
        layer_names=tuple(call.name for call in calls),
        captured_by=tuple(call.caught for call in calls),
        kinds=tuple(kind.words() for kind in classify_maps(model, maps, first.samples)),
        averaged_heads=1 if request.all_heads else calls[0].heads,
        samples=1 if request.sample is not None else samples,
        rows_per_sample=calls[0].rows // first.samples,
        focus_by_head=np.stack([item.focus for item in maps]),
        received_by_sample=np.stack([item.received for item in maps], axis=1),
        expected_by_sample=np.stack([item.expected for item in maps], axis=1),
        model_digest=digest,
        input_digest=digests[0] if len(digests) == 1 else sha256_json(digests),
        settings=request.settings(),
    )


def _missing_mass(values: np.ndarray, maps: Sequence[LayerMap]) -> np.ndarray | None:
    """What rows lost to dropped columns; only where capture saw columns dropped."""
    if not any(item.call.sinks for item in maps):
        return None
    sums = values.sum(axis=-1)
    sinks = np.array([item.call.sinks for item in maps])[:, None, None]
    return np.where(sinks & (sums > 0), 1 - sums, 0.0).astype(np.float32)
