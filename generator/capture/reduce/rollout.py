"""Attention rollout (Abnar & Zuidema 2020, section 3): layers multiplied while the model runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from generator.capture.calls import AttentionCall, Block
from generator.capture.reduce.reduction import Frame, Reduction, mask_queries, to_host
from generator.errors import CaptureError

EXACT_TO = 2048


@dataclass(frozen=True)
class RolloutMap:
    """How much of each input position is in each output position, through all layers read.

    Attributes:
        values: (positions, positions) float32, mean over samples; rows sum to 1.
        pooled: positions in each row and column; 1 where the rollout is exact.
        layers: how many layers were multiplied.
    """

    values: np.ndarray
    pooled: int
    layers: int


def add_residual(mean: torch.Tensor) -> torch.Tensor:
    """(..., positions, positions): 0.5 A + 0.5 I of a layer's head mean A, rows brought to 1.

    A is of that shape too.
    """
    blend = 0.5 * mean + 0.5 * torch.eye(mean.shape[-1], dtype=mean.dtype)
    return blend / blend.sum(-1, keepdim=True)


class Rollout:
    """The product over layers of 0.5 (head mean) + 0.5 I, rows brought to 1, for each batch row.

    Beyond `exact_to` positions each layer is pooled first: the mean over the queries of a group of
    what they give to all keys of a group, which keeps rows summing to 1, and the record says so.
    """

    def __init__(self, exact_to: int = EXACT_TO) -> None:
        self._exact_to = exact_to
        self._first: AttentionCall | None = None
        self._layers = 0
        self._product: torch.Tensor | None = None
        self._total: torch.Tensor | None = None
        self._rows = 0

    def add_layer(self, frame: Frame) -> Reduction[None]:
        """The reduction of the next layer.

        Raises:
            CaptureError: it is no self-attention over the same positions as the first.
        """
        call = frame.call
        self._first = self._first or call
        if call.queries != call.keys or call.queries != self._first.queries:
            raise CaptureError(
                f"{call.name}: rollout multiplies self-attention over the same positions; "
                f"{self._first.name} has {self._first.queries}, this one "
                f"{call.queries} x {call.keys}; choose layers of one kind"
            )
        self._layers += 1
        return _Layer(self, call, first=self._layers == 1)

    @property
    def pooled(self) -> int:
        """Positions in each row and column."""
        size = self._first.queries if self._first else 1
        return max(1, -(-size // self._exact_to))

    def multiply(self, mean: torch.Tensor, *, first: bool) -> None:
        """Take a layer's maps (rows, positions, positions); `first` begins another forward pass."""
        if first:
            self._fold()
        mixed = add_residual(mean)
        self._product = mixed if self._product is None else mixed @ self._product

    def _fold(self) -> None:
        if self._product is not None:
            whole = self._product.sum(0)
            self._total = whole if self._total is None else self._total + whole
            self._rows += self._product.shape[0]
        self._product = None

    def finish(self) -> RolloutMap:
        """The mean over batch rows.

        Raises:
            CaptureError: no layer was read.
        """
        self._fold()
        if self._total is None:
            raise CaptureError("rollout: no layer of attention was read")
        return RolloutMap((self._total / self._rows).numpy(), self.pooled, self._layers)


class _Layer(Reduction[None]):
    """The head means of one layer, pooled where they are long, until its pass ends."""

    def __init__(self, rollout: Rollout, call: AttentionCall, *, first: bool) -> None:
        self._rollout, self._call, self._first = rollout, call, first
        self._rows: dict[int, torch.Tensor] = {}

    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """Columns are summed within groups, then rows are added to theirs."""
        size, group = -(-self._call.keys // self._rollout.pooled), self._rollout.pooled
        part = to_host(mask_queries(block.values, real).sum(1)) / self._call.heads
        if group > 1:
            wide = torch.nn.functional.pad(part, (0, -part.shape[-1] % group))
            part = wide.reshape(*wide.shape[:2], -1, group).sum(-1)
        into = torch.arange(block.queries.start, block.queries.stop) // group
        for at, row in enumerate(range(block.rows.start, block.rows.stop)):
            row_map = self._rows.setdefault(row, torch.zeros(size, size))
            row_map[:, : part.shape[-1]].index_add_(0, into, part[at])

    def end(self) -> None:
        """The layer's maps are whole; short last groups are means of what they hold."""
        if not self._rows:
            return
        group, queries = self._rollout.pooled, self._call.queries
        maps = torch.stack([self._rows[row] for row in sorted(self._rows)])
        counts = torch.full((maps.shape[1],), float(group))
        counts[-1] = queries - group * (maps.shape[1] - 1)
        self._rows = {}
        self._rollout.multiply(maps / counts[:, None], first=self._first)

    def finish(self) -> None:
        """What the layer gave is in the product."""
