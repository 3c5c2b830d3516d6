"""What every attention call of a model puts out on average over a reference set.

In: a model and reference inputs of one shape. Out: a mean per call, head and position. Never:
padding in a mean; a mean of a call whose output is not seen as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import nn

from generator.capture.ablation.outputs import OutputMode, Visitor
from generator.capture.calls import AttentionCall
from generator.capture.groups import group_of
from generator.capture.inputs import ModelInput
from generator.capture.refusals import check_visible
from generator.capture.running import set_truthful_state
from generator.capture.streaming import check_same_call
from generator.capture.trail import ModuleTrail
from generator.errors import CaptureError

T = torch.Tensor


@dataclass(frozen=True)
class CallMean:
    """One call's mean output.

    Attributes:
        call: where it ran.
        values: (rows per sample, heads, queries, width) float64, before the output matrix.
        real: (queries,) bool, positions that are real in some reference sample.
        refused: why there is no mean; '' where there is one.
    """

    call: AttentionCall
    values: T
    real: T
    refused: str = ""


@dataclass(frozen=True)
class ReferenceMeans:
    """Every call of a forward pass, in the order they ran."""

    calls: tuple[CallMean, ...]

    def of(self, name: str) -> CallMean:
        """The call of that name.

        Raises:
            CaptureError: no call has it (with those there are), or its output cannot be replaced.
        """
        mean = next((one for one in self.calls if one.call.name == name), None)
        if mean is None:
            names = ", ".join(one.call.name for one in self.calls)
            raise CaptureError(f"no attention call is named {name!r}; this model has: {names}")
        if mean.refused:
            raise CaptureError(f"{name}: {mean.refused}; its output cannot be replaced")
        return mean


def measure_reference_means(model: nn.Module, references: Sequence[ModelInput]) -> ReferenceMeans:
    """Run the model once on each batch of the reference set.

    Raises:
        ValueError: no batch.
        CaptureError: no attention was computed, batches of other shapes, or a hidden model.
    """
    if not references:
        raise ValueError("the reference set is empty")
    sums = _OutputSums()
    for inputs in references:
        sums.begin(inputs)
        run_with_visitor(model, inputs, sums)
    means = sums.finish()
    if not means:
        raise CaptureError(
            f"{type(model).__name__}: no attention was computed on the reference set"
        )
    return ReferenceMeans(means)


def run_with_visitor(model: nn.Module, inputs: ModelInput, visitor: Visitor) -> object:
    """The model's outputs, every call shown to `visitor` on the way.

    Raises:
        CaptureError: the model hides what it computes.
    """
    check_visible(model)
    trail = ModuleTrail(model)
    mode = OutputMode(trail, inputs.samples, visitor)
    with set_truthful_state(model), torch.no_grad(), trail, mode:
        outputs: object = model(**inputs.arguments)
    return outputs


def mark_real_positions(call: AttentionCall, inputs: ModelInput, device: torch.device) -> T:
    """(samples, queries) bool, on `device`: positions that are no stated padding."""
    mask = inputs.find_real_queries(call.queries, group_of(call) != "encoder")
    if mask is None:
        return torch.ones(inputs.samples, call.queries, dtype=torch.bool, device=device)
    return mask.to(device)


class _OutputSums:
    """A Visitor that adds up outputs, forward pass by forward pass."""

    def __init__(self) -> None:
        self._calls: list[_OutputSum] = []
        self._inputs: ModelInput | None = None
        self._next = 0

    def begin(self, inputs: ModelInput) -> None:
        """The next calls belong to a forward pass on this input."""
        self._inputs, self._next = inputs, 0

    def visit(self, call: AttentionCall, output: T | None) -> None:
        """Add one call."""
        if self._inputs is None:
            raise CaptureError("the visitor was not told of its input; call begin() first")
        if self._next == len(self._calls):
            self._calls.append(_OutputSum(call))
        total = self._calls[self._next]
        self._next += 1
        check_same_call(total.call, call)
        total.add(call, output, self._inputs)

    def finish(self) -> tuple[CallMean, ...]:
        """The means."""
        return tuple(one.finish() for one in self._calls)


class _OutputSum:
    """One call's sum over real samples."""

    def __init__(self, call: AttentionCall) -> None:
        self.call = call
        self._values, self._counts = torch.zeros(()), torch.zeros(call.queries)
        self._refusal = ""

    def add(self, call: AttentionCall, output: T | None, inputs: ModelInput) -> None:
        """`output` (rows, heads, queries, width) of one batch."""
        if output is None:
            self._refusal = f"read by {call.caught}, its output is not seen in a known layout"
        elif call.rows % inputs.samples:
            self._refusal = "its rows are shared by all samples"
        if output is None or self._refusal:
            return
        real = mark_real_positions(call, inputs, output.device)
        grouped = output.double().reshape(inputs.samples, -1, *output.shape[1:])
        values = grouped.where(real[:, None, None, :, None], 0.0)
        self._values = self._values.to(values) + values.sum(0)
        self._counts = self._counts.to(values) + real.sum(0)

    def finish(self) -> CallMean:
        """The sum over its count; 0 where no sample was real."""
        real = self._counts > 0
        values = (
            self._values / self._counts.clamp(min=1)[:, None] if not self._refusal else self._values
        )
        return CallMean(self.call, values, real, self._refusal)
