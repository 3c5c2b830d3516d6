"""Runs a model with what one head, or one whole attention call, puts out replaced by its mean.

In: a model, an input, the means over a reference set, what to replace. Out: the model's own
outputs. Never: a changed model, a hook on it, another kernel; a call whose output is not seen as it
is: that is refused by name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from generator.capture.ablation.reference import (
    CallMean,
    ReferenceMeans,
    mark_real_positions,
    run_with_visitor,
)
from generator.capture.calls import EVERY, AttentionCall
from generator.capture.inputs import ModelInput
from generator.errors import CaptureError

T = torch.Tensor


@dataclass(frozen=True)
class OneHead:
    """One head of the call of that name."""

    call: str
    head: int

    @property
    def heads(self) -> slice:
        """The heads it stands for."""
        return slice(self.head, self.head + 1)


@dataclass(frozen=True)
class WholeCall:
    """All heads of the call of that name: the attention of a layer."""

    call: str

    @property
    def heads(self) -> slice:
        """The heads it stands for."""
        return EVERY


Ablated = OneHead | WholeCall


def run_plain(model: nn.Module, inputs: ModelInput) -> Any:
    """The model's outputs as it is, computed in the same state as with anything replaced.

    Raises:
        CaptureError: the model hides what it computes.
    """
    return run_with_visitor(model, inputs, _IdleVisitor())


def run_ablated(
    model: nn.Module, inputs: ModelInput, means: ReferenceMeans, ablated: Ablated
) -> Any:
    """The model's outputs with the mean of the reference set in the place of `ablated`.

    The mean is that of the same position and, where a sample has several batch rows (channels), of
    the same row. It takes the place of what the probabilities times the values gave, before the
    output matrix; of a whole call, that is the mean of the layer's attention output.

    Raises:
        CaptureError: no such call, or one that is refused; it did not run on this input, has
            another shape here, or a real position where the reference set has only padding.
        ValueError: a head that is not there.
    """
    mean = means.of(ablated.call)
    if ablated.heads != EVERY and not 0 <= ablated.heads.start < mean.call.heads:
        raise ValueError(f"{ablated.call} has heads 0..{mean.call.heads - 1} (found {ablated})")
    visitor = _ReplacingVisitor(mean, ablated.heads, inputs)
    outputs = run_with_visitor(model, inputs, visitor)
    if not visitor.done:
        raise CaptureError(f"{ablated.call}: it did not run on this input, so nothing was replaced")
    return outputs


class _IdleVisitor:
    """A Visitor that leaves every call as it is."""

    def visit(self, call: AttentionCall, output: T | None) -> None:
        """Nothing."""


class _ReplacingVisitor:
    """A Visitor that writes a mean into one call's output."""

    def __init__(self, mean: CallMean, heads: slice, inputs: ModelInput) -> None:
        self._mean, self._heads, self._inputs = mean, heads, inputs
        self.done = False

    def visit(self, call: AttentionCall, output: T | None) -> None:
        """Write it where the call is the one that is meant."""
        if call.name != self._mean.call.name or call.forward:
            return
        if output is None:
            raise CaptureError(f"{call.name}: its output is not seen here in a known layout")
        self._check(call, output)
        real = self._mean.real[:, None]
        rows = self._mean.values[:, self._heads].repeat(self._inputs.samples, 1, 1, 1)
        part = output[:, self._heads]
        part.copy_(torch.where(real, rows.to(part), part))
        self.done = True

    def _check(self, call: AttentionCall, output: T) -> None:
        values = self._mean.values
        expected = (len(values) * self._inputs.samples, *values.shape[1:])
        if tuple(output.shape) != expected:
            raise CaptureError(
                f"{call.name}: (rows, heads, queries, width) are {tuple(output.shape)} here and "
                f"{expected} by the reference set; give both inputs of one shape"
            )
        real = mark_real_positions(call, self._inputs, output.device).any(0)
        lacking = (real & ~self._mean.real).nonzero().flatten().tolist()
        if lacking:
            raise CaptureError(
                f"{call.name}: the reference set has only padding at positions {lacking}"
            )
