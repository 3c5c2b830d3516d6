"""Takes blocks of probabilities as they come and keeps only what was asked for.

Padding never counts: queries that the caller's own attention mask leaves out are no part of any
mean. Nothing else is taken for padding; a read-out token nobody attends to keeps its row.
"""

from __future__ import annotations

import torch

from generator.capture.calls import AttentionCall, Block, LayerMap, Product
from generator.capture.groups import group_of
from generator.capture.inputs import ModelInput
from generator.capture.means import MeanMap
from generator.errors import CaptureError


class MeanReader:
    """A Reader that keeps, per call, the mean map over samples; heads averaged unless kept.

    Several forward passes (batches) add up: `begin` announces each one's input.
    `chosen` is the one sample to keep (all when None).
    """

    def __init__(self, *, keep_heads: bool, chosen: int | None = None) -> None:
        self._keep_heads, self._chosen = keep_heads, chosen
        self._means: list[MeanMap] = []
        self._given: ModelInput | None = None
        self._next = 0

    def begin(self, given: ModelInput) -> None:
        """The next calls belong to a forward pass on this input."""
        self._given, self._next = given, 0

    def finish(self) -> list[LayerMap]:
        """What every call left, in the order they ran; nothing can be read after."""
        means, self._means = self._means, []
        return [mean.finish() for mean in means]

    def read(self, call: AttentionCall, product: Product) -> None:
        """Reduce one call."""
        given = self._given
        if given is None:
            raise CaptureError("the reader was not told of its input; call begin() first")
        per_sample = rows_per_sample(call, given)
        stated = given.real_queries(call.queries, group_of(call) != "encoder")
        first = 0 if self._chosen is None else self._chosen * per_sample
        last = call.rows if self._chosen is None else first + per_sample
        mean = self._mean(call, per_sample)
        for block in product.blocks():
            start, stop = max(first - block.row, 0), max(last - block.row, 0)
            if start < min(stop, block.values.shape[0]):
                part = _rows(block, start, stop)
                mean.add(part, _stated(stated, part, per_sample))

    def _mean(self, call: AttentionCall, per_sample: int) -> MeanMap:
        """The mean this call adds to: a new one, or that of the same call in earlier batches."""
        if self._next == len(self._means):
            self._means.append(MeanMap(call, per_sample, keep_heads=self._keep_heads))
        mean = self._means[self._next]
        self._next += 1
        mean.check_same(call)
        return mean


def rows_per_sample(call: AttentionCall, given: ModelInput) -> int:
    """How many batch rows the model made of each sample."""
    if call.rows % given.samples or call.rows < given.samples:
        raise CaptureError(
            f"{call.name}: {call.rows} attention rows do not divide into the {given.samples} "
            f"samples of {given.main}; pass a mapping, or a batch-first input"
        )
    return call.rows // given.samples


def _rows(block: Block, start: int, stop: int) -> Block:
    values, entropy = block.values[start:stop], block.entropy[start:stop]
    visible = block.visible[start:stop]
    return Block(block.row + start, block.query, values, entropy, visible)


def _stated(stated: torch.Tensor | None, block: Block, per_sample: int) -> torch.Tensor | None:
    """(rows, queries) bool of the block's rows and queries, from the samples' stated ones."""
    if stated is None:
        return None
    rows, _, queries, _ = block.values.shape
    samples = torch.arange(block.row, block.row + rows) // per_sample
    return stated[samples.to(stated.device), block.query : block.query + queries]
