"""The reduction behind AttentionWeights: mean maps, focus, what is visible, attention received."""

from __future__ import annotations

import numpy as np
import torch

from generator.capture.calls import Block, LayerMap
from generator.capture.reduce.focus import Focus
from generator.capture.reduce.mean_map import HeadMaps, HeadMean, VisibleKeys
from generator.capture.reduce.received import ReceivedSums
from generator.capture.reduce.reduction import Frame, Reduction
from generator.capture.selection import CallSelection
from generator.capture.streaming import EVERYTHING, StreamingReader


class LayerReduction(Reduction[LayerMap]):
    """Four reductions of one call as a LayerMap; heads averaged unless kept."""

    def __init__(self, frame: Frame, *, keep_heads: bool) -> None:
        self._call = frame.call
        self._maps: Reduction[np.ndarray] = HeadMaps(frame) if keep_heads else HeadMean(frame)
        self._focus, self._visible, self._received = (
            Focus(frame),
            VisibleKeys(frame),
            ReceivedSums(frame),
        )

    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """To each of the four; `real` is (rows, queries) bool."""
        for part in (self._maps, self._focus, self._visible, self._received):
            part.add(block, real)

    def end(self) -> None:
        """Rows become samples."""
        self._received.end()

    def finish(self) -> LayerMap:
        """The record."""
        received = self._received.finish()
        maps, focus, visible = self._maps.finish(), self._focus.finish(), self._visible.finish()
        return LayerMap(self._call, maps, focus, visible, received.received, received.expected)


class MeanReader(StreamingReader[LayerMap]):
    """A Reader that keeps, per wanted call, a LayerMap over samples."""

    def __init__(
        self, *, keep_heads: bool, sample: int | None = None, selection: CallSelection = EVERYTHING
    ) -> None:
        super().__init__(
            lambda frame: LayerReduction(frame, keep_heads=keep_heads),
            selection=selection,
            sample=sample,
        )
