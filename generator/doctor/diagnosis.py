"""A Patient in, a Diagnosis out: what was read, how, what its tokens hold, and what proves it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any, Literal

import numpy as np
from pydantic import Field
from torch import nn

from generator.capture.calls import LayerMap
from generator.capture.groups import group_calls
from generator.capture.map_kind import MapKind, classify_maps
from generator.capture.proof import Proof, Prover
from generator.capture.reduce.layer_map import MeanReader
from generator.capture.refusals import find_refusal
from generator.capture.running import run
from generator.capture.trail import ModuleTrail
from generator.doctor.example_input import describe_error
from generator.doctor.patient import Patient
from generator.errors import InputError, ReportsError
from generator.records import Record
from generator.tokens.families import find_key_coverage
from generator.tokens.names import describe_coverage

SCHEMA: Literal["attention-reports/doctor/1"] = "attention-reports/doctor/1"
UNKNOWN = "no scores of queries and keys were seen that became rows summing to 1 and weighed values"
INSTEAD = "use torch's own kernel or a softmax and a product; choose other layers with layers=[...]"


class DoctorLayer(Record):
    """One attention call of the model."""

    module: str
    group: str
    kind: str
    """To what it attends, over which keys, mean over which rows, what its positions are."""
    captured_by: str
    heads: int
    queries: int
    keys: int
    rows_per_sample: float
    missing_mass: float
    """The most of any row that went to no key (sinks), mean over heads and samples."""
    proof: float | None
    """Largest |map x values - own output| over the largest |output|; None: not a number."""
    tolerance: float
    shown: bool
    key_holds: str = ""
    """What the token of a key holds of the window; '' where that is not known."""


class DoctorGap(Record):
    """A module that says attention and in which nothing was read."""

    module: str
    reason: str
    instead: str


class Diagnosis(Record):
    """What can be read of a model."""

    schema_id: Literal["attention-reports/doctor/1"] = Field(default=SCHEMA, alias="schema")
    model: str
    architecture: str
    parameters: int
    dtype: str
    tokens: str
    """What a token stands for, in a sentence or two."""
    input: dict[str, tuple[int, ...]]
    layers: tuple[DoctorLayer, ...]
    gaps: tuple[DoctorGap, ...]
    not_reached: tuple[str, ...] = ()
    """Modules that say attention and never ran on this input."""

    @property
    def readable(self) -> bool:
        """Whether there is attention, all of it read, and every map proves itself."""
        return bool(self.layers) and not self.gaps and all(layer.shown for layer in self.layers)


def diagnose(patient: Patient, name: str) -> Diagnosis:
    """One forward pass under capture.

    Raises:
        InputError: the model's own code fails on the random input.
        CaptureError: the model hides what it computes, or its rows do not divide into the samples.
    """
    module, inputs = patient.module, patient.inputs
    reader = MeanReader(keep_heads=False)
    prover = Prover(reader)
    reader.begin(inputs)
    try:
        trail = run(module, inputs, prover)
    except ReportsError:
        raise
    except Exception as error:  # the model's own code may raise anything
        raise InputError(
            f"{name}: could not be run on random input: {describe_error(error)}"
        ) from error
    maps = [item.result for item in reader.finish() if item.result is not None]
    proofs = [proof for proof in prover.proofs if proof is not None]
    parameter = next(module.parameters(), None)
    return Diagnosis(
        model=name,
        architecture=type(module).__name__,
        parameters=sum(one.numel() for one in module.parameters()),
        dtype=str(parameter.dtype).removeprefix("torch.") if parameter is not None else "",
        tokens=patient.tokens.words,
        input={key: tuple(v.shape) for key, v in inputs.arguments.items() if hasattr(v, "shape")},
        layers=tuple(_describe_layers(patient, maps, proofs)),
        gaps=tuple(_describe_gap(module, one) for one in _find_unread(module, trail, maps)),
        not_reached=tuple(trail.find_unreached()),
    )


def _describe_layers(
    patient: Patient, maps: Sequence[LayerMap], proofs: Sequence[Proof]
) -> Iterator[DoctorLayer]:
    samples = patient.inputs.samples
    kinds = classify_maps(patient.module, maps, samples)
    places = {
        id(item): (group, at)
        for group, items in group_calls(maps).items()
        for at, item in enumerate(items)
    }
    for item, kind, proof in zip(maps, kinds, proofs, strict=True):
        group, at = places[id(item)]
        keys = item.call.keys
        coverage = find_key_coverage(patient.module, patient.tokens.coverage, group, at, keys)
        layer = _describe_layer(item, kind, proof, group, samples)
        words = describe_coverage(coverage) if coverage else ""
        yield layer.model_copy(update={"key_holds": words})


def _describe_layer(
    item: LayerMap, kind: MapKind, proof: Proof, group: str, samples: int
) -> DoctorLayer:
    call, sums = item.call, item.values.sum(-1)
    return DoctorLayer(
        module=call.name,
        group=group,
        kind=kind.words(),
        captured_by=call.caught,
        heads=call.heads,
        queries=call.queries,
        keys=call.keys,
        rows_per_sample=call.rows / samples,
        missing_mass=float(np.max(1 - sums[sums > 0], initial=0.0)) if call.sinks else 0.0,
        proof=proof.error if np.isfinite(proof.error) else None,
        tolerance=proof.tolerance,
        shown=proof.holds,
    )


def _find_unread(model: nn.Module, trail: ModuleTrail, maps: list[LayerMap]) -> list[str]:
    """Modules that say attention and were not read; where there is none, those known by class."""
    unread = trail.find_unread(item.call.module for item in maps)
    if unread or maps:
        return unread
    parts: dict[str, Any] = dict(model.named_modules())
    refusals = (name for name in trail.path if name and find_refusal(parts[name]) is not None)
    return list(islice(refusals, 1))


def _describe_gap(model: nn.Module, name: str) -> DoctorGap:
    refusal = find_refusal(dict(model.named_modules())[name])
    if refusal is None:
        return DoctorGap(module=name, reason=UNKNOWN, instead=INSTEAD)
    return DoctorGap(module=name, reason=refusal.reason, instead=refusal.instead)
