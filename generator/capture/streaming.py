"""A Reader that reduces every wanted call while the model runs.

Padding never counts: queries that the caller's own attention mask leaves out are no part of any
reduction. Nothing else is taken for padding; a read-out token nobody attends to keeps its row.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import torch

from generator.capture.calls import AttentionCall, Block, Product
from generator.capture.groups import group_of
from generator.capture.inputs import ModelInput
from generator.capture.reduce.reduction import Frame, Reduction
from generator.capture.selection import CallSelection, Chooser
from generator.errors import CaptureError

R = TypeVar("R")
EVERYTHING = CallSelection()


@dataclass
class Slot(Generic[R]):
    """One call and what it is reduced to; None where it is not wanted."""

    call: AttentionCall
    reduction: Reduction[R] | None = None


@dataclass(frozen=True)
class ReducedCall(Generic[R]):
    """One call of a forward pass; `result` is None where the call was not wanted."""

    call: AttentionCall
    result: R | None


class JointReduction(Reduction[tuple[Any, ...]]):
    """Several reductions of one call, each fed the same blocks."""

    def __init__(self, *parts: Reduction[Any]) -> None:
        self._parts = parts

    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """To each; `real` is (rows, queries) bool."""
        for part in self._parts:
            part.add(block, real)

    def end(self) -> None:
        """To each."""
        for part in self._parts:
            part.end()

    def finish(self) -> tuple[Any, ...]:
        """What each leaves, in order."""
        return tuple(part.finish() for part in self._parts)


class StreamingReader(Generic[R]):
    """Several forward passes (batches) add up: `begin` announces each one's input.

    `make` gives the reduction of a call. `sample` is the one sample to reduce (all when None).
    """

    def __init__(
        self,
        make: Callable[[Frame], Reduction[R]],
        *,
        selection: CallSelection = EVERYTHING,
        sample: int | None = None,
    ) -> None:
        self._make, self._sample = make, sample
        self._chooser = Chooser(selection)
        self._slots: list[Slot[R]] = []
        self._inputs: ModelInput | None = None
        self._next = 0
        self._last: tuple[Slot[R], Product] | None = None

    def begin(self, inputs: ModelInput) -> None:
        """The next calls belong to a forward pass on this input."""
        self._settle()
        self._chooser.begin()
        self._inputs, self._next = inputs, 0

    def finish(self) -> list[ReducedCall[R]]:
        """What every call left, in the order they ran; nothing can be read after."""
        self._settle()
        slots, self._slots = self._slots, []
        return [
            ReducedCall(slot.call, None if slot.reduction is None else slot.reduction.finish())
            for slot in slots
        ]

    def read(self, call: AttentionCall, product: Product) -> None:
        """Reduce one call, leave it, or keep it until it is known to be the last.

        Raises:
            CaptureError: the reader was not told of its input, another batch made another call, or
                the call's rows do not divide into the samples.
        """
        slot = self._take_slot(call)
        choice = self._chooser.choose(call)
        if choice == "read":
            self._reduce(slot, product)
        elif choice == "keep":
            self._last = (slot, product)

    def _settle(self) -> None:
        """The call that was kept is the last of its group."""
        last, self._last = self._last, None
        if last is not None:
            with torch.no_grad():
                self._reduce(*last)

    def _take_slot(self, call: AttentionCall) -> Slot[R]:
        """The call's own, or that of the same call in earlier batches."""
        if self._next == len(self._slots):
            self._slots.append(Slot(call))
        slot = self._slots[self._next]
        self._next += 1
        check_same_call(slot.call, call)
        return slot

    def _reduce(self, slot: Slot[R], product: Product) -> None:
        inputs, call = self._inputs, slot.call
        if inputs is None:
            raise CaptureError("the reader was not told of its input; call begin() first")
        per_sample = rows_per_sample(call, inputs)
        if slot.reduction is None:
            slot.reduction = self._make(Frame(call, per_sample))
        real = inputs.find_real_queries(call.queries, group_of(call) != "encoder")
        rows = slice(None)
        if self._sample is not None:
            rows = slice(self._sample * per_sample, (self._sample + 1) * per_sample)
        for block in product.blocks(rows):
            slot.reduction.add(block, select_real_queries(real, block, per_sample))
        slot.reduction.end()


def check_same_call(ours: AttentionCall, theirs: AttentionCall) -> None:
    """Batches of one input make the same calls.

    Raises:
        CaptureError: they do not: name, heads, queries or keys differ.
    """
    mine = (ours.name, ours.heads, ours.queries, ours.keys)
    if mine != (theirs.name, theirs.heads, theirs.queries, theirs.keys):
        raise CaptureError(f"{theirs.name}: another batch ran {ours.name} at this place")


def rows_per_sample(call: AttentionCall, inputs: ModelInput) -> int:
    """How many batch rows the model made of each sample.

    Raises:
        CaptureError: its rows do not divide into the samples.
    """
    if call.rows % inputs.samples or call.rows < inputs.samples:
        raise CaptureError(
            f"{call.name}: {call.rows} attention rows do not divide into the {inputs.samples} "
            f"samples of {inputs.main}; pass a mapping, or a batch-first input"
        )
    return call.rows // inputs.samples


def select_real_queries(
    by_sample: torch.Tensor | None, block: Block, per_sample: int
) -> torch.Tensor | None:
    """(rows, queries) bool: queries that see a key and are no stated padding; None: all do.

    `by_sample` (samples, queries) bool is False at stated padding.
    """
    real = None if block.visible is None else block.visible.any(-1).any(1)
    if real is not None:
        real = real.expand(block.values.shape[0], block.values.shape[2])
    if by_sample is not None:
        samples = torch.arange(block.rows.start, block.rows.stop) // per_sample
        here = by_sample[samples.to(by_sample.device), block.queries]
        real = here if real is None else real & here
    return None if real is None or bool(real.all()) else real
