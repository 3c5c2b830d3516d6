"""A small picture of every head: the largest probability in each cell."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from generator.capture.calls import Block
from generator.capture.kernels.workspace import Workspace
from generator.capture.reduce.reduction import Frame, Reduction, mask_queries, to_host

SIDE = 256


@dataclass(frozen=True)
class HeadThumbnails:
    """Pictures of all heads.

    Attributes:
        values: (heads, rows, columns) float16, the largest probability of any sample in the cell.
        queries: queries in each row of a picture.
        keys: keys in each column.
    """

    values: np.ndarray
    queries: int
    keys: int


class Thumbnails(Reduction[HeadThumbnails]):
    """Max-pooled to at most `side` rows and columns; nothing is lost where the map is smaller."""

    def __init__(self, frame: Frame, side: int = SIDE) -> None:
        call = frame.call
        self._query, self._key = (max(1, -(-n // side)) for n in (call.queries, call.keys))
        size = (call.heads, -(-call.queries // self._query), -(-call.keys // self._key))
        self._values = torch.zeros(size, dtype=torch.float16)
        self._now: torch.Tensor | None = None

    def add(self, block: Block, real: torch.Tensor | None) -> None:
        """Rows first, a contiguous pass, then columns of what is left.

        `real` is (rows, queries) bool.
        """
        part = mask_queries(block.values, real)
        part = part[0] if part.shape[0] == 1 else part.amax(0)
        before = block.query % self._query
        down = pool_max(part, -2, self._query, before, block.work)
        pooled = pool_max(down, -1, self._key, 0, block.work)
        first = block.query // self._query
        at = (block.heads, slice(first, first + pooled.shape[-2]), slice(pooled.shape[-1]))
        if self._now is None:
            self._now = self._values.float()
        cells = self._now[at]
        torch.maximum(cells, to_host(pooled), out=cells)

    def end(self) -> None:
        """Half precision is enough for a picture; the pass itself is done in full."""
        if self._now is not None:
            self._values, self._now = self._now.half(), None

    def finish(self) -> HeadThumbnails:
        """As they are."""
        return HeadThumbnails(self._values.numpy(), self._query, self._key)


def pool_max(
    part: torch.Tensor, axis: int, size: int, before: int = 0, work: Workspace | None = None
) -> torch.Tensor:
    """The largest of every `size` along axis -2 or -1 of (..., rows, columns).

    `before` come before the first. Where there is a `work` space, the result is in it until the
    same axis is pooled again.
    """
    if size == 1:
        return part
    after = -(part.shape[axis] + before) % size
    if before or after:
        part = F.pad(part, (0, 0, before, after) if axis == -2 else (before, after))
    if axis == -1 and size == 2:  # a strided maximum; a reduction over two is several times slower
        return torch.maximum(part[..., ::2], part[..., 1::2])
    rows, columns = part.shape[-2:]
    cut = (columns // size, size) if axis == -1 else (rows // size, size, columns)
    split = part.reshape(*part.shape[:axis], *cut)
    left = (*part.shape[:axis], *(cut[:1] if axis == -1 else (cut[0], columns)))
    return torch.amax(split, axis, out=work.take(f"pool{axis}", left) if work else None)
